import type { SSMClient } from "@aws-sdk/client-ssm";
import type { BucketEvents } from "../answers/bucket-events";
import type { TargetGroups } from "../fleet/target-groups";
import type { Addresses } from "../region/addresses";
import type { Clients } from "../region/clients";
import type { Deliveries } from "../region/deliveries";
import type { EventBus } from "../region/events";
import type { Functions } from "../region/functions";
import type { Names } from "../region/names";
import type { Volumes } from "../region/volumes";

/** Inputs of a resource as the program declared them, resolved. */
export type Inputs = Readonly<Record<string, unknown>>;

/** What a provider gives back: the physical id and the outputs that are not inputs. */
export interface Created {
  readonly id: string;
  readonly state?: Readonly<Record<string, unknown>>;
}

/** What creating a resource may touch. */
export interface Context {
  readonly clients: Clients;
  readonly addresses: Addresses;
  readonly bucketEvents: BucketEvents;
  readonly bus: EventBus;
  readonly deliveries: Pick<Deliveries, "call">;
  readonly functions: Pick<Functions, "add" | "has">;
  readonly names: Names;
  readonly targetGroups: TargetGroups;
  readonly volumes: Volumes;
  /** Systems Manager in a role that EventBridge acts in. Rejects where the role does not trust it. */
  readonly ssmAs: (roleArn: string) => Promise<Pick<SSMClient, "send">>;
  /** Load balancers' default target groups, in the order of declaration. */
  readonly listeners: { readonly loadBalancerArn: string; readonly targetGroupArn: string }[];
  /** Which requests go to other target groups. */
  readonly rules: {
    readonly priority: number;
    readonly hosts: readonly string[];
    readonly paths: readonly string[];
    readonly targetGroupArn: string;
  }[];
}

/** Creates one resource in moto, as the AWS provider would in AWS. */
export type Create = (context: Context, inputs: Inputs, name: string) => Promise<Created>;

/** An input that must be there. @throws Error naming the input. */
export function text(inputs: Inputs, key: string): string {
  const value = inputs[key];
  if (typeof value !== "string") throw new Error(`the input ${key} should be a text, but is ${JSON.stringify(value)}`);
  return value;
}

export function number(inputs: Inputs, key: string): number {
  const value = inputs[key];
  if (typeof value !== "number")
    throw new Error(`the input ${key} should be a number, but is ${JSON.stringify(value)}`);
  return value;
}

export function list<T = Inputs>(inputs: Inputs, key: string): readonly T[] {
  return (inputs[key] as readonly T[] | undefined) ?? [];
}

/** A map of tags in the two-column form of the APIs. */
export function tagList(inputs: Inputs): { Key: string; Value: string }[] {
  return Object.entries((inputs.tags as Record<string, string> | undefined) ?? {}).map(([Key, Value]) => ({
    Key,
    Value,
  }));
}
