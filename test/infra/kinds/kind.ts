import type { GroupRaw, Raw } from "../config-fixtures";

/** A kind of group: how a group called `node` is configured to be one, and what that makes of its stack. */
export interface Kind {
  /** What the group is beside a plain one, `plain`. */
  readonly node?: GroupRaw;
  /** Other groups that it needs beside it. */
  readonly beside?: Readonly<Record<string, GroupRaw>>;
  /** Other sections of the stack's file. */
  readonly sections?: Raw;
  /** All that the stack holds more than one of the plain group alone, as `labelOf` calls it. */
  readonly adds: readonly string[];
  /** What is special about its resources: inputs by label. */
  readonly makes: Readonly<Record<string, object>>;
  /** What is special about what its hosts are told in `host.env`. */
  readonly tells?: Readonly<Record<string, string>>;
}

/** Kinds of groups by name. */
export type Kinds = Readonly<Record<string, Kind>>;

/** Gives a value that is known once AWS has made a resource, or, in a preview, what stands for it. */
export type Created = (value: unknown) => unknown;

/** A group of nothing special. */
export const plain: GroupRaw = { packages: ["hello"], size: { min: 1, max: 1 } };

/** Every group's own parts, as `labelOf` calls them. */
export function partsOf(group: string): string[] {
  return [
    `Group ${group}`,
    `autoscaling.Group ${group}-fleet`,
    `autoscaling.LifecycleHook ${group}-launch-hook`,
    `autoscaling.LifecycleHook ${group}-terminate-hook`,
    `autoscaling.Notification ${group}-events`,
    `s3.BucketObjectv2 ${group}-rollout-policy`,
    `ec2.LaunchTemplate ${group}-launch-template`,
    `ec2.SecurityGroup ${group}-security-group`,
    `iam.InstanceProfile ${group}-profile`,
    `iam.Role ${group}-role`,
    `iam.RolePolicy ${group}-role-policy`,
    `servicediscovery.Service registry-${group}`,
  ];
}

/** `aws:ec2/eip:Eip` called `a` as `ec2.Eip a`, and `towline:infra:Group` as `Group a`. */
export function labelOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${type.replace(/^aws:(\w+)\/\w+:/, "$1.").replace(/^towline:infra:/, "")} ${name}`;
}

/** A policy document that holds these statements, word for word and one after the other. */
export function policyWith(...statements: readonly object[]): unknown {
  return expect.stringContaining(JSON.stringify(statements).slice(1, -1));
}
