import { z } from "zod";
import { architecture } from "./architecture-schema";
import * as check from "./checks";
import { atLeastOneGroup, atMostGroups } from "./count-checks";
import { expecting, text, whole } from "./expectations";
import * as format from "./formats";
import { group } from "./group-schema";
import { loadBalancer } from "./load-balancer-schema";
import { network } from "./network-schema";
import { roles } from "./policies-schema";

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
  architecture: architecture.default("amd64"),
  keep: whole(2, 1000, "keep: 10", "whole number of versions").default(10),
  validDays: whole(2, 365, "validDays: 14", "whole number of days").default(14),
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
    links: expecting(
      // They are in the notifier's variables, for which Lambda has no more room.
      z
        .array(
          text(format.LINK, "an https:// address of at most 120 characters", "links: [https://jenkins.example.com]"),
        )
        .max(10),
      "a list of at most 10 addresses",
      "links: [https://jenkins.example.com]",
    ).default([]),
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
      url: text(
        format.WEB_ADDRESS,
        "the https:// address of Jenkins, which is sent a token",
        "url: https://jenkins.example.com",
      ),
      credentialsParameter: secret("credentialsParameter", "jenkins-credentials").optional(),
      promoteJob: jobName.default("production/promote"),
      rollbackJob: jobName.default("production/rollback"),
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

const protect = z.strictObject({
  releaseDays: whole(1, 3650, "releaseDays: 30", "whole number of days").default(30),
  webAclArn: text(
    format.WEB_ACL,
    "the ARN of a regional web ACL of AWS WAF",
    "webAclArn: arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/12345678-1234-1234-1234-123456789012",
  ).optional(),
});

/** What CloudWatch Logs keeps logs for (PutRetentionPolicy), from three months on. */
const LOG_DAYS = [90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

const audit = z.strictObject({
  logDays: expecting(
    z.int().refine((days) => LOG_DAYS.includes(days)),
    `a number of days that CloudWatch Logs knows: ${LOG_DAYS.join(", ")}`,
    "logDays: 365",
  ).default(365),
});

const trustedArns = expecting(
  z
    .array(
      text(
        format.PRINCIPAL,
        "the ARN of an IAM role, of a user, or of an account",
        "trustedArns: [arn:aws:iam::123456789012:role/jenkins]",
      ),
    )
    .min(1),
  "a list of at least one ARN",
  "trustedArns: [arn:aws:iam::123456789012:role/jenkins]",
);

const publisher = z.strictObject({
  trustedArns: trustedArns.optional(),
  packages: expecting(
    z.array(
      text(
        format.PACKAGES_ALIKE,
        "the name of a package, of at most 64 characters, or two or more characters that names begin with and *, other than li* and lib*",
        "packages: [libacme1, shop-*]",
      ),
    ),
    "a list of packages to publish beside those that groups run",
    "packages: [libacme1, shop-*]",
  ).default([]),
  promoteFromBucket: text(
    format.BUCKET,
    "the name of the bucket that releases are promoted from",
    "promoteFromBucket: acme-packages-staging",
  ).optional(),
});

const channels = z.strictObject({
  signingKey: expecting(
    z.string().min(1),
    "the path of an armored public key",
    "signingKey: keys/staging-channels.asc",
  ).optional(),
  trustedArns: trustedArns.optional(),
});

const registry = z.strictObject({
  namespace: text(
    format.DOMAIN,
    "a domain of two to five labels in lower-case letters, digits and hyphens, and none of AWS's own or of .local",
    "namespace: staging.internal",
  ).optional(),
});

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
    .superRefine(atLeastOneGroup)
    .superRefine(atMostGroups),
  "a map of groups",
  "towline:groups: {web: {packages: [hello], size: {min: 2, max: 4}}}",
);

/** The configuration of a stack under the keys of its file, once its groups have inherited. */
export const stackSchema = z.strictObject({
  "aws:region": text(format.REGION, "an AWS region outside China", "aws:region: eu-west-1"),
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
    "a map with cidr, zones, natGateways or nat, or with vpcId, publicSubnetIds and privateSubnetIds",
    "towline:network: {zones: 2}",
  ).prefault({}),
  "towline:loadBalancer": loadBalancer.prefault({}),
  "towline:protect": expecting(
    protect,
    "a map with releaseDays, webAclArn, or nothing",
    "towline:protect: {}",
  ).optional(),
  "towline:audit": expecting(audit, "a map with logDays, or nothing", "towline:audit: {}").optional(),
  "towline:publisher": expecting(
    publisher,
    "a map with trustedArns, packages or both",
    "towline:publisher: {trustedArns: [arn:aws:iam::123456789012:role/jenkins]}",
  ).optional(),
  "towline:channels": expecting(
    channels,
    "a map with signingKey, trustedArns or both",
    "towline:channels: {trustedArns: [arn:aws:iam::123456789012:role/jenkins-branches]}",
  ).optional(),
  "towline:registry": expecting(
    registry,
    "a map with namespace",
    "towline:registry: {namespace: staging.internal}",
  ).prefault({}),
  "towline:roles": roles.optional(),
  "towline:groups": groups,
});

export type ParsedStack = z.output<typeof stackSchema>;
