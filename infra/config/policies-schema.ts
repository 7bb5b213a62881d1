import { z } from "zod";
import { listsOnce } from "./checks";
import { expecting, text } from "./expectations";
import * as format from "./formats";
import { type Context, report } from "./report";
import type { StatementConfig } from "./types";

const ACTIONS = "an action of AWS's, or a list of them, with * and ? for any letters";
const RESOURCES = "*, the ARN of a resource with * and ? for any letters in its last two parts, or a list of them";

function oneOrMore(pattern: RegExp, allowed: string, example: string) {
  const one = z.string().regex(pattern);
  return expecting(z.union([one, z.array(one).min(1)]), allowed, example);
}

const comparison = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const condition = expecting(
  z.record(
    text(format.CONDITION_OPERATOR, "an operator of IAM's conditions", "Condition: {StringEquals: {…}}"),
    expecting(
      z.record(
        text(format.CONDITION_KEY, "a condition key of AWS's", "aws:ResourceTag/team: web"),
        expecting(
          z.union([comparison, z.array(comparison).min(1)]),
          "a value, or a list of them",
          "aws:ResourceTag/team: web",
        ),
      ),
      "a map of condition keys to values",
      "StringEquals: {aws:ResourceTag/team: web}",
    ),
  ),
  "a map of operators to condition keys and values",
  "Condition: {StringEquals: {aws:ResourceTag/team: web}}",
);

/** A statement as IAM itself writes it. */
const statement = z
  .strictObject({
    Sid: text(format.SID, "letters and digits", "Sid: ReadQueue").optional(),
    Effect: expecting(z.enum(["Allow", "Deny"]), "Allow or Deny", "Effect: Allow").default("Allow"),
    Action: oneOrMore(format.ACTION, ACTIONS, "Action: sqs:ReceiveMessage").optional(),
    NotAction: oneOrMore(format.ACTION, ACTIONS, "NotAction: s3:*").optional(),
    Resource: oneOrMore(
      format.RESOURCE,
      RESOURCES,
      "Resource: arn:aws:sqs:eu-west-1:123456789012:shop-mail",
    ).optional(),
    NotResource: oneOrMore(format.RESOURCE, RESOURCES, "NotResource: arn:aws:s3:::acme-private").optional(),
    Condition: condition.optional(),
  })
  .superRefine(saysWhatOnWhat);

function saysWhatOnWhat(written: StatementConfig, context: Context): void {
  for (const [key, other, example] of [
    ["Action", "NotAction", "Action: sqs:ReceiveMessage"],
    ["Resource", "NotResource", "Resource: arn:aws:sqs:eu-west-1:123456789012:shop-mail"],
  ] as const) {
    if (written[key] !== undefined && written[other] !== undefined)
      report(context, [other], `should not come with ${key}, which says the contrary. Remove one of the two.`);
    if (written[key] === undefined && written[other] === undefined)
      report(
        context,
        [key],
        `is missing, and so is ${other}; a statement has one of the two. Write for example "${example}".`,
      );
  }
}

/** What a group's hosts may do beside what towline gives them. */
export const policies = expecting(
  z
    .array(
      expecting(
        z.union([z.string().regex(format.MANAGED_POLICY), statement]),
        "the ARN of a managed policy, or a statement as IAM writes it, a map with Action and Resource",
        "policies: [{Action: sqs:ReceiveMessage, Resource: arn:aws:sqs:eu-west-1:123456789012:shop-mail}]",
      ),
    )
    .max(40)
    .superRefine(namesPoliciesOnce),
  "a list of at most 40 managed policies and statements",
  "policies: [{Action: sqs:ReceiveMessage, Resource: arn:aws:sqs:eu-west-1:123456789012:shop-mail}]",
);

/** IAM takes ten managed policies of a role (IAM and AWS STS quotas). */
const MOST_MANAGED = 10;

function namesPoliciesOnce(entries: readonly unknown[], context: Context): void {
  const arns = entries.map((entry) => (typeof entry === "string" ? entry : undefined));
  listsOnce(arns, "a policy", context);
  const managed = arns.filter((arn) => arn !== undefined).length;
  if (managed > MOST_MANAGED)
    report(
      context,
      [],
      `should name at most ${MOST_MANAGED} managed policies, as IAM takes them of a role, but names ${managed}. Write statements in place of some.`,
    );
}

/** What all roles of a stack have in common. */
export const roles = expecting(
  z.strictObject({
    path: text(
      format.ROLE_PATH,
      "a path of at most 512 characters that begins and ends with a slash",
      "path: /towline/",
    ).optional(),
    boundary: text(
      format.MANAGED_POLICY,
      "the ARN of a managed policy",
      "boundary: arn:aws:iam::123456789012:policy/workloads",
    ).optional(),
  }),
  "a map with path, boundary or both",
  "towline:roles: {boundary: arn:aws:iam::123456789012:policy/workloads}",
);
