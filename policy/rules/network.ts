import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";

const SSH = 22;
const WORLD = ["0.0.0.0/0", "::/0"];

interface Opening {
  readonly protocol?: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly from: readonly (string | undefined)[];
}

/** Whether it lets the whole world connect to SSH's port; the protocol "-1" is every protocol and port. */
function opensSsh({ protocol, fromPort, toPort, from }: Opening): boolean {
  if (!from.some((range) => range !== undefined && WORLD.includes(range))) return false;
  if (protocol === "-1") return true;
  return protocol === "tcp" && (fromPort ?? 0) <= SSH && SSH <= (toPort ?? 65_535);
}

const FAULT = `Port ${SSH} should be open to named ranges, or to nobody and sessions go by SSM, but is open to the world.`;

export const noOpenSsh: ResourceValidationPolicy = {
  name: "no-open-ssh",
  description: "No security group lets the whole world connect to SSH.",
  validateResource: [
    validateResourceOfType(aws.ec2.SecurityGroup, ({ ingress = [] }, _, report) => {
      const opened = ingress.some(({ cidrBlocks = [], ipv6CidrBlocks = [], ...rule }) =>
        opensSsh({ ...rule, from: [...cidrBlocks, ...ipv6CidrBlocks] }),
      );
      if (opened) report(FAULT);
    }),
    validateResourceOfType(aws.ec2.SecurityGroupRule, (rule, _, report) => {
      const { type, cidrBlocks = [], ipv6CidrBlocks = [] } = rule;
      const opening = { ...rule, protocol: String(rule.protocol), from: [...cidrBlocks, ...ipv6CidrBlocks] };
      if (type === "ingress" && opensSsh(opening)) report(FAULT);
    }),
    validateResourceOfType(aws.vpc.SecurityGroupIngressRule, (rule, _, report) => {
      if (opensSsh({ ...rule, protocol: rule.ipProtocol, from: [rule.cidrIpv4, rule.cidrIpv6] })) report(FAULT);
    }),
  ],
};
