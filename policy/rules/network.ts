import * as aws from "@pulumi/aws";
import { type ReportViolation, type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";

const SSH = 22;
/** As its name, and as its number. */
const TCP = ["tcp", "6"];
const ANY_PROTOCOL = ["-1", "all"];

/** Ranges with shorter prefixes are the world, or halves and quarters of it that add up to it. */
const SHORTEST_PREFIX = 8;

interface Opening {
  readonly protocol?: string | number;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly from: readonly (string | undefined)[];
}

/** Tells of ranges that are as good as the whole world, if these may connect to SSH's port. */
function checkSsh({ protocol, fromPort = 0, toPort = 65_535, from }: Opening, report: ReportViolation): void {
  const name = String(protocol).toLowerCase();
  const reached = ANY_PROTOCOL.includes(name) || (TCP.includes(name) && fromPort <= SSH && SSH <= toPort);
  const wide = from.filter((range) => range !== undefined && Number(range.split("/")[1]) < SHORTEST_PREFIX);
  if (!reached || wide.length === 0) return;
  report(
    `Port ${SSH} should be open to ranges of /${SHORTEST_PREFIX} and narrower, or to nobody and sessions go by SSM, but is open to ${wide.join(" and ")}.`,
  );
}

export const noOpenSsh: ResourceValidationPolicy = {
  name: "no-open-ssh",
  description: "No security group lets the whole world connect to SSH.",
  validateResource: [
    validateResourceOfType(aws.ec2.SecurityGroup, ({ ingress = [] }, _, report) => {
      for (const { cidrBlocks = [], ipv6CidrBlocks = [], ...rule } of ingress) {
        checkSsh({ ...rule, from: [...cidrBlocks, ...ipv6CidrBlocks] }, report);
      }
    }),
    validateResourceOfType(aws.ec2.SecurityGroupRule, (rule, _, report) => {
      const { type, cidrBlocks = [], ipv6CidrBlocks = [] } = rule;
      if (type === "ingress") checkSsh({ ...rule, from: [...cidrBlocks, ...ipv6CidrBlocks] }, report);
    }),
    validateResourceOfType(aws.vpc.SecurityGroupIngressRule, (rule, _, report) =>
      checkSsh({ ...rule, protocol: rule.ipProtocol, from: [rule.cidrIpv4, rule.cidrIpv6] }, report),
    ),
  ],
};
