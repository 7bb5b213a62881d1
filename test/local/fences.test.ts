import { fences, type Neighbour, type Openings } from "../../local/region/fences";

const web: Neighbour = { address: "10.0.0.1", securityGroups: ["sg-web"] };
const worker: Neighbour = { address: "10.0.0.2", securityGroups: ["sg-worker"] };
const opened = (port: number, from: { range?: string; group?: string }) => ({
  IpProtocol: "tcp",
  FromPort: port,
  ToPort: port,
  IpRanges: from.range === undefined ? [] : [{ CidrIp: from.range }],
  UserIdGroupPairs: from.group === undefined ? [] : [{ GroupId: from.group }],
});

/** The rules of one chain. */
function rules(table: string, chain: string): string[] {
  const [, body = ""] = new RegExp(`chain ${chain} \\{\\n([^}]*)\\}`).exec(table) ?? [];
  return body.trim().split(/\n\s*/).filter(Boolean);
}

describe("the fences around instances", () => {
  test("let in whom a security group names, by range or as members of another group", () => {
    const openings: Openings = new Map([
      ["sg-web", [opened(6000, { range: "10.0.0.0/16" }), opened(7000, { group: "sg-worker" })]],
      ["sg-worker", []],
    ]);
    const table = fences([web, worker], openings);
    expect(rules(table, "sg_web")).toEqual([
      "ip saddr 10.0.0.0/16 tcp dport 6000-6000 accept",
      "ip saddr 10.0.0.2 tcp dport 7000-7000 accept",
    ]);
    expect(rules(table, "sg_worker")).toEqual([]);
  });

  test("hold everything else back from an instance, but for answers", () => {
    const table = fences([web], new Map([["sg-web", []]]));
    expect(rules(table, "forward")).toEqual([
      "type filter hook forward priority filter;",
      "ct state established,related accept",
      "ip daddr 10.0.0.1 jump sg_web",
      "ip daddr 10.0.0.1 drop",
    ]);
  });

  test("let nobody in by a group that has no member", () => {
    const openings: Openings = new Map([["sg-web", [opened(7000, { group: "sg-worker" })]]]);
    expect(rules(fences([web], openings), "sg_web")).toEqual([]);
  });
});
