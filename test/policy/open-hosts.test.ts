import { firewall, tags, templateWith } from "./resources";
import { type Given, violations } from "./violations";

const of = { ...tags, "towline:group": "db" };
const addressed = templateWith({ networkInterfaces: [{ associatePublicIpAddress: "true" }], tags: of });
const hidden = templateWith({ tags: of });
const open = (rule: object, its: Given["inputs"][string] = of): Given => {
  const { type, inputs } = firewall(rule);
  return { type, inputs: { ...inputs, tags: its } };
};
const WORLD = { fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] };
const found = async (...given: Given[]) => (await violations(given)).filter((line) => line.startsWith("no-open-hosts"));

describe("hosts with public addresses", () => {
  it.each([
    ["0.0.0.0/0", WORLD],
    ["::/0", { ...WORLD, cidrBlocks: [], ipv6CidrBlocks: ["::/0"] }],
  ])("are not open to the world: %s", async (range, rule) => {
    expect(await found(addressed, open(rule))).toEqual([
      expect.stringContaining(
        `Port 5432 of hosts with public addresses should be open to ranges of /8 and narrower, but is open to ${range}. Narrow allowFrom of db.`,
      ),
    ]);
  });

  it.each<[string, Given[]]>([
    ["at the ports of an elastic IP", [addressed, open({ ...WORLD, description: "Anybody" })]],
    ["to a range of their own", [addressed, open({ ...WORLD, cidrBlocks: ["10.0.0.0/8"] })]],
    ["where they have no such addresses", [hidden, open(WORLD)]],
    ["where those with addresses are another group's", [addressed, open(WORLD, { ...tags, "towline:group": "web" })]],
    ["as a load balancer is", [addressed, open(WORLD, tags)]],
  ])("may be: %s", async (_, given) => {
    expect(await found(...given)).toEqual([]);
  });
});
