import { _InstanceType } from "@aws-sdk/client-ec2";
import { INSTANCE_TYPE } from "../../infra/config/formats";
import { errorsOf, type GroupRaw, type Raw, valid, web, withWeb } from "./config-fixtures";

const single: GroupRaw = { packages: ["hello"], size: { min: 1, max: 1 } };
const numbered = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));
const named = (count: number, prefix: string): Record<string, string> =>
  Object.fromEntries(numbered(count, (index) => [`${prefix}${index}`, "x"]));
const stepped = (dimensions: object): Raw =>
  withWeb({ scaling: { steps: { s: { namespace: "AWS/SQS", metric: "Depth", up: [{ at: 1, by: 1 }], dimensions } } } });
const network = (change: GroupRaw): Raw => valid({ "towline:network": change });
const commanded = (count: number): Raw =>
  valid({
    "towline:slackCommand": {
      promoteFrom: "qa",
      jenkins: { url: "https://jenkins.example.com" },
      allow: { users: numbered(count, (index) => `U0123456${1000 + index}`) },
    },
  });
const trusting = (count: number): Raw =>
  valid({
    "towline:publisher": { trustedArns: numbered(count, (index) => `arn:aws:iam::123456789012:role/jenkins-${index}`) },
  });
const opening = (ports: number, ranges: number): Raw =>
  valid({
    "towline:groups": {
      edge: {
        ...single,
        elasticIp: { ports: numbered(ports, (index) => 100 + index) },
        access: { sshFrom: numbered(ranges, (index) => `10.0.${index}.0/24`) },
      },
    },
  });
/** A group with a port for each of `ports`, and as many groups that use it. */
const used = (ports: number, users: number): Raw => {
  const db = { ...single, ports: numbered(ports, (index) => 5432 + index) };
  const others = numbered(users, (index) => [`web${index}`, { ...single, uses: ["db"] }]);
  return valid({ "towline:groups": { db, ...Object.fromEntries(others) } });
};
const long = (length: number) => numbered(24, (index) => `${"p".repeat(length - 2)}${10 + index}`);
/** A group of 24 packages, in a bucket of the longest name, with all that a host may ask for. */
const packed = (length: number): Raw =>
  valid({
    "towline:repository": { bucket: "b".repeat(63) },
    "towline:groups": {
      shop: {
        ...single,
        packages: long(length),
        volume: { size: 1, mountPoint: "/srv" },
        elasticIp: { ports: [80] },
      },
    },
  });

describe("more than AWS takes", () => {
  const cases: [string, Raw, string][] = [
    [
      "rules for ports and ranges",
      opening(11, 50),
      "towline:groups/edge/access/sshFrom: should leave edge at most 60 rules of who may connect, as EC2 takes them, " +
        "but they are 61: 50 of access/sshFrom, 11 of elasticIp/ports. Open less.",
    ],
    [
      "rules for the groups that use one",
      used(5, 13),
      "towline:groups/db/ports: should leave db at most 60 rules of who may connect, as EC2 takes them, but they are 65: " +
        "65 of ports, for the 13 groups that use it. Open less.",
    ],
    [
      "characters in a package's name",
      withWeb({ packages: ["p".repeat(65)], processes: {} }),
      "towline:groups/web/packages/0: should be the name of a Debian package, of at most 64 characters, but is " +
        `"${"p".repeat(56)}.... Write for example "packages: [hello]".`,
    ],
    [
      "characters in a host's policy",
      packed(40),
      "towline:groups/shop/packages: should make a policy of shop's hosts of at most 10240 characters, as IAM takes it, but makes one " +
        "of 11919. Name fewer packages, give them or the bucket shorter names, or make it several groups.",
    ],
    [
      "principals for IAM's trust policy",
      trusting(50),
      "towline:publisher/trustedArns: should make a trust policy of at most 2048 characters, as IAM takes it, but makes one of 2295. " +
        "Name fewer, for example one role that the others may assume.",
    ],
    [
      "users for a function's variables",
      commanded(400),
      "towline:slackCommand: should have at most 3500 characters in all its texts, since Lambda has no room for more, but has 5345. " +
        "Name a userGroup in place of users.",
    ],
    [
      "tags",
      withWeb({ tags: named(48, "t") }),
      "towline:groups/web/tags: should hold at most 47 tags, as AWS takes 50 and three are towline's, but holds 48. Remove some.",
    ],
    [
      "dimensions of a metric",
      stepped(named(31, "d")),
      "towline:groups/web/scaling/steps/s/dimensions: should hold at most 30 dimensions, as CloudWatch takes them, but holds 31. Remove some.",
    ],
    [
      "characters in a path",
      withWeb({ http: { port: 6000, healthPath: `/${"a".repeat(1024)}` } }),
      "towline:groups/web/http/healthPath: should be a path of at most 1024 characters that begins with a slash, of letters, digits and " +
        `. _ ~ / ? = % + : @ , -, but is "/${"a".repeat(55)}.... Write for example "healthPath: /health".`,
    ],
    [
      "zones for a network",
      network({ cidr: "10.0.0.0/23" }),
      "towline:network/cidr: should be an IPv4 network from /16 to /22 with no bits set beyond its prefix, and none of 0.0.0.0/8, " +
        '127.0.0.0/8, 169.254.0.0/16 and from 224.0.0.0 up, but is "10.0.0.0/23". Write for example "cidr: 10.0.0.0/16".',
    ],
  ];

  it.each(cases)("is refused: %s", (_, raw, expected) => {
    expect(errorsOf(raw)).toEqual([`Pulumi.staging.yaml: ${expected}`]);
  });

  it.each([
    ["60 rules", opening(10, 50)],
    ["60 rules for groups that use one", used(5, 12)],
    ["a package's name of 64 characters", withWeb({ packages: ["hello", "p".repeat(64)] })],
    ["47 tags", withWeb({ tags: named(47, "t") })],
    ["30 dimensions", stepped(named(30, "d"))],
    ["a path of 1024 characters", withWeb({ http: { port: 6000, healthPath: `/${"a".repeat(1023)}` } })],
    ["a network of /22 in six zones", network({ cidr: "10.0.0.0/22", zones: 6 })],
  ])("is not yet: %s", (_, raw) => {
    expect(errorsOf(raw)).toEqual([]);
  });
});

describe("a network that no VPC can have", () => {
  it.each(["127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "255.255.0.0/16", "0.0.0.0/16", "010.00.0.0/16"])(
    "is refused: %s",
    (cidr) => {
      expect(errorsOf(network({ cidr }))).toEqual([
        expect.stringContaining(`from 224.0.0.0 up, but is "${cidr}". Write for example`),
      ]);
    },
  );

  it.each(["10.0.0.0/16", "172.16.0.0/20", "192.168.4.0/22", "100.64.0.0/16", "169.253.0.0/16"])(
    "is none of these: %s",
    (cidr) => {
      expect(errorsOf(network({ cidr }))).toEqual([]);
    },
  );
});

describe("the port of SSH for an app", () => {
  const refused =
    "Pulumi.staging.yaml: towline:groups/edge/http/port: should be another port than 22, which is for SSH. " +
    'Write for example "port: 6000".';

  it.each([
    ["that elasticIp would open to the world", { ...single, elasticIp: {} }],
    ["behind the load balancer", web],
  ])("is refused: one %s", (_, group) => {
    expect(errorsOf(valid({ "towline:groups": { edge: { ...group, http: { port: 22 } } } }))).toEqual([refused]);
  });
});

describe("an instance type", () => {
  it.each(["t3.banana", "t3.x", "t3.0xlarge", "m7i.metal-xl", "t3", "small"])(
    "of no size that EC2 has is refused: %s",
    (type) => {
      expect(errorsOf(withWeb({ instanceType: type }))).toEqual([
        `Pulumi.staging.yaml: towline:groups/web/instanceType: should be an EC2 instance type, but is "${type}". Write for example "instanceType: t3.small".`,
      ]);
    },
  );

  it("can be any that EC2's interface names", () => {
    const types = Object.values(_InstanceType);
    expect(types.length).toBeGreaterThan(500);
    expect(types.filter((type) => !INSTANCE_TYPE.test(type))).toEqual([]);
  });
});
