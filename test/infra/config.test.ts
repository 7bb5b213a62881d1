import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConfigError, parseStackConfig, readRawConfig, readStackFile, stackNames } from "../../infra/config";
import { errorsOf, type GroupRaw, type Raw, valid, web, withWeb } from "./config-fixtures";

describe("a configuration that is right", () => {
  it("gets every default, and its processes parsed", () => {
    expect(parseStackConfig("staging", valid())).toEqual({
      stack: "staging",
      region: "eu-west-1",
      repository: {
        bucket: "acme-staging",
        suite: "stable",
        component: "main",
        architecture: "amd64",
        keep: 10,
        validDays: 14,
      },
      signingKey: "keys/staging.asc",
      slack: { webhookParameter: "/towline/staging/slack-webhook", links: [] },
      network: { cidr: "10.0.0.0/16", zones: 2, natGateways: "single" },
      loadBalancer: {},
      registry: { namespace: "staging.internal" },
      groups: {
        web: {
          packages: ["hello"],
          processes: { hello: { web: 1, worker: 2 } },
          architecture: "amd64",
          instanceType: "t3.small",
          alternativeTypes: [],
          image: "/aws/service/debian/release/13/latest/amd64",
          size: { min: 2, max: 4 },
          http: { port: 6000, healthPath: "/health", deregistrationDelay: 30, hosts: [], paths: [] },
          health: { timeout: 60 },
          uses: [],
          ports: [],
          refresh: { bake: 0, alarms: [] },
          rollout: { maxUnavailable: 1, bake: 0, timeout: 900, freeze: [], alarms: [] },
          tags: {},
        },
      },
    });
  });

  it("runs no process of a package that runs by itself", () => {
    const raw = withWeb({ packages: ["hello", "amazon-ssm-agent"], processes: { "amazon-ssm-agent": "none" } });
    expect(parseStackConfig("staging", raw).groups.web?.processes["amazon-ssm-agent"]).toEqual({});
  });

  it("runs one web process of a package whose name all objects have", () => {
    const raw = withWeb({ packages: ["hello", "constructor"] });
    expect(parseStackConfig("staging", raw).groups.web?.processes.constructor).toEqual({ web: 1 });
  });

  it("runs one web process of a package that names none", () => {
    const { groups } = parseStackConfig("staging", withWeb({ packages: ["hello", "other"] }));
    expect(groups.web?.processes).toEqual({ hello: { web: 1, worker: 2 }, other: { web: 1 } });
  });

  it("takes image and instance type of the repository's architecture", () => {
    const raw = valid({ "towline:repository": { bucket: "acme-staging", architecture: "arm64" } });
    expect(parseStackConfig("staging", raw).groups.web).toMatchObject({
      instanceType: "t4g.small",
      image: "/aws/service/debian/release/13/latest/arm64",
    });
  });

  it("lets a group of nothing but a name inherit everything", () => {
    const { groups } = parseStackConfig("staging", valid({ "towline:groups": { __base__: web, web: null } }));
    expect(groups.web?.size).toEqual({ min: 2, max: 4 });
    expect(Object.keys(groups)).toEqual(["web"]);
  });

  it("follows a channel where a group names one, also one of its base", () => {
    const base = { packages: ["hello"], size: { min: 1, max: 2 }, channel: "feature-x" };
    const { groups } = parseStackConfig(
      "staging",
      valid({ "towline:groups": { __base__: base, a: null, b: { channel: "main-2" } } }),
    );
    expect([groups.a?.channel, groups.b?.channel]).toEqual(["feature-x", "main-2"]);
  });

  it("finds groups in a domain of the stack's own, or in the one it is given", () => {
    expect(parseStackConfig("qa", valid()).registry).toEqual({ namespace: "qa.internal" });
    const raw = valid({ "towline:registry": { namespace: "qa.compute-internal.example" } });
    expect(parseStackConfig("qa", raw).registry).toEqual({ namespace: "qa.compute-internal.example" });
    expect(parseStackConfig("ec2", valid({ "towline:registry": { namespace: "ec2.acme.internal" } })).registry).toEqual(
      {
        namespace: "ec2.acme.internal",
      },
    );
  });

  it("leaves other namespaces to Pulumi and its providers", () => {
    expect(errorsOf(valid({ "aws:profile": "acme", "pulumi:tags": { team: "web" } }))).toEqual([]);
  });

  it("appends base's and child's packages, and post packages last", () => {
    const raw = withWeb(
      { packages: ["hello"], postPackages: ["last"] },
      { packages: ["first"], postPackages: ["later"] },
    );
    expect(parseStackConfig("staging", raw).groups.web?.packages).toEqual(["first", "hello", "later", "last"]);
  });
});

describe("one wrong key or value", () => {
  const groupKeys =
    "packages, processes, architecture, instanceType, alternativeTypes, spot, instanceTypes, rootVolume, maxInstanceLifetime, maintenance, terminationPolicies, imdsHopLimit, userData, image, channel, size, http, health, scaling, uses, ports, elasticIp, volume, allowFrom, allowTo, access, policies, warmPool, refresh, rollout, tags";
  const metric = { namespace: "AWS/SQS", metric: "ApproximateNumberOfMessagesVisible" };
  const stepsOf = (step: GroupRaw): Raw => withWeb({ scaling: { steps: { backlog: { ...metric, ...step } } } });
  const scheduled = (change: GroupRaw): Raw =>
    withWeb({ scaling: { schedule: { morning: { cron: "0 7 * * MON-FRI", min: 4, max: 8, ...change } } } });
  const api = (http: GroupRaw): Raw =>
    valid({ "towline:groups": { web, api: { ...web, http: { port: 6000, ...http } } } });
  /** Groups of a package and a size, where they do not say otherwise. */
  const inherited = ({ __base__, ...groups }: Record<string, GroupRaw>): Raw => {
    const single = { packages: ["hello"], size: { min: 1, max: 2 } };
    const complete = Object.entries(groups).map(([name, group]) => [name, { ...single, ...group }]);
    return valid({ "towline:groups": { __base__, ...Object.fromEntries(complete) } });
  };
  const sizeText = "size: {min: 2, max: 4}";
  const cases: [string, Raw, string][] = [
    [
      "size",
      withWeb({ size: { min: "two", max: 4 } }),
      'towline:groups/web/size/min: should be a whole number from 0 to 100, but is "two". Write for example "min: 2".',
    ],
    [
      "a fraction",
      withWeb({ size: { min: 1.5, max: 4 } }),
      'towline:groups/web/size/min: should be a whole number from 0 to 100, but is 1.5. Write for example "min: 2".',
    ],
    [
      "a bound above its range",
      withWeb({ size: { min: 1, max: 101 } }),
      'towline:groups/web/size/max: should be a whole number from 0 to 100, but is 101. Write for example "max: 4".',
    ],
    [
      "bounds the wrong way round",
      withWeb({ size: { min: 5, max: 4 } }),
      'towline:groups/web/size/min: should be no more than max, which is 4, but is 5. Write for example "min: 4".',
    ],
    [
      "a missing value",
      withWeb({ size: { min: 2 } }),
      'towline:groups/web/size/max: is missing; it should be a whole number from 0 to 100. Write for example "max: 4".',
    ],
    [
      "a missing map",
      valid({ "towline:groups": { web: { packages: ["hello"] } } }),
      `towline:groups/web/size: is missing; it should be a map with min and max. Write for example "${sizeText}".`,
    ],
    [
      "a misspelt key",
      withWeb({ http: { port: 6000, healthpath: "/" } }),
      "towline:groups/web/http/healthpath: is not a key towline knows; did you mean healthPath? " +
        "Allowed here: port, healthPath, deregistrationDelay, hosts, paths, priority.",
    ],
    [
      "an unknown key that is like no other",
      withWeb({ autoscale: true }),
      `towline:groups/web/autoscale: is not a key towline knows. Allowed here: ${groupKeys}.`,
    ],
    [
      "a misspelt section",
      valid({ "towline:grups": {} }),
      "towline:grups: is not a key towline knows; did you mean towline:groups? Allowed here: aws:region, " +
        "towline:repository, towline:signingKey, towline:slack, towline:slackCommand, towline:network, " +
        "towline:loadBalancer, towline:protect, towline:audit, towline:publisher, towline:channels, towline:registry, towline:roles, towline:groups.",
    ],
    [
      "no region",
      valid({ "aws:region": undefined }),
      'aws:region: is missing; it should be an AWS region outside China. Write for example "aws:region: eu-west-1".',
    ],
    [
      "a bucket name with dots",
      valid({ "towline:repository": { bucket: "packages.acme.example" } }),
      "towline:repository/bucket: should be an S3 bucket name of 3 to 63 lower-case letters, digits and hyphens, " +
        'without dots, but is "packages.acme.example". Write for example "bucket: acme-packages-staging".',
    ],
    [
      "an architecture Debian knows and towline does not",
      valid({ "towline:repository": { bucket: "acme", architecture: "riscv64" } }),
      'towline:repository/architecture: should be amd64 or arm64, but is "riscv64". Write for example "architecture: amd64".',
    ],
    [
      "an index that ends before anybody could sign it anew",
      valid({ "towline:repository": { bucket: "acme", validDays: 0 } }),
      'towline:repository/validDays: should be a whole number of days from 2 to 365, but is 0. Write for example "validDays: 14".',
    ],
    [
      "fewer versions to keep than a host needs to go back",
      valid({ "towline:repository": { bucket: "acme", keep: 1 } }),
      'towline:repository/keep: should be a whole number of versions from 2 to 1000, but is 1. Write for example "keep: 10".',
    ],
    [
      "a branch's name for a channel",
      withWeb({ channel: "feature/x" }),
      "towline:groups/web/channel: should be a channel's name of 1 to 40 lower-case letters, digits and single hyphens " +
        'between them, but is "feature/x". Write for example "channel: feature-x".',
    ],
    [
      "a range with bits beyond its prefix",
      valid({ "towline:network": { cidr: "10.0.1.0/16" } }),
      "towline:network/cidr: should be an IPv4 network from /16 to /22 with no bits set beyond its prefix, and none of 0.0.0.0/8, " +
        '127.0.0.0/8, 169.254.0.0/16 and from 224.0.0.0 up, but is "10.0.1.0/16". Write for example "cidr: 10.0.0.0/16".',
    ],
    [
      "one zone",
      valid({ "towline:network": { zones: 1 } }),
      'towline:network/zones: should be a whole number from 2 to 6, but is 1. Write for example "zones: 2".',
    ],
    [
      "an unknown NAT strategy",
      valid({ "towline:network": { natGateways: "none" } }),
      'towline:network/natGateways: should be single or perZone, but is "none". Write for example "natGateways: single".',
    ],
    [
      "no NAT gateways, and one for each zone",
      valid({ "towline:network": { nat: "none", natGateways: "perZone" } }),
      'towline:network/nat: should not come with "natGateways: perZone", which says the contrary. Remove one of the two.',
    ],
    [
      "a NAT of another kind",
      valid({ "towline:network": { nat: "instance" } }),
      'towline:network/nat: should be none, or left out, but is "instance". Write for example "nat: none".',
    ],
    [
      "a parameter without a leading slash",
      valid({ "towline:slack": { webhookParameter: "slack" } }),
      "towline:slack/webhookParameter: should be the name of an SSM parameter, with a leading slash, or the full ARN of a Secrets Manager secret, " +
        'but is "slack". Write for example "webhookParameter: /towline/staging/slack-webhook".',
    ],
    [
      "groups that are no map",
      valid({ "towline:groups": ["web"] }),
      'towline:groups: should be a map of groups, but is ["web"]. ' +
        `Write for example "towline:groups: {web: {packages: [hello], ${sizeText}}}".`,
    ],
    [
      "no group",
      valid({ "towline:groups": { __base__: web } }),
      "towline:groups: should hold at least one group beside __base__. " +
        `Write for example "web: {packages: [hello], ${sizeText}}".`,
    ],
    [
      "a base that is no map",
      valid({ "towline:groups": { __base__: "web", web } }),
      'towline:groups/__base__: should be a map with at least packages and size, but is "web". ' +
        `Write for example "web: {packages: [hello], ${sizeText}}".`,
    ],
    [
      "a group name in capitals",
      valid({ "towline:groups": { Web: web } }),
      "towline:groups/Web: should be a group name of 1 to 32 lower-case letters, digits and single hyphens that " +
        'starts with a letter, but is "Web". Write for example "web:".',
    ],
    [
      "a package name Debian refuses",
      withWeb({ packages: ["hello", "Über App"], processes: {} }),
      'towline:groups/web/packages/1: should be the name of a Debian package, of at most 64 characters, but is "Über App". ' +
        'Write for example "packages: [hello]".',
    ],
    [
      "a package twice",
      withWeb({ packages: ["hello", "hello"] }),
      'towline:groups/web/packages/1: should be a package the list does not hold yet, but is "hello" again. ' +
        "Remove it here, or in __base__, whose list comes first.",
    ],
    [
      "post packages that are no list",
      withWeb({ postPackages: "last" }),
      'towline:groups/web/postPackages: should be a list of at most 24 Debian package names, but is "last". ' +
        'Write for example "postPackages: [hello]".',
    ],
    [
      "processes that do not parse",
      withWeb({ processes: { hello: "web:1" } }),
      "towline:groups/web/processes/hello: should be a count for each process, as in web=1 worker=2, or none for a package that runs by itself, " +
        'but is "web:1". Write for example "hello: web=1 worker=2".',
    ],
    [
      "a process twice",
      withWeb({ processes: { hello: "web=1 web=2" } }),
      "towline:groups/web/processes/hello: should be a count for each process, as in web=1 worker=2, or none for a package that runs by itself, " +
        'but is "web=1 web=2". Write for example "hello: web=1 worker=2".',
    ],
    [
      "processes of a package the group has not",
      withWeb({ processes: { hallo: "web=1" } }),
      'towline:groups/web/processes/hallo: should be one of the group\'s packages (hello), but is "hallo". ' +
        "Add it to packages, or remove it here.",
    ],
    [
      "a port beyond the last",
      withWeb({ http: { port: 65536 } }),
      'towline:groups/web/http/port: should be a whole number from 1 to 65535, but is 65536. Write for example "port: 6000".',
    ],
    [
      "a health path without a slash",
      withWeb({ http: { port: 6000, healthPath: "health" } }),
      "towline:groups/web/http/healthPath: should be a path of at most 1024 characters that begins with a slash, of letters, digits and " +
        '. _ ~ / ? = % + : @ , -, but is "health". Write for example "healthPath: /health".',
    ],
    [
      "a health timeout longer than the launch hook waits",
      withWeb({ health: { timeout: 600 } }),
      "towline:groups/web/health/timeout: should be a whole number of seconds from 5 to 540, but is 600. " +
        'Write for example "timeout: 60".',
    ],
    [
      "a scaling target out of reach",
      withWeb({ scaling: { cpu: 100 } }),
      "towline:groups/web/scaling/cpu: should be a whole number of percent from 10 to 90, but is 100. " +
        'Write for example "cpu: 60".',
    ],
    [
      "a tag that is towline's own",
      withWeb({ tags: { "towline:group": "api" } }),
      "towline:groups/web/tags/towline:group: should be a tag key that AWS allows, other than Name, aws:… and " +
        'towline:…, but is "towline:group". Write for example "tags: {team: web}".',
    ],
    [
      "a tag value that YAML read as a number",
      withWeb({ tags: { team: 7 } }),
      "towline:groups/web/tags/team: should be a tag value that AWS allows, in quotes where it looks like a number, " +
        'but is 7. Write for example "team: web".',
    ],
    [
      "a second group that wants every request",
      valid({ "towline:groups": { web, api: web } }),
      "towline:groups/api/http: should have hosts or paths, since web has none and gets every request already. " +
        'Write for example "paths: [/api/*], priority: 10".',
    ],
    [
      "no group for the requests of no other",
      withWeb({ http: { port: 6000, paths: ["/api/*"], priority: 10 } }),
      "towline:groups/web/http: should be without hosts and paths in one group of the stack, which gets the requests that " +
        "no other does. Remove them here, or in another group.",
    ],
    [
      "a priority without hosts and paths",
      withWeb({ http: { port: 6000, priority: 10 } }),
      "towline:groups/web/http/priority: should come with hosts or paths: a group without gets what no other does. " +
        "Add some, or remove priority.",
    ],
    [
      "two groups of one priority",
      valid({
        "towline:groups": {
          web,
          api: { ...web, http: { port: 6000, paths: ["/api/*"], priority: 10 } },
          shop: { ...web, http: { port: 6000, hosts: ["shop.example.com"], priority: 10 } },
        },
      }),
      "towline:groups/shop/http/priority: should be a number that no other group has, but api has 10 too. " +
        "Change one of the two.",
    ],
    [
      "more hosts and paths than a rule holds",
      api({ hosts: ["a.example.com", "b.example.com"], paths: ["/a", "/b", "/c", "/d"], priority: 10 }),
      "towline:groups/api/http/hosts: should hold, with hosts and paths counted together, at most 5, but they are 6. " +
        "Use * in some.",
    ],
    [
      "a host that is an address",
      api({ hosts: ["https://api.example.com"], priority: 10 }),
      "towline:groups/api/http/hosts/0: should be a host's name, with * and ? for any letters, " +
        'but is "https://api.example.com". Write for example "hosts: [api.example.com]".',
    ],
    [
      "a path without a slash to match",
      api({ paths: ["api"], priority: 10 }),
      'towline:groups/api/http/paths/0: should be a path, with * and ? for any letters, but is "api". ' +
        'Write for example "paths: [/api/*]".',
    ],
    [
      "a certificate of another region",
      valid({ "towline:loadBalancer": { certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1234" } }),
      "towline:loadBalancer/certificateArn: should be a certificate of the stack's region, which is eu-west-1, " +
        "but is one of us-east-1. Request it in eu-west-1.",
    ],
    [
      "a certificate of IAM",
      valid({ "towline:loadBalancer": { certificateArn: "arn:aws:iam::123456789012:server-certificate/web" } }),
      'towline:loadBalancer/certificateArn: should be the ARN of a certificate in ACM, but is "arn:aws:iam::123456789012:server-certificate/web". ' +
        'Write for example "certificateArn: arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012".',
    ],
    [
      "a link that is not https",
      valid({ "towline:slack": { links: ["http://jenkins.example.com"] } }),
      'towline:slack/links/0: should be an https:// address of at most 120 characters, but is "http://jenkins.example.com". ' +
        'Write for example "links: [https://jenkins.example.com]".',
    ],
    [
      "nobody to publish",
      valid({ "towline:publisher": { trustedArns: [] } }),
      "towline:publisher/trustedArns: should be a list of at least one ARN, but is []. " +
        'Write for example "trustedArns: [arn:aws:iam::123456789012:role/jenkins]".',
    ],
    [
      "everybody to publish to channels",
      valid({ "towline:channels": { trustedArns: ["*"] } }),
      'towline:channels/trustedArns/0: should be the ARN of an IAM role, of a user, or of an account, but is "*". ' +
        'Write for example "trustedArns: [arn:aws:iam::123456789012:role/jenkins]".',
    ],
    [
      "everybody to publish",
      valid({ "towline:publisher": { trustedArns: ["*"] } }),
      'towline:publisher/trustedArns/0: should be the ARN of an IAM role, of a user, or of an account, but is "*". ' +
        'Write for example "trustedArns: [arn:aws:iam::123456789012:role/jenkins]".',
    ],
    [
      "an instance type of another architecture",
      withWeb({ instanceType: "m6g.large" }),
      "towline:groups/web/instanceType: should be a type of the repository's architecture, which is amd64, but m6g.large " +
        "is arm64. Take another type, as t3.small, or change towline:repository/architecture.",
    ],
    [
      "an inherited alternative of another architecture",
      withWeb({ alternativeTypes: ["t3a.small"] }, { alternativeTypes: ["t4g.small"] }),
      "towline:groups/__base__/alternativeTypes/0: should be a type of the repository's architecture, which is amd64, but " +
        "t4g.small is arm64. Take another type, as t3.small, or change towline:repository/architecture.",
    ],
    [
      "an alternative that is none",
      withWeb({ alternativeTypes: ["t3.small"] }),
      'towline:groups/web/alternativeTypes/0: should be a type the group does not have yet, but is "t3.small" again. ' +
        "Remove it here, or in __base__, whose list comes first.",
    ],
    [
      "an inherited bound above the one group's own",
      inherited({
        __base__: { size: { min: 3, max: 4 } },
        web: { size: {} },
        api: { size: {} },
        jobs: { size: { max: 2 } },
      }),
      "towline:groups/__base__/size/min (as jobs inherits it): should be no more than max, which is 2, but is 3. " +
        'Write for example "min: 2".',
    ],
    [
      "an inherited bound above that of the one group that inherits it",
      inherited({ __base__: { size: { min: 3, max: 4 } }, web: {}, jobs: { size: { max: 2 } } }),
      "towline:groups/__base__/size/min (as jobs inherits it): should be no more than max, which is 2, but is 3. " +
        'Write for example "min: 2".',
    ],
    [
      "inherited scaling on requests, in the groups that serve none",
      inherited({
        __base__: { scaling: { requestsPerTarget: 100 } },
        web: { http: { port: 6000 } },
        jobs: {},
        clock: {},
      }),
      "towline:groups/__base__/scaling/requestsPerTarget (as jobs and clock inherit it): should come with http, which is " +
        "missing: the load balancer counts the requests. Add http, or scale on cpu or steps.",
    ],
    [
      "inherited processes of a package that one group has not",
      inherited({ __base__: { packages: [], processes: { shop: "web=2" } }, web: { packages: ["shop"] }, jobs: {} }),
      "towline:groups/__base__/processes/shop (as jobs inherits it): should be one of the group's packages (hello), " +
        'but is "shop". Add it to packages, or remove it here.',
    ],
    [
      "a post list of a misspelt key",
      withWeb({ postPackage: ["monitor"] }),
      "towline:groups/web/postPackage: is not a key towline knows; did you mean postPackages? " +
        "Allowed here: postPackages, postAlternativeTypes, postTerminationPolicies, postUses, postPorts, postAllowFrom, postAllowTo, postPolicies.",
    ],
    [
      "a post list of a map",
      withWeb({ postTags: ["team"] }),
      "towline:groups/web/postTags: is not a key towline knows. Allowed here: postPackages, postAlternativeTypes, postTerminationPolicies, postUses, postPorts, postAllowFrom, postAllowTo, postPolicies.",
    ],
    [
      "an inherited post list of what has no list, for all groups",
      withWeb({}, { postHealth: [60] }),
      "towline:groups/__base__/postHealth: is not a key towline knows. Allowed here: postPackages, postAlternativeTypes, postTerminationPolicies, postUses, postPorts, postAllowFrom, postAllowTo, postPolicies.",
    ],
    [
      "post uses that are no list",
      withWeb({ postUses: "db" }),
      'towline:groups/web/postUses: should be a list of groups, but is "db". Write for example "postUses: [web]".',
    ],
    [
      "a post list to append to what is no list",
      withWeb({ packages: "hello", postPackages: ["last"] }),
      'towline:groups/web/packages: should be a list of at most 24 Debian package names, but is "hello". ' +
        'Write for example "packages: [hello]".',
    ],
    [
      "a spot share of nothing",
      withWeb({ spot: { percent: 0 } }),
      "towline:groups/web/spot/percent: should be a whole number of percent from 1 to 100, but is 0. " +
        'Write for example "percent: 50".',
    ],
    [
      "a root volume too small for the image",
      withWeb({ rootVolume: { size: 4 } }),
      "towline:groups/web/rootVolume/size: should be a whole number of GiB from 8 to 16384, but is 4. " +
        'Write for example "size: 20".',
    ],
    [
      "scaling on nothing",
      withWeb({ scaling: {} }),
      'towline:groups/web/scaling: should name what to scale on, but names nothing. Write for example "scaling: {cpu: 60}".',
    ],
    [
      "scaling on requests nobody counts",
      withWeb({ http: undefined, scaling: { requestsPerTarget: 1000 } }),
      "towline:groups/web/scaling/requestsPerTarget: should come with http, which is missing: the load balancer counts " +
        "the requests. Add http, or scale on cpu or steps.",
    ],
    [
      "a step scaling without steps",
      stepsOf({}),
      "towline:groups/web/scaling/steps/backlog: should hold up, down or both, but holds neither. " +
        'Write for example "up: [{at: 100, by: 1}]".',
    ],
    [
      "two steps at one value",
      stepsOf({
        up: [
          { at: 100, by: 1 },
          { at: 100, by: 2 },
        ],
      }),
      "towline:groups/web/scaling/steps/backlog/up/1/at: should be a value with no step yet, but is 100 again. " +
        "Remove one of the two.",
    ],
    [
      "steps that grow and shrink at once",
      stepsOf({ up: [{ at: 100, by: 1 }], down: [{ at: 100, by: 1 }] }),
      "towline:groups/web/scaling/steps/backlog/down: should begin below 100, where up begins, but begins at 100: the group " +
        "would grow and shrink in turns. Lower it.",
    ],
    [
      "a period CloudWatch has not",
      stepsOf({ up: [{ at: 1, by: 1 }], period: 90 }),
      "towline:groups/web/scaling/steps/backlog/period: should be a whole number of seconds from 60 to 3600 that is a " +
        'multiple of 60, but is 90. Write for example "period: 60".',
    ],
    [
      "a name with a hyphen, of which alarms' names would have two readings",
      withWeb({ scaling: { steps: { "back-log": { ...metric, up: [{ at: 1, by: 1 }] } } } }),
      "towline:groups/web/scaling/steps/back-log: should be a name of 1 to 32 letters and digits that starts with a letter, " +
        'but is "back-log". Write for example "backlog:".',
    ],
    [
      "a time of six fields",
      scheduled({ cron: "0 0 7 * * MON" }),
      "towline:groups/web/scaling/schedule/morning/cron: should be five fields of a Unix cron expression: minute, hour, day, " +
        'month, day of the week, but is "0 0 7 * * MON". Write for example "cron: "0 7 * * MON-FRI"".',
    ],
    [
      "a time zone nobody lives in",
      scheduled({ timeZone: "Europe/Atlantis" }),
      'towline:groups/web/scaling/schedule/morning/timeZone: should be an IANA time zone, but is "Europe/Atlantis". ' +
        'Write for example "timeZone: Europe/Berlin".',
    ],
    [
      "a scheduled size the wrong way round",
      scheduled({ min: 9 }),
      "towline:groups/web/scaling/schedule/morning/min: should be no more than max, which is 8, but is 9. " +
        'Write for example "min: 8".',
    ],
    [
      "protection by a web ACL of another region",
      valid({
        "towline:protect": {
          webAclArn: "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/w/12345678-1234-1234-1234-123456789012",
        },
      }),
      "towline:protect/webAclArn: should be a web ACL of the stack's region, which is eu-west-1, but is one of us-east-1. Make one in eu-west-1.",
    ],
    [
      "protection by what is no web ACL",
      valid({ "towline:protect": { webAclArn: "shop" } }),
      'towline:protect/webAclArn: should be the ARN of a regional web ACL of AWS WAF, but is "shop". Write for example ' +
        '"webAclArn: arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/12345678-1234-1234-1234-123456789012".',
    ],
    [
      "protection that is no map",
      valid({ "towline:protect": true }),
      'towline:protect: should be a map with releaseDays, webAclArn, or nothing, but is true. Write for example "towline:protect: {}".',
    ],
    [
      "a time that CloudWatch does not keep logs for",
      valid({ "towline:audit": { logDays: 366 } }),
      "towline:audit/logDays: should be a number of days that CloudWatch Logs knows: 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, " +
        '2192, 2557, 2922, 3288, 3653, but is 366. Write for example "logDays: 365".',
    ],
    [
      "a bucket whose name leaves no room for that of its logs",
      valid({ "towline:audit": {}, "towline:repository": { bucket: "b".repeat(60) } }),
      `towline:repository/bucket: should be a name that leaves that of the bucket for towline:audit's logs, "${"b".repeat(60)}-logs", at most 63 ` +
        "characters long, but that has 65. Shorten it by 2, or leave audit out.",
    ],
    [
      "a group name too long for its target group",
      valid({ "towline:groups": { "a-rather-long-group-name": web } }),
      "towline:groups/a-rather-long-group-name: should be a name that leaves its target group's, " +
        '"staging-a-rather-long-group-name-6000", at most 32 characters long, but that has 37. Shorten it by 5.',
    ],
  ];

  it.each(cases)("%s is named with its path, what is allowed and the fix", (_, raw, expected) => {
    expect(errorsOf(raw)).toEqual([`Pulumi.staging.yaml: ${expected}`]);
  });

  it("is shown shortened where it is long", () => {
    const [line] = errorsOf(valid({ "towline:network": { cidr: "x".repeat(500) } }));
    expect(line).toContain(`but is "${"x".repeat(56)}.... Write`);
  });

  it("is reported under __base__ when it was inherited, once for all groups", () => {
    const base = { size: { min: "two" }, packages: ["x y"] };
    const groups = { __base__: base, a: { size: { max: 4 } }, b: { size: { max: 5 } } };
    expect(errorsOf(valid({ "towline:groups": groups }))).toEqual([
      'Pulumi.staging.yaml: towline:groups/__base__/packages/0: should be the name of a Debian package, of at most 64 characters, but is "x y". ' +
        'Write for example "packages: [hello]".',
      "Pulumi.staging.yaml: towline:groups/__base__/size/min: should be a whole number from 0 to 100, " +
        'but is "two". Write for example "min: 2".',
    ]);
  });

  it("does not hide another", () => {
    const lines = errorsOf(withWeb({ size: { min: 5, max: 4 }, http: { port: 0 }, helth: {} }));
    expect(lines.map((line) => line.split(": ")[1]).sort()).toEqual([
      "towline:groups/web/helth",
      "towline:groups/web/http/port",
      "towline:groups/web/size/min",
    ]);
  });
});

describe("a stack file", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "towline-config-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (text: string): void => writeFileSync(path.join(dir, "Pulumi.staging.yaml"), text);

  it("is read by Pulumi's rules: bare keys are the project's, scalars texts, secrets placeholders", () => {
    write(
      "encryptionsalt: v1:x\nconfig:\n  signingKey: 42\n  aws:region: eu-west-1\n" +
        "  towline:slack:\n    webhookParameter: {secure: AAABAF}\n",
    );
    expect(readRawConfig("staging", dir)).toEqual({
      "towline:signingKey": "42",
      "aws:region": "eu-west-1",
      "towline:slack": { webhookParameter: "[secret]" },
    });
  });

  it("can have single keys overridden", () => {
    write(
      "config:\n  aws:region: eu-west-1\n  repository: {bucket: acme}\n  groups: {web: {packages: [], size: {min: 0, max: 1}}}\n",
    );
    expect(readStackFile("staging", dir, { "towline:signingKey": "/tmp/key.asc" }).signingKey).toBe("/tmp/key.asc");
  });

  it("that is missing is told with the stacks that exist", () => {
    write("config: {}\n");
    expect(() => readStackFile("qa", dir)).toThrow(
      new ConfigError([
        `There is no stack "qa", because ${dir} holds no Pulumi.qa.yaml. The stacks that exist: staging.`,
      ]),
    );
  });

  it("is never looked for under a name that could leave the folder", () => {
    write("config: {}\n");
    expect(() => readStackFile("../staging", dir)).toThrow(
      new ConfigError([
        "The stack's name should be 1 to 16 lower-case letters and digits that start with a letter, because names in " +
          'AWS are made of it, but is "../staging". Take for example "staging". The stacks that exist: staging.',
      ]),
    );
  });

  it("that is broken is told with its line", () => {
    write("config:\n  a: 1\n  b: [1, 2\n");
    expect(() => readStackFile("staging", dir)).toThrow(
      /^Pulumi\.staging\.yaml, line 4: is not valid YAML: .+\. Mend that line\.$/,
    );
  });

  it("with the same key twice is broken", () => {
    write("config:\n  a: 1\n  a: 2\n");
    expect(() => readStackFile("staging", dir)).toThrow(
      new ConfigError(["Pulumi.staging.yaml, line 3: is not valid YAML: Map keys must be unique. Mend that line."]),
    );
  });

  it.each([
    ["an alias of nothing", "repository: *nope", "Unresolved alias (the anchor must be set before the alias): nope"],
    ["a merge of what is no map", "repository: {<<: 5, bucket: acme}", "Merge sources must be maps or map aliases"],
    [
      "aliases of aliases without end",
      ["a: &a [1]", ..."bcd".split("").map((name, i) => `${name}: &${name} [${Array(20).fill(`*${"abc"[i]}`)}]`)].join(
        "\n  ",
      ),
      "Excessive alias count indicates a resource exhaustion attack",
    ],
  ])("with %s is broken", (_, text, what) => {
    write(`config:\n  ${text}\n`);
    expect(() => readStackFile("staging", dir)).toThrow(
      new ConfigError([`Pulumi.staging.yaml: is not valid YAML: ${what}. Mend that.`]),
    );
  });

  it("with a value that holds itself is told where", () => {
    write("config:\n  groups: &groups\n    web: *groups\n");
    expect(() => readStackFile("staging", dir)).toThrow(
      new ConfigError([
        "Pulumi.staging.yaml: towline:groups/web: should not be an alias of what it is part of, but is. Write it out.",
      ]),
    );
  });

  it("may hold one value at several places", () => {
    write("config:\n  a: &a {x: [1]}\n  b: [*a, *a]\n");
    const a = { x: [1] };
    expect(readRawConfig("staging", dir)).toEqual({ "towline:a": a, "towline:b": [a, a] });
  });

  it("that is a folder, or a link to nowhere, is told so", () => {
    const file = path.join(dir, "Pulumi.staging.yaml");
    mkdirSync(file);
    expect(() => readStackFile("staging", dir)).toThrow(
      new ConfigError([
        `${file} should be the configuration of the stack "staging", but cannot be read: it is a folder. Put a file there that you may read.`,
      ]),
    );
    rmSync(file, { recursive: true });
    symlinkSync(file, file);
    expect(() => readStackFile("staging", dir)).toThrow(/cannot be read: it is a link that leads back to itself\./);
  });

  it("whose config is no map is told so", () => {
    write("config: [a]\n");
    expect(() => readStackFile("staging", dir)).toThrow(
      new ConfigError([
        'Pulumi.staging.yaml: config: should be a map of keys to values. Write for example "config: {}".',
      ]),
    );
  });
});

describe("the project's own stacks", () => {
  const root = path.resolve(__dirname, "../..");

  it("are staging and prod, and both are right", () => {
    expect(stackNames(root)).toEqual(["prod", "staging"]);
    const [prod, staging] = stackNames(root).map((stack) => readStackFile(stack, root));
    expect(staging).toMatchObject({
      region: "eu-west-1",
      repository: { bucket: "towline-example-staging" },
      network: { cidr: "10.10.0.0/16" },
      groups: {
        web: {
          packages: ["hello"],
          processes: { hello: { web: 1 } },
          size: { min: 2, max: 4 },
          http: { port: 6000, healthPath: "/health", deregistrationDelay: 5 },
          health: { timeout: 12 },
          refresh: { bake: 0, alarms: [] },
          rollout: { maxUnavailable: 1, bake: 0, timeout: 900, freeze: [], alarms: [] },
          tags: { environment: "staging", service: "hello" },
        },
      },
    });
    expect(prod).toMatchObject({
      repository: { bucket: "towline-example-prod" },
      network: { cidr: "10.20.0.0/16" },
      groups: {
        web: {
          health: { timeout: 60 },
          refresh: { bake: 300, alarms: [] },
          rollout: { maxUnavailable: "25%", bake: 0, timeout: 900, freeze: [], alarms: [] },
          tags: { environment: "prod", service: "hello" },
        },
      },
    });
  });
});
