import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { trustPolicy } from "../policy";
import type { Tags } from "../tags";

export interface HostRoleArgs {
  /** Physical name of the role and of its instance profile. */
  readonly name: string;
  /** Policy document of what the instances may do. */
  readonly policy: pulumi.Input<string>;
  readonly tags: Tags;
}

/** The identity of a group's instances. */
export interface HostRole {
  readonly profile: aws.iam.InstanceProfile;
  /** What has to exist before an instance starts, or its first requests are refused. */
  readonly policy: aws.iam.RolePolicy;
}

/** Declares the role, its policy and its instance profile, as children of a group. */
export function hostRole(name: string, args: HostRoleArgs, parent: pulumi.Resource): HostRole {
  const role = new aws.iam.Role(
    `${name}-role`,
    { name: args.name, assumeRolePolicy: trustPolicy("ec2.amazonaws.com"), tags: args.tags },
    { parent },
  );
  return {
    policy: new aws.iam.RolePolicy(`${name}-role-policy`, { role: role.name, policy: args.policy }, { parent }),
    profile: new aws.iam.InstanceProfile(
      `${name}-profile`,
      { name: args.name, role: role.name, tags: args.tags },
      { parent },
    ),
  };
}
