import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Boundary } from "./boundary";
import { trustPrincipals } from "./policy";
import type { Tags } from "./tags";

/** What all roles of a stack have in common. */
export interface RoleSettings {
  /** Path in IAM. @default / */
  readonly path?: string | undefined;
  /** What bounds the rights of every role. @default nothing */
  readonly boundary?: Boundary | undefined;
}

export interface RoleArgs {
  /** Physical name. */
  readonly name: string;
  /** Who may assume it, as a policy document. */
  readonly assumeRolePolicy: pulumi.Input<string>;
  /** What it may do, as a policy document. */
  readonly policy: pulumi.Input<string>;
  readonly settings: RoleSettings;
  readonly tags: Tags;
}

/** A role, and what has to exist before it can be used. */
export interface StackRole {
  readonly role: aws.iam.Role;
  readonly policy: aws.iam.RolePolicy;
}

/** Declares a role and its policy, as children of a component. */
export function stackRole(name: string, args: RoleArgs, parent: pulumi.Resource): StackRole {
  const { path, boundary } = args.settings;
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: args.name,
      assumeRolePolicy: args.assumeRolePolicy,
      path,
      permissionsBoundary: boundary?.arn,
      tags: args.tags,
    },
    // Another path is another role, and IAM knows no two of one name.
    { parent, deleteBeforeReplace: true },
  );
  const policy = boundary === undefined ? args.policy : pulumi.output(args.policy).apply(boundary.checked(args.name));
  return {
    role,
    policy: new aws.iam.RolePolicy(`${name}-role-policy`, { role: role.name, policy }, { parent }),
  };
}

export interface TrustedRoleArgs {
  /** Physical name of the role. */
  readonly name: string;
  /** ARNs of the roles, users or accounts that may assume it. */
  readonly trustedArns: readonly string[];
  /** What the role has in common with the stack's others. */
  readonly roles: RoleSettings;
  readonly tags: Tags;
}

/** Declares a role that users and roles may assume, and its policy, as children of a component. */
export function trustedRole(
  name: string,
  args: TrustedRoleArgs,
  policy: pulumi.Input<string>,
  parent: pulumi.Resource,
): aws.iam.Role {
  const assumeRolePolicy = trustPrincipals(args.trustedArns);
  const { role } = stackRole(
    name,
    { name: args.name, assumeRolePolicy, policy, settings: args.roles, tags: args.tags },
    parent,
  );
  return role;
}
