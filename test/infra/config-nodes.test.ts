import { parseStackConfig } from "../../infra/config";
import { errorsOf, type GroupRaw, type Raw, valid, web, withWeb } from "./config-fixtures";

const volume = { size: 10, mountPoint: "/srv/data" };
/** Groups of one host each, of nothing else than what is given. */
const grouped = (groups: Record<string, GroupRaw>): Raw => {
  const single = { packages: ["hello"], size: { min: 1, max: 1 } };
  const { __base__, ...own } = groups;
  const complete = Object.entries(own).map(([name, group]) => [name, { ...single, ...group }]);
  return valid({ "towline:groups": { ...(__base__ && { __base__ }), ...Object.fromEntries(complete) } });
};

describe("the seeds' kinds of nodes", () => {
  const one = { size: { min: 1, max: 1 } };
  const groupsOf = (groups: Raw): Raw => parseStackConfig("staging", valid({ "towline:groups": groups })).groups as Raw;

  it("are several apps on a single machine without load balancer", () => {
    const processes = { shop: "web=2", mail: "worker=1" };
    const all = { packages: ["shop", "mail", "redis"], processes, ...one, http: { port: 8080 }, elasticIp: {} };
    expect(groupsOf({ all })).toEqual({
      all: {
        packages: ["shop", "mail", "redis"],
        processes: { shop: { web: 2 }, mail: { worker: 1 }, redis: { web: 1 } },
        architecture: "amd64",
        instanceType: "t3.small",
        alternativeTypes: [],
        image: "/aws/service/debian/release/13/latest/amd64",
        size: { min: 1, max: 1 },
        http: { port: 8080, healthPath: "/health", deregistrationDelay: 30, hosts: [], paths: [] },
        health: { timeout: 60 },
        uses: [],
        ports: [],
        elasticIp: { ports: [8080] },
        refresh: { bake: 0, alarms: [] },
        rollout: { maxUnavailable: 1, bake: 0, timeout: 900, freeze: [], alarms: [] },
        tags: {},
      },
    });
  });

  it("are groups from one app, decoupled into its processes, that use each other", () => {
    const groups = groupsOf({
      __base__: { packages: ["shop"], size: { min: 2, max: 4 }, refresh: { bake: 300 } },
      web: { processes: { shop: "web=2" }, http: { port: 6000 }, uses: ["broker"] },
      jobs: { processes: { shop: "worker=4 clock=1" }, uses: ["broker", "web"], refresh: { alarms: ["shop-errors"] } },
      broker: { packages: ["rabbitmq"], processes: { shop: "web=0" }, ...one },
    });
    expect(groups).toMatchObject({
      web: {
        packages: ["shop"],
        processes: { shop: { web: 2 } },
        uses: ["broker"],
        refresh: { bake: 300, alarms: [] },
      },
      jobs: {
        packages: ["shop"],
        processes: { shop: { worker: 4, clock: 1 } },
        uses: ["broker", "web"],
        refresh: { bake: 300, alarms: ["shop-errors"] },
      },
      broker: { packages: ["shop", "rabbitmq"], processes: { shop: { web: 0 }, rabbitmq: { web: 1 } }, uses: [] },
    });
  });

  it("are a database whose disk outlives it, with a door for its operators", () => {
    const volume = { size: 100, mountPoint: "/var/lib/postgresql" };
    const access = { keyPair: "database operators", sshFrom: ["203.0.113.0/24", "198.51.100.7/32"] };
    const db = groupsOf({ db: { packages: ["database"], ...one, volume, access } }).db;
    expect(db).toMatchObject({ volume, access, elasticIp: undefined });
  });

  it.each(["/srv", "/srv/data", "/mnt/disk-1", "/data", "/media/a", "/var/lib/redis/6"])(
    "have a disk at %s",
    (place) => {
      const db = { packages: [], ...one, volume: { size: 1, mountPoint: place } };
      expect(groupsOf({ db }).db).toMatchObject({ volume: { mountPoint: place } });
    },
  );

  it("have hosts that wait, and go back to waiting", () => {
    const warmPool = { min: 0, max: 6, reuseOnScaleIn: true };
    expect(groupsOf({ web: { ...web, warmPool } }).web).toMatchObject({ warmPool });
    expect(groupsOf({ web: { ...web, warmPool: { min: 2 } } }).web).toMatchObject({
      warmPool: { min: 2, reuseOnScaleIn: false },
    });
  });

  it("need no group for the requests of no other where all have addresses of their own", () => {
    const own = { ...web, ...one, elasticIp: { ports: [80, 443] } };
    // Neither has a target group, for whose name these would be too long.
    expect(
      Object.keys(groupsOf({ "a-rather-long-group-name": own, "another-rather-long-group-name": own })),
    ).toHaveLength(2);
  });
});

describe("one wrong value of what groups hold, use or wait for", () => {
  const cases: [string, Raw, string][] = [
    ...["internal", "staging.compute.internal", "ec2.internal", "staging.local", "Staging.internal", "10.0"].map(
      (namespace): [string, Raw, string] => [
        `the domain ${namespace}`,
        valid({ "towline:registry": { namespace } }),
        "towline:registry/namespace: should be a domain of two to five labels in lower-case letters, digits and hyphens, and " +
          `none of AWS's own or of .local, but is "${namespace}". Write for example "namespace: staging.internal".`,
      ],
    ),
    [
      "using a group that is not there",
      grouped({ web: {}, worker: { uses: ["wep"] } }),
      `towline:groups/worker/uses/0: should be one of the stack's other groups (web), but is "wep". Did you mean web?`,
    ],
    [
      "using a group that is like no other",
      grouped({ web: {}, worker: { uses: ["web", "database"] } }),
      `towline:groups/worker/uses/1: should be one of the stack's other groups (web), but is "database". ` +
        "Name one of them, or remove it.",
    ],
    [
      "using a group where there is no other",
      grouped({ web: { uses: ["database"] } }),
      'towline:groups/web/uses/0: should be absent in a stack of one group, but is "database". Remove it.',
    ],
    [
      "using oneself",
      grouped({ web: {}, worker: { uses: ["worker"] } }),
      'towline:groups/worker/uses/0: should be another group than this one, but is "worker". Remove it.',
    ],
    [
      "an inherited use of oneself",
      grouped({ __base__: { uses: ["db"] }, web: {}, db: {} }),
      'towline:groups/__base__/uses/0 (as db inherits it): should be another group than this one, but is "db". Remove it.',
    ],
    [
      "using a group twice",
      grouped({ web: { uses: ["db", "cache", "db"] }, db: {}, cache: {} }),
      'towline:groups/web/uses/2: should be a group the list does not hold yet, but is "db" again. ' +
        "Remove it here, or in __base__, whose list comes first.",
    ],
    [
      "two groups that use each other",
      grouped({ a: { uses: ["b"] }, b: { uses: ["a"] }, c: { uses: ["a"] } }),
      "towline:groups/a/uses/0: should not lead back to this group, but does: a -> b -> a. None of them would ever boot. " +
        "Remove one of these uses.",
    ],
    [
      "a longer way back, named whole and once",
      grouped({ web: { uses: ["cache", "db"] }, cache: {}, db: { uses: ["jobs"] }, jobs: { uses: ["cache", "web"] } }),
      "towline:groups/web/uses/1: should not lead back to this group, but does: web -> db -> jobs -> web. None of them would " +
        "ever boot. Remove one of these uses.",
    ],
    [
      "an address without ports",
      grouped({ web: { elasticIp: {} } }),
      "towline:groups/web/elasticIp/ports: is missing; without http it should name the ports to open. " +
        'Write for example "ports: [443]".',
    ],
    [
      "an address with no port",
      grouped({ web: { elasticIp: { ports: [] } } }),
      "towline:groups/web/elasticIp/ports: should be a list of 1 to 20 port numbers, but is []. " +
        'Write for example "ports: [80, 443]".',
    ],
    [
      "a port beyond the last to open",
      grouped({ web: { elasticIp: { ports: [80, 65536] } } }),
      "towline:groups/web/elasticIp/ports/1: should be a port number from 1 to 65535, but is 65536. " +
        'Write for example "ports: [443]".',
    ],
    [
      "a port to open twice",
      grouped({ web: { elasticIp: { ports: [80, 443, 80] } } }),
      "towline:groups/web/elasticIp/ports/2: should be a port the list does not hold yet, but is 80 again. Remove it.",
    ],
    [
      "SSH open to the world",
      grouped({ web: { elasticIp: { ports: [22] } } }),
      "towline:groups/web/elasticIp/ports/0: should be another port than 22, which is for SSH and never open to the world. " +
        "Name who may connect in access/sshFrom.",
    ],
    [
      "an address for several hosts",
      grouped({ web: { size: { min: 1, max: 2 }, elasticIp: { ports: [80] } } }),
      "towline:groups/web/size/max: should be 1 in web, whose elasticIp only one host can have, but is 2. " +
        'Write "max: 1" in web, or remove elasticIp.',
    ],
    [
      "an address for several hosts at a time",
      grouped({
        web: {
          elasticIp: { ports: [80] },
          scaling: { schedule: { morning: { cron: "0 7 * * *", min: 1, max: 2 } } },
        },
      }),
      "towline:groups/web/scaling/schedule/morning/max: should be 1 in web, whose elasticIp only one host can have, " +
        'but is 2. Write "max: 1" in web, or remove elasticIp.',
    ],
    [
      "an address behind a rule of the load balancer",
      grouped({ web: { http: { port: 80, hosts: ["api.example.com"], priority: 1 }, elasticIp: {} } }),
      "towline:groups/web/http/hosts: should be absent in web, whose requests come to its elasticIp, past the load " +
        "balancer. Remove it, or elasticIp.",
    ],
    [
      "scaling on requests past the load balancer",
      grouped({ web: { http: { port: 80 }, elasticIp: {}, scaling: { requestsPerTarget: 100 } } }),
      "towline:groups/web/scaling/requestsPerTarget: should be absent in web, whose requests come to its elasticIp, where " +
        "no load balancer counts them. Remove it, or elasticIp.",
    ],
    ...[
      "/",
      "/usr",
      "/var/lib/dpkg/info",
      "/var/log",
      "/opt/hello",
      "/home",
      "/srv/../etc",
      "/srv/a b",
      "/srv/",
      "data",
    ].map((mountPoint): [string, Raw, string] => [
      `a disk at ${mountPoint}`,
      grouped({ db: { volume: { size: 10, mountPoint } } }),
      "towline:groups/db/volume/mountPoint: should be /srv, /mnt, /media or /data, or a folder in one of these or in " +
        `/var/lib that is not the system's own, of letters, digits and . _ -, but is "${mountPoint}". ` +
        'Write for example "mountPoint: /srv/data".',
    ]),
    [
      "a disk larger than there are",
      grouped({ db: { volume: { size: 16385, mountPoint: "/srv" } } }),
      "towline:groups/db/volume/size: should be a whole number of GiB from 1 to 16384, but is 16385. " +
        'Write for example "size: 20".',
    ],
    [
      "a disk for several hosts, whose number is inherited",
      valid({ "towline:groups": { __base__: web, web: {}, db: { http: undefined, volume } } }),
      "towline:groups/__base__/size/max (as db inherits it): should be 1 in db, whose volume only one host can have, but is 4. " +
        'Write "max: 1" in db, or remove volume.',
    ],
    [
      "a disk of a spot instance",
      grouped({ db: { volume, spot: { percent: 100 } } }),
      "towline:groups/db/spot: should be absent in db, which has a volume: a spot host may be gone before it has let go of " +
        "the disk. Remove spot, or volume.",
    ],
    [
      "SSH from the whole world",
      withWeb({ access: { sshFrom: ["0.0.0.0/0"] } }),
      "towline:groups/web/access/sshFrom/0: should be an IPv4 range of /8 or smaller with no bits set beyond its prefix; for the " +
        'rest of the world Session Manager is there, but is "0.0.0.0/0". Write for example "sshFrom: [203.0.113.0/24]".',
    ],
    [
      "SSH from half of the world",
      withWeb({ access: { sshFrom: ["128.0.0.0/1"] } }),
      "towline:groups/web/access/sshFrom/0: should be an IPv4 range of /8 or smaller with no bits set beyond its prefix; for the " +
        'rest of the world Session Manager is there, but is "128.0.0.0/1". Write for example "sshFrom: [203.0.113.0/24]".',
    ],
    [
      "SSH from a range twice",
      withWeb({ access: { sshFrom: ["203.0.113.0/24", "203.0.113.0/24"] } }),
      "towline:groups/web/access/sshFrom/1: should be a range the list does not hold yet, but is 203.0.113.0/24 again. Remove it.",
    ],
    [
      "tags that differ in case alone",
      withWeb({ tags: { team: "a", Team: "b" } }),
      "towline:groups/web/tags/Team: should differ from team in more than case, as IAM takes both for one. Remove one.",
    ],
    [
      "two sizes that begin at one time",
      withWeb({
        scaling: {
          schedule: {
            morning: { cron: "0 7 * * *", min: 1, max: 2 },
            early: { cron: "0 7 * * *", timeZone: "Etc/UTC", min: 2, max: 3 },
          },
        },
      }),
      'towline:groups/web/scaling/schedule/early/cron: should be another time than that of morning, but is "0 7 * * *" too. Remove one.',
    ],
    [
      "a region in China",
      { ...valid(), "aws:region": "cn-north-1" },
      'aws:region: should be an AWS region outside China, but is "cn-north-1". Write for example "aws:region: eu-west-1".',
    ],
    [
      "SSH from nowhere",
      withWeb({ access: { keyPair: "operators" } }),
      "towline:groups/web/access/sshFrom: is missing; it should be a list of 1 to 50 IPv4 ranges. " +
        'Write for example "sshFrom: [203.0.113.0/24]".',
    ],
    [
      "a key pair no name of which ends so",
      withWeb({ access: { keyPair: "operators ", sshFrom: ["203.0.113.0/24"] } }),
      'towline:groups/web/access/keyPair: should be the name of an EC2 key pair, but is "operators ". ' +
        'Write for example "keyPair: operators".',
    ],
    [
      "more hosts that wait than may be there",
      withWeb({ warmPool: { min: 3, max: 2 } }),
      "towline:groups/web/warmPool/min: should be no more than max, which is 2, but is 3. " +
        'Write for example "min: 2".',
    ],
    [
      "spot instances that wait",
      withWeb({ warmPool: { min: 1 }, spot: { percent: 50 } }),
      "towline:groups/web/warmPool: should be absent in web, which has spot: such a group cannot have hosts that wait. " +
        "Remove it, or spot.",
    ],
    [
      "instances of several types that wait, by inheritance",
      withWeb({ alternativeTypes: ["t3a.small"] }, { warmPool: { min: 1 } }),
      "towline:groups/__base__/warmPool: should be absent in web, which has alternativeTypes: such a group cannot have " +
        "hosts that wait. Remove it, or alternativeTypes.",
    ],
    [
      "hosts that wait for a disk",
      grouped({ db: { volume, warmPool: { min: 1 } } }),
      "towline:groups/db/warmPool: should be absent in db, which has volume: such a group cannot have hosts that wait. " +
        "Remove it, or volume.",
    ],
    [
      "a bake longer than Auto Scaling waits",
      withWeb({ refresh: { bake: 172_801 } }),
      "towline:groups/web/refresh/bake: should be a whole number of seconds from 0 to 172800, but is 172801. " +
        'Write for example "bake: 300".',
    ],
    [
      "more groups than one stack's function can name",
      grouped(Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`job${index}`, {}]))),
      "towline:groups: should hold at most 40 groups beside __base__, but holds 41. Give some of them a stack of their own.",
    ],
    [
      "more packages than a host's policy can name",
      withWeb({ packages: [..."abcdefghijklmnopqrstuvwxy"].map((letter) => `app-${letter}`) }),
      `towline:groups/web/packages: should be a list of at most 24 Debian package names, but is ["app-a","app-b","app-c","app-d","app-e","app-f","app-g",.... Write for example "packages: [hello]".`,
    ],
    [
      "more alarms than Auto Scaling watches",
      withWeb({ refresh: { alarms: [..."abcdefghijk"] } }),
      "towline:groups/web/refresh/alarms: should be a list of at most 10 names of CloudWatch alarms, but is " +
        '["a","b","c","d","e","f","g","h","i","j","k"]. Write for example "alarms: [shop-errors]".',
    ],
  ];

  it.each(cases)("%s is named with its path, what is allowed and the fix", (_, raw, expected) => {
    expect(errorsOf(raw)).toEqual([`Pulumi.staging.yaml: ${expected}`]);
  });

  it.each(["ec2", "compute"])("is named where it is the default: a stack called %s", (stack) => {
    expect(errorsOf(valid(), stack)).toEqual([
      `Pulumi.${stack}.yaml: towline:registry/namespace: should be given in a stack called ${stack}, since ${stack}.internal, ` +
        `the default, is AWS's own. Write for example "namespace: ${stack}.towline.internal".`,
    ]);
  });

  it("is told once for each of two cycles", () => {
    const groups = { a: { uses: ["b"] }, b: { uses: ["a", "c"] }, c: { uses: ["d"] }, d: { uses: ["c"] } };
    expect(errorsOf(grouped(groups)).map((line) => /does: (.*?)\./.exec(line)?.[1])).toEqual([
      "a -> b -> a",
      "c -> d -> c",
    ]);
  });
});
