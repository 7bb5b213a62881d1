import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { acceptUndelivered, type StackFunction } from "./function";
import type { Tags } from "./tags";

export interface EventRuleArgs {
  /** Physical name. */
  readonly name: string;
  readonly description: string;
  /** Which events (EventBridge User Guide, "Event patterns"), or how often: `rate(5 minutes)`. */
  readonly on: { readonly pattern: Readonly<Record<string, unknown>> } | { readonly schedule: string };
  /** What is called; its queue keeps what EventBridge could not hand over, which `acceptUndelivered` has to allow. */
  readonly called: StackFunction;
  readonly tags: Tags;
}

/** Has EventBridge call a function on events or at times, as children of a component. */
export function callOnEvents(name: string, args: EventRuleArgs, parent: pulumi.Resource): aws.cloudwatch.EventRule {
  const { called, tags } = args;
  const rule = new aws.cloudwatch.EventRule(
    `${name}-rule`,
    {
      name: args.name,
      description: args.description,
      ...("pattern" in args.on
        ? { eventPattern: JSON.stringify(args.on.pattern) }
        : { scheduleExpression: args.on.schedule }),
      tags,
    },
    { parent },
  );
  const permission = new aws.lambda.Permission(
    `${name}-permission`,
    {
      action: "lambda:InvokeFunction",
      function: called.function.name,
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    },
    { parent },
  );
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    {
      rule: rule.name,
      arn: called.function.arn,
      deadLetterConfig: { arn: called.queue.arn },
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 20 },
    },
    { parent, dependsOn: permission },
  );
  return rule;
}

export interface NamedRules {
  /** First part of the rules' names, before a hyphen. */
  readonly name: string;
  readonly region: string;
  readonly account: Account;
}

/** Lets a function's queue keep what EventBridge could not hand over, by whichever of its rules. */
export function acceptFromRules(
  name: string,
  rules: NamedRules,
  called: StackFunction,
  parent: pulumi.Resource,
): aws.sqs.QueuePolicy {
  const { partition, id } = rules.account;
  const from = pulumi.interpolate`arn:${partition}:events:${rules.region}:${id}:rule/${rules.name}-*`;
  return acceptUndelivered(name, called.queue, [{ service: "events.amazonaws.com", from }], parent);
}
