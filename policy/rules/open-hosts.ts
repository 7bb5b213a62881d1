import * as aws from "@pulumi/aws";
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";

/** What a group's hosts are open to the world at by its elastic IP, which is there for that, is described so (infra/group/security-group.ts). */
const MEANT = "Anybody";

/** As in no-open-ssh. */
const SHORTEST_PREFIX = 8;

/** A group of a stack is known by its tags, whatever its resources are called. */
function groupOf({ props }: PolicyResource): string | undefined {
  const tags: Readonly<Record<string, string>> = props.tags ?? {};
  return tags["towline:group"];
}

export const noOpenHosts: StackValidationPolicy = {
  name: "no-open-hosts",
  description: "Hosts with public addresses are open to the world at the ports of an elastic IP alone.",
  validateStack: ({ resources }, report) => {
    const templates = resources.filter((each) => {
      const interfaces = each.asType(aws.ec2.LaunchTemplate)?.networkInterfaces ?? [];
      return interfaces.some(({ associatePublicIpAddress }) => String(associatePublicIpAddress) === "true");
    });
    const addressed = new Set(templates.map(groupOf));
    for (const resource of resources) {
      const firewall = resource.asType(aws.ec2.SecurityGroup);
      const group = groupOf(resource);
      if (firewall === undefined || group === undefined || !addressed.has(group)) continue;
      for (const { description, cidrBlocks = [], ipv6CidrBlocks = [], fromPort } of firewall.ingress ?? []) {
        const wide = [...cidrBlocks, ...ipv6CidrBlocks].filter(
          (range) => Number(range.split("/")[1]) < SHORTEST_PREFIX,
        );
        if (description === MEANT || wide.length === 0) continue;
        report(
          `Port ${fromPort} of hosts with public addresses should be open to ranges of /${SHORTEST_PREFIX} and narrower, but is open to ${wide.join(" and ")}. Narrow allowFrom of ${group}.`,
          resource.urn,
        );
      }
    }
  },
};
