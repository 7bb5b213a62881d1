import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { trustPolicy } from "../policy";
import { type RoleSettings, stackRole } from "../role";
import type { Tags } from "../tags";

export interface HostRoleArgs {
  /** Physical name of the role and of its instance profile. */
  readonly name: string;
  /** Policy document of what the instances may do. */
  readonly policy: pulumi.Input<string>;
  /** ARNs of the managed policies that it has beside. */
  readonly managedPolicies: readonly string[];
  readonly settings: RoleSettings;
  readonly tags: Tags;
}

/** The identity of a group's instances. */
export interface HostRole {
  readonly profile: aws.iam.InstanceProfile;
  /** What has to exist before an instance starts, or its first requests are refused. */
  readonly policies: readonly pulumi.Resource[];
}

/** Declares the role, its policies and its instance profile, as children of a group. */
export function hostRole(name: string, args: HostRoleArgs, parent: pulumi.Resource): HostRole {
  const { policy: document, settings, tags } = args;
  const { role, policy } = stackRole(
    name,
    {
      name: args.name,
      assumeRolePolicy: trustPolicy("ec2.amazonaws.com"),
      policy: document,
      settings,
      tags,
    },
    parent,
  );
  const attached = args.managedPolicies.map(
    (policyArn) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-${calledHere(policyArn)}-attachment`,
        { role: role.name, policyArn },
        { parent },
      ),
  );
  return {
    policies: [policy, ...attached],
    profile: new aws.iam.InstanceProfile(
      `${name}-profile`,
      { name: args.name, role: role.name, path: settings.path, tags },
      { parent },
    ),
  };
}

/** `AmazonSQSReadOnlyAccess` of AWS's as `aws-AmazonSQSReadOnlyAccess`, one of the account's by its path and name. */
function calledHere(arn: string): string {
  const [, , , , owner, policy = ""] = arn.split(":");
  return `${owner === "aws" ? "aws-" : ""}${policy.replace(/^policy\//, "").replaceAll("/", "-")}`;
}
