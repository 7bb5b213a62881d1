import type { ApiCall } from "../region/calls";
import type { Facts, Needed } from "./authorization";
import { ec2Arn } from "./ec2-needs";

/** Where a call of Auto Scaling may name a launch template. */
const NAMED = [
  "LaunchTemplate",
  "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification",
  "DesiredConfiguration.LaunchTemplate",
  "DesiredConfiguration.MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification",
];

/** What EC2 asks for of a launch, beside the template itself. */
const LAUNCHED = ["image", "instance", "network-interface", "security-group", "subnet", "volume"];

/**
 * What naming a launch template takes beside the call itself: Auto Scaling launches on behalf of whoever names one, and asks EC2 whether they may
 * ("Control Amazon EC2 launch template usage in Auto Scaling groups"): run it, tag what it tags, and pass its role. It asks nothing of a call that
 * names none, whatever the group launches from.
 */
export function launchNeeds(call: ApiCall, facts: Facts): Needed[] {
  const names = NAMED.flatMap((way) => [
    call.form.get(`${way}.LaunchTemplateId`),
    call.form.get(`${way}.LaunchTemplateName`),
  ]);
  return names.filter((name) => name !== null).flatMap((name) => ofTemplate(call, name, facts));
}

function ofTemplate(call: ApiCall, name: string, facts: Facts): Needed[] {
  const known = facts.template(name);
  const template = ec2Arn(call, "launch-template", known?.id ?? name);
  const context = { "ec2:LaunchTemplate": template };
  const run = [template, ...LAUNCHED.map((kind) => ec2Arn(call, kind, `${kind}-0`))];
  const tagging = { ...context, "ec2:CreateAction": "RunInstances" };
  return [
    ...run.map((resource) => ({ action: "ec2:RunInstances", resource, context })),
    ...(known?.tagged ?? []).map((kind) => ({
      action: "ec2:CreateTags",
      resource: ec2Arn(call, kind, `${kind}-0`),
      context: tagging,
    })),
    ...(known?.roleArn === undefined
      ? []
      : [{ action: "iam:PassRole", resource: known.roleArn, context: { "iam:PassedToService": "ec2.amazonaws.com" } }]),
  ];
}
