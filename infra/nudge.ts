import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { tellToLook } from "./access/poll-access";
import type { Account } from "./account";
import { settingsObject } from "./names";
import { policyDocument, trustPolicy } from "./policy";
import { type RoleSettings, stackRole } from "./role";
import { pollDocument } from "./run-command";
import type { Tags } from "./tags";

export interface NudgeArgs {
  /** Physical name of the rule and of its role. */
  readonly name: string;
  readonly stack: string;
  readonly bucket: pulumi.Output<string>;
  /** Suite of the apt repository; those of channels begin with it. */
  readonly suite: string;
  readonly region: string;
  readonly account: Account;
  /** What the role has in common with the stack's others. */
  readonly roles: RoleSettings;
  readonly tags: Tags;
}

/** Has the hosts of a stack look for packages and settings as soon as there are new ones, rather than within the minute. */
export class Nudge extends pulumi.ComponentResource {
  constructor(name: string, args: NudgeArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Nudge", name, {}, options);
    const { account, bucket, region, stack, tags } = args;
    const notification = new aws.s3.BucketNotification(
      `${name}-bucket-notification`,
      { bucket, eventbridge: true },
      { parent: this },
    );
    const place = pulumi.all([account.partition, account.id]).apply(([partition, id]) => ({
      partition,
      region,
      account: id,
    }));
    const { role, policy } = stackRole(
      name,
      {
        name: args.name,
        assumeRolePolicy: account.id.apply((id) => trustPolicy("events.amazonaws.com", id)),
        policy: place.apply((where) => policyDocument(tellToLook(where, stack))),
        settings: args.roles,
        tags,
      },
      this,
    );
    const document = pollDocument(name, stack, tags, this);
    const rule = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      {
        name: args.name,
        description: "New packages in the repository, and new settings of apps",
        eventPattern: bucket.apply((name) => somethingNew(name, args.suite)),
        tags,
      },
      { parent: this, dependsOn: notification },
    );
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      {
        rule: rule.name,
        arn: document.arn,
        roleArn: role.arn,
        runCommandTargets: [{ key: "tag:towline:stack", values: [stack] }],
        // The document takes no parameters, and the event would be passed as such.
        input: "{}",
      },
      { parent: this, dependsOn: policy },
    );
    this.registerOutputs({});
  }
}

/** EventBridge's pattern for the objects that decide what hosts run: InRelease, of the main suite or of a channel's, and settings. */
function somethingNew(bucket: string, suite: string): string {
  return JSON.stringify({
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: {
      bucket: { name: [bucket] },
      object: { key: [`dists/${suite}*/InRelease`, settingsObject("*")].map((wildcard) => ({ wildcard })) },
    },
  });
}
