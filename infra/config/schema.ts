import { z } from "zod";
import * as check from "./checks";
import * as format from "./formats";
import { parseProcesses } from "./processes";

/** What a value should be, in words, and one that would do. */
export interface Expectation {
  readonly allowed: string;
  readonly example: string;
}

/** What each value of the schema should be; errors are worded from it. */
export const expectations = z.registry<Expectation>();

function expecting<Schema extends z.ZodType>(schema: Schema, allowed: string, example: string): Schema {
  expectations.add(schema, { allowed, example });
  return schema;
}

function whole(min: number, max: number, example: string, unit = "whole number"): z.ZodInt {
  return expecting(z.int().min(min).max(max), `a ${unit} from ${min} to ${max}`, example);
}

function text(pattern: RegExp, allowed: string, example: string): z.ZodString {
  return expecting(z.string().regex(pattern), allowed, example);
}

const repository = z.strictObject({
  bucket: text(
    format.BUCKET,
    "an S3 bucket name of 3 to 63 lower-case letters, digits and hyphens, without dots",
    "bucket: acme-packages-staging",
  ),
  suite: text(format.APT_WORD, "a suite of lower-case letters, digits, dots and hyphens", "suite: stable").default(
    "stable",
  ),
  component: text(
    format.APT_WORD,
    "a component of lower-case letters, digits, dots and hyphens",
    "component: main",
  ).default("main"),
  architecture: expecting(z.enum(["amd64", "arm64"]), "amd64 or arm64", "architecture: amd64").default("amd64"),
  keep: whole(2, 1000, "keep: 10", "whole number of versions").default(10),
});

const network = z.strictObject({
  cidr: expecting(
    z.string().refine(format.isVpcRange),
    "an IPv4 network from /16 to /24 with no bits set beyond its prefix",
    "cidr: 10.0.0.0/16",
  ).default("10.0.0.0/16"),
  zones: whole(2, 6, "zones: 2").default(2),
  natGateways: expecting(z.enum(["single", "perZone"]), "single or perZone", "natGateways: single").default("single"),
});

function secret(key: string, name: string): z.ZodString {
  return text(
    format.SECRET,
    "the name of an SSM parameter, with a leading slash, or the full ARN of a Secrets Manager secret",
    `${key}: /towline/staging/${name}`,
  );
}

const slack = z
  .strictObject({
    webhookParameter: secret("webhookParameter", "slack-webhook").optional(),
    botTokenParameter: secret("botTokenParameter", "slack-bot-token").optional(),
    channel: text(format.SLACK_CHANNEL, "the ID of a Slack channel", "channel: C0123456789").optional(),
    mention: text(
      format.MENTION,
      "here, channel, or the ID of a Slack user group or user",
      "mention: S0123456789",
    ).optional(),
    quietHours: text(
      format.QUIET_HOURS,
      "hours of the day and a time zone, in quotes",
      'quietHours: "22:00-07:00 Europe/Berlin"',
    ).optional(),
    minimumSeverity: expecting(
      z.enum(["info", "good", "warning", "danger"]),
      "info, good, warning or danger",
      "minimumSeverity: warning",
    ).optional(),
  })
  .superRefine(check.botHasChannel);

const jobName = text(format.JENKINS_JOB, "the name of a Jenkins job, with its folders", "promoteJob: ops/promote");

const slackCommand = z.strictObject({
  signingSecretParameter: secret("signingSecretParameter", "slack-signing-secret").optional(),
  promoteFrom: text(format.STACK, "the name of the stack releases are promoted from", "promoteFrom: staging").default(
    "staging",
  ),
  jenkins: expecting(
    z.strictObject({
      url: text(format.WEB_ADDRESS, "the address of Jenkins", "url: https://jenkins.example.com"),
      credentialsParameter: secret("credentialsParameter", "jenkins-credentials").optional(),
      promoteJob: jobName.default("promote"),
      rollbackJob: jobName.default("rollback"),
    }),
    "a map with at least url",
    "jenkins: {url: https://jenkins.example.com}",
  ),
  allow: expecting(
    z
      .strictObject({
        users: expecting(
          z.array(text(format.SLACK_USER, "the ID of a Slack user", "users: [U0123456789]")),
          "a list of IDs of Slack users",
          "users: [U0123456789]",
        ).default([]),
        userGroup: text(format.SLACK_USER_GROUP, "the ID of a Slack user group", "userGroup: S0123456789").optional(),
      })
      .superRefine(check.allowsSomebody),
    "a map with users, userGroup or both",
    "allow: {users: [U0123456789]}",
  ),
});

const size = expecting(
  z.strictObject({ min: whole(0, 100, "min: 2"), max: whole(0, 100, "max: 4") }).superRefine(check.minNotAboveMax),
  "a map with min and max",
  "size: {min: 2, max: 4}",
);

const http = expecting(
  z.strictObject({
    port: whole(1, 65535, "port: 6000"),
    healthPath: text(
      format.HTTP_PATH,
      "a path that begins with a slash, of letters, digits and . _ ~ / ? = % + : @ , -",
      "healthPath: /health",
    ).default("/health"),
    deregistrationDelay: whole(0, 3600, "deregistrationDelay: 30", "whole number of seconds").default(30),
  }),
  "a map with port",
  "http: {port: 6000}",
);

const packages = expecting(
  z.array(text(format.PACKAGE, "the name of a Debian package", "packages: [hello]")),
  "a list of Debian package names",
  "packages: [hello]",
);

const processes = z
  .string()
  .transform((value, context) => parseProcesses(value) ?? check.refuse(context, value))
  .register(expectations, {
    allowed: "a count for each process, as in web=1 worker=2",
    example: "hello: web=1 worker=2",
  });

const group = expecting(
  z
    .strictObject({
      packages,
      // Inheritance leaves this key behind only where it is not a list.
      postPackages: expecting(packages.clone(), "a list of Debian package names", "postPackages: [monitor]").optional(),
      processes: expecting(
        z.record(z.string(), processes),
        "a map of packages to their processes",
        "processes: {hello: web=1}",
      ).default({}),
      instanceType: text(format.INSTANCE_TYPE, "an EC2 instance type", "instanceType: t3.small").optional(),
      image: text(
        format.PARAMETER,
        "the name of an SSM parameter that holds an AMI, with a leading slash",
        "image: /aws/service/debian/release/13/latest/amd64",
      ).optional(),
      channel: text(
        format.CHANNEL,
        "a channel's name of 1 to 40 lower-case letters, digits and single hyphens between them",
        "channel: feature-x",
      ).optional(),
      size,
      http: http.optional(),
      health: expecting(
        z.strictObject({ timeout: whole(5, 540, "timeout: 60", "whole number of seconds").default(60) }),
        "a map with timeout",
        "health: {timeout: 60}",
      ).prefault({}),
      scaling: expecting(
        z.strictObject({ cpu: whole(10, 90, "cpu: 60", "whole number of percent") }),
        "a map with cpu",
        "scaling: {cpu: 60}",
      ).optional(),
      tags: expecting(
        z.record(
          text(format.TAG_KEY, "a tag key that AWS allows, other than Name, aws:… and towline:…", "tags: {team: web}"),
          text(format.TAG_VALUE, "a tag value that AWS allows, in quotes where it looks like a number", "team: web"),
        ),
        "a map of tag keys to values",
        "tags: {team: web}",
      ).default({}),
    })
    .superRefine(check.namesPackagesOnce)
    .superRefine(check.runsOnlyItsPackages),
  "a map with at least packages and size",
  "web: {packages: [hello], size: {min: 2, max: 4}}",
);

const groups = expecting(
  z
    .record(
      text(
        format.GROUP,
        "a group name of 1 to 32 lower-case letters, digits and single hyphens that starts with a letter",
        "web:",
      ),
      group,
    )
    .superRefine(check.atLeastOneGroup)
    .superRefine(check.atMostOneHttpGroup),
  "a map of groups",
  "towline:groups: {web: {packages: [hello], size: {min: 2, max: 4}}}",
);

/** The configuration of a stack under the keys of its file, once its groups have inherited. */
export const stackSchema = z.strictObject({
  "aws:region": text(format.REGION, "an AWS region", "aws:region: eu-west-1"),
  "towline:repository": expecting(
    repository,
    "a map with at least bucket",
    "towline:repository: {bucket: acme-packages}",
  ),
  "towline:signingKey": expecting(
    z.string().min(1),
    "the path of an armored public key",
    "towline:signingKey: keys/staging.asc",
  ).optional(),
  "towline:slack": expecting(
    slack,
    "a map with webhookParameter",
    "towline:slack: {webhookParameter: /slack}",
  ).prefault({}),
  "towline:slackCommand": expecting(
    slackCommand,
    "a map with jenkins and allow",
    "towline:slackCommand: {jenkins: {url: https://jenkins.example.com}, allow: {users: [U0123456789]}}",
  ).optional(),
  "towline:network": expecting(
    network,
    "a map with cidr, zones or natGateways",
    "towline:network: {zones: 2}",
  ).prefault({}),
  "towline:groups": groups,
});

export type ParsedStack = z.output<typeof stackSchema>;
