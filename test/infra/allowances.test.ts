import type { Declared } from "../../infra/synth";
import { violations } from "../policy/violations";
import { errorsOf, type GroupRaw, valid, withWeb } from "./config-fixtures";
import { one, stackOf } from "./stack-of";

const size = { min: 1, max: 1 };
const plain = { packages: ["hello"], size };
const SG = "sg-0a1b2c3d";
const ANYWHERE = { description: "Packages and AWS", cidrBlocks: ["0.0.0.0/0"] };
const rulesOf = (stack: readonly Declared[], group: string) =>
  one(stack, "aws:ec2/securityGroup:SecurityGroup", `${group}-security-group`).inputs;
const port = (number: number, to = number) => ({ protocol: "tcp", fromPort: number, toPort: to });

describe("a group that lets others in", () => {
  it("has a rule for each port, of ranges and security groups, beside those it has anyway", async () => {
    const allowFrom = [
      { ports: [5432, { from: 8000, to: 8100 }], ranges: ["10.1.0.0/16", "2001:db8::/32"], securityGroups: [SG] },
      { ports: [53], ranges: ["10.2.0.0/16"], protocol: "udp" },
    ];
    const stack = await stackOf({ db: { ...plain, http: { port: 6000 }, elasticIp: { ports: [443] }, allowFrom } });
    const named = { description: "Named in allowFrom" };
    const whom = { cidrBlocks: ["10.1.0.0/16"], ipv6CidrBlocks: ["2001:db8::/32"], securityGroups: [SG] };
    expect(rulesOf(stack, "db").ingress).toEqual([
      { description: "Anybody", ...port(443), cidrBlocks: ["0.0.0.0/0"] },
      { description: "Hosts of the stack", ...port(6000), cidrBlocks: ["10.0.0.0/16"] },
      { ...named, ...port(5432), ...whom },
      { ...named, ...port(8000, 8100), ...whom },
      { ...named, ...port(53), protocol: "udp", cidrBlocks: ["10.2.0.0/16"] },
    ]);
    expect(await violations(stack)).toEqual([]);
  });

  it("has the ways out that every group has", async () => {
    const stack = await stackOf({ db: { ...plain, allowFrom: [{ ports: [5432], securityGroups: [SG] }] } });
    expect(rulesOf(stack, "db").egress).toEqual([{ ...ANYWHERE, protocol: "-1", fromPort: 0, toPort: 0 }]);
  });
});

describe("a group that says whereto", () => {
  it("reaches that, packages and AWS, and the groups that it uses, and nothing else", async () => {
    const allowTo = [
      { ports: [587], ranges: ["0.0.0.0/0"] },
      { ports: [443, 3306], ranges: ["0.0.0.0/0", "10.9.0.0/16"], securityGroups: [`999999999999/${SG}`] },
      { ports: [80], ranges: ["0.0.0.0/0"] },
    ];
    const used = { web: { ...plain, http: { port: 6000 }, ports: [9000] }, jobs: plain, more: plain };
    const stack = await stackOf({ ...used, mailer: { ...plain, uses: ["web", "jobs", "more"], allowTo } });
    const ofUsed = { description: "Groups that it uses", cidrBlocks: ["10.0.0.0/16"] };
    const named = { description: "Named in allowTo" };
    const group = { securityGroups: [`999999999999/${SG}`] };
    expect(rulesOf(stack, "mailer").egress).toEqual([
      { ...ANYWHERE, ...port(80) },
      { ...ANYWHERE, ...port(443) },
      { ...ofUsed, ...port(6000) },
      { ...ofUsed, ...port(9000) },
      { ...ofUsed, ...port(1024, 65535) },
      { ...named, ...port(587), cidrBlocks: ["0.0.0.0/0"] },
      // Wherever hosts reach port 443 already.
      { ...named, ...port(443), cidrBlocks: ["10.9.0.0/16"], ...group },
      { ...named, ...port(3306), cidrBlocks: ["0.0.0.0/0", "10.9.0.0/16"], ...group },
    ]);
    expect(await violations(stack)).not.toContainEqual(expect.stringMatching(/^no-open-/));
  });
});

it("`__base__`'s come first, then the group's own", async () => {
  const allow = (number: number) => [{ ports: [number], securityGroups: [SG] }];
  const stack = await stackOf({ __base__: { allowFrom: allow(5000) }, db: { ...plain, allowFrom: allow(5001) } });
  const { ingress } = rulesOf(stack, "db") as { ingress: { fromPort: number }[] };
  expect(ingress.map(({ fromPort }) => fromPort)).toEqual([5000, 5001]);
});

describe("what is allowed is refused", () => {
  const ranges = ["10.1.0.0/16"];
  const named = (count: number, first = 10_000) => Array.from({ length: count }, (_, index) => first + index);
  const said = (group: GroupRaw) =>
    errorsOf(withWeb(group)).map((line) => line.replace("Pulumi.staging.yaml: towline:groups/web/", ""));

  it.each<[string, GroupRaw, string]>([
    [
      "with a port that is none",
      { allowFrom: [{ ports: [0], ranges }] },
      'allowFrom/0/ports/0: should be a port number from 1 to 65535, or a map with from and to, but is 0. Write for example "ports: [5432, {from: 8000, to: 8100}]".',
    ],
    [
      "with ports in the wrong order",
      { allowTo: [{ ports: [{ from: 9000, to: 8000 }], ranges }] },
      'allowTo/0/ports/0/to: should be no less than from, which is 9000, but is 8000. Write for example "to: 9000".',
    ],
    [
      "with a last port that is none",
      { allowTo: [{ ports: [{ from: 9000, to: 65_536 }], ranges }] },
      'allowTo/0/ports/0/to: should be a port number from 1 to 65535, but is 65536. Write for example "to: 8100".',
    ],
    [
      "without ports",
      { allowFrom: [{ ranges }] },
      'allowFrom/0/ports: is missing; it should be a list of at least one port number, or of maps with from and to. Write for example "ports: [5432, {from: 8000, to: 8100}]".',
    ],
    [
      "for nobody",
      { allowFrom: [{ ports: [5432] }] },
      'allowFrom/0/ranges: is missing, and so is securityGroups; one of the two should say who is meant. Write for example "ranges: [10.1.0.0/16]".',
    ],
    [
      "for a range with bits beyond its prefix",
      { allowFrom: [{ ports: [5432], ranges: ["10.1.0.1/16"] }] },
      'allowFrom/0/ranges/0: should be a range of IPv4 or IPv6 with no bits set beyond its prefix, but is "10.1.0.1/16". Write for example "ranges: [10.1.0.0/16]".',
    ],
    [
      "for an address",
      { allowFrom: [{ ports: [5432], ranges: ["10.1.0.1"] }] },
      'allowFrom/0/ranges/0: should be a range of IPv4 or IPv6 with no bits set beyond its prefix, but is "10.1.0.1". Write for example "ranges: [10.1.0.0/16]".',
    ],
    [
      "for a security group by its name",
      { allowFrom: [{ ports: [5432], securityGroups: ["databases"] }] },
      'allowFrom/0/securityGroups/0: should be the ID of a security group, behind the number of its account and a slash where that is another, but is "databases". Write for example "securityGroups: [sg-0a1b2c3d]".',
    ],
    [
      "for SSH from a range",
      { allowFrom: [{ ports: [{ from: 20, to: 30 }], ranges }] },
      "allowFrom/0/ports/0: should leave out port 22, which is for SSH and opened to ranges by access/sshFrom alone. Name them there.",
    ],
    [
      "for ICMP",
      { allowFrom: [{ ports: [8], ranges, protocol: "icmp" }] },
      'allowFrom/0/protocol: should be tcp or udp, but is "icmp". Write for example "protocol: tcp".',
    ],
    [
      "twice",
      {
        allowFrom: [
          { ports: [5432], ranges },
          { ports: [5432], ranges },
        ],
      },
      "allowFrom/1/ports/0: should be ports that nobody has opened to 10.1.0.0/16 yet, but tcp 5432 is by allowFrom/0 already. Remove one of the two.",
    ],
    [
      "where towline has opened it",
      { allowFrom: [{ ports: [6000], ranges: ["10.0.0.0/16"] }] },
      "allowFrom/0/ports/0: should be ports that nobody has opened to 10.0.0.0/16 yet, but tcp 6000 is by towline itself already. Remove one of the two.",
    ],
    [
      "in more rules than EC2 takes",
      { allowFrom: [{ ports: named(59), ranges }] },
      "allowFrom: should leave web at most 60 rules of who may connect, as EC2 takes them, but they are 61: 59 of allowFrom, 2 of http. Open less.",
    ],
    [
      "to more than EC2 takes",
      { allowTo: [{ ports: named(59), ranges }] },
      "allowTo: should leave web at most 60 rules of where its hosts may connect, as EC2 takes them, but they are 61, 2 of them for packages and AWS. Name fewer ports, or wider ranges.",
    ],
  ])("%s", (_, change, line) => {
    expect(said(change)).toEqual([line]);
  });

  it.each<[string, GroupRaw]>([
    ["SSH from a security group", { allowFrom: [{ ports: [22], securityGroups: [SG] }] }],
    ["SSH to a range", { allowTo: [{ ports: [22], ranges }] }],
    [
      "the same port by another protocol",
      {
        allowFrom: [
          { ports: [53], ranges },
          { ports: [53], ranges, protocol: "udp" },
        ],
      },
    ],
    ["the world, to hosts without addresses", { allowFrom: [{ ports: [5432], ranges: ["0.0.0.0/0", "::/0"] }] }],
    [
      "as many rules as EC2 takes",
      { allowFrom: [{ ports: named(58), ranges }], allowTo: [{ ports: named(58), ranges }] },
    ],
  ])("not: %s", (_, change) => {
    expect(said(change)).toEqual([]);
  });

  it.each([
    "2001:db8::/32",
    "::/0",
    "fd00::/8",
    "2001:db8:0:1::/64",
    "::1/128",
    "2001:0db8:0000:0000:0000:0000:0000:0001/128",
  ])("not: the range %s", (range) => {
    expect(said({ allowTo: [{ ports: [443], ranges: [range] }] })).toEqual([]);
  });

  it.each([
    "2001:db8::1/32",
    "::/129",
    "2001:db8::",
    ":::/0",
    "1::2::3/64",
    "::ffff:10.0.0.0/104",
    "10.0.0.0/33",
    "::/08",
  ])("for the range %s, which is none", (range) => {
    expect(said({ allowTo: [{ ports: [443], ranges: [range] }] })).toEqual([
      expect.stringContaining(`but is "${range}"`),
    ]);
  });

  it.each<[string, GroupRaw, object, string]>([
    [
      "a fixed address",
      { elasticIp: { ports: [443] }, size },
      {},
      "(elasticIp), but is 0.0.0.0/0, which is as good as the world. Name narrower ones, or the ports in elasticIp.",
    ],
    [
      "addresses, in the public subnets",
      {},
      { "towline:network": { nat: "none" } },
      "(nat: none), but is 0.0.0.0/0, which is as good as the world. Name narrower ones.",
    ],
  ])("for the world, where hosts have %s", (_, change, sections, end) => {
    const db = { ...plain, ...change, allowFrom: [{ ports: [5432], ranges: ["10.0.0.0/8", "0.0.0.0/0"] }] };
    expect(errorsOf(valid({ "towline:groups": { db }, ...sections }))).toEqual([
      `Pulumi.staging.yaml: towline:groups/db/allowFrom/0/ranges/1: should be a range of /8 or smaller in db, whose hosts have public addresses ${end}`,
    ]);
  });
});
