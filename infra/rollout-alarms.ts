import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { acceptFromRules, callOnEvents, type EventRuleArgs } from "./event-rule";
import { type FunctionSettings, type StackFunction, stackFunction } from "./function";
import { rolloutObject } from "./names";
import type { Statement } from "./policy";

/** How often it looks at all alarms: an event that was missed counts for no longer. */
const LOOK = "rate(5 minutes)";

/** EventBridge takes 2048 characters of a pattern. */
const MOST_OF_NAMES = 1800;
/** IAM takes 10,240 characters of a role's own policies; what all functions may do besides has a few hundred. */
const MOST_OF_STATEMENTS = 9500;

export interface RolloutAlarmsArgs extends FunctionSettings {
  /** Physical name of the function and of its role, and the first part of its rules' names. */
  readonly name: string;
  /** Names of alarms by group, of groups that have any. */
  readonly alarms: Readonly<Record<string, readonly string[]>>;
  /** The bucket with the groups' control objects. */
  readonly repository: { readonly bucket: pulumi.Output<string>; readonly bucketArn: pulumi.Output<string> };
  readonly region: string;
  readonly account: Account;
}

/**
 * Tells groups which of the alarms that their rollouts watch are on. Hosts ask no CloudWatch: they find it in the object that
 * they look at with each poll.
 */
export class RolloutAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: RolloutAlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:RolloutAlarms", name, {}, options);
    const { alarms, repository } = args;
    const called = stackFunction(
      name,
      {
        ...args,
        description: "Tells groups which of the alarms that their rollouts watch are on",
        memorySize: 256,
        variables: { TOWLINE_BUCKET: repository.bucket, TOWLINE_ALARMS: JSON.stringify(alarms) },
        statements: repository.bucketArn.apply((bucket) => alarmStatements(bucket, Object.keys(alarms))),
      },
      this,
    );
    this.listen(name, args, called);
    this.registerOutputs({});
  }

  private listen(name: string, args: RolloutAlarmsArgs, called: StackFunction): void {
    const listen = (key: string, description: string, on: EventRuleArgs["on"]): void => {
      const rule = { name: `${args.name}-${key}`, description, on, called, tags: args.tags };
      callOnEvents(`${name}-${key}`, rule, this);
    };
    inPatterns([...new Set(Object.values(args.alarms).flat())].sort()).forEach((names, index) => {
      listen(`changes-${index + 1}`, "Alarms that rollouts watch change", { pattern: alarmEvents(names) });
    });
    listen("look", "Which alarms that rollouts watch are on", { schedule: LOOK });
    acceptFromRules(name, args, called, this);
  }
}

function alarmEvents(names: readonly string[]) {
  return {
    source: ["aws.cloudwatch"],
    "detail-type": ["CloudWatch Alarm State Change"],
    detail: { alarmName: names },
  };
}

/** Names in as few lists as patterns have room for. */
function inPatterns(names: readonly string[]): string[][] {
  const lists: string[][] = [];
  for (const name of names) {
    const last = lists.at(-1);
    if (last !== undefined && JSON.stringify([...last, name]).length <= MOST_OF_NAMES) last.push(name);
    else lists.push([name]);
  }
  return lists;
}

/** What the function may do: see alarms, and change the control objects of the groups that watch some; of all, where IAM has no room for their names. */
function alarmStatements(bucket: string, groups: readonly string[]): Statement[] {
  const named = statementsOf(bucket, groups, "StringEquals");
  return JSON.stringify(named).length <= MOST_OF_STATEMENTS ? named : statementsOf(bucket, ["*"], "StringLike");
}

function statementsOf(bucket: string, groups: readonly string[], test: "StringEquals" | "StringLike"): Statement[] {
  const keys = groups.flatMap((group) => ["orders.json", "control.json"].map((name) => rolloutObject(group, name)));
  return [
    {
      // CloudWatch tells of composite alarms only those who may see all.
      Sid: "SeeAlarms",
      Effect: "Allow",
      Action: "cloudwatch:DescribeAlarms",
      Resource: "*",
    },
    {
      Sid: "ChangeControl",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: keys.map((key) => `${bucket}/${key}`),
    },
    {
      // Without it, S3 answers 403 for an object that is not there.
      Sid: "SeeWhatIsMissing",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucket,
      Condition: { [test]: { "s3:prefix": keys } },
    },
  ];
}
