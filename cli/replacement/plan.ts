import type { DesiredConfiguration, MixedInstancesPolicy } from "@aws-sdk/client-auto-scaling";
import { InputError, UserError } from "../errors";

/** A version of a launch template, by number. */
export interface Template {
  readonly id: string;
  readonly version: string;
}

/** An instance and what it was launched from. */
export interface Launched {
  readonly id: string;
  readonly lifecycle: string;
  readonly template?: Template;
}

/** A group as Auto Scaling has it. */
export interface GroupSight {
  /** What new instances are launched from. */
  readonly template: Template;
  /** How the template is varied; absent where it is not. */
  readonly mixed?: MixedInstancesPolicy;
  readonly instances: readonly Launched[];
}

/**
 * The version to go back to: the one most of the instances have that have another than new ones get; undefined where all have that
 * one, so that there is nothing else to go back to.
 */
export function previousVersion({ template, instances }: GroupSight): string | undefined {
  const counts = new Map<string, number>();
  for (const { template: own } of instances) {
    if (own?.id !== template.id || own.version === template.version) continue;
    counts.set(own.version, (counts.get(own.version) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most?.[0];
}

/** A refresh that is under way. */
export interface Refreshing {
  readonly id: string;
  /** The version that it brings; absent where whoever started it did not say, so that it is the group's. */
  readonly version?: string | undefined;
}

/** What a replacement does with a group. */
export interface Plan {
  /** `go-back` stops what is under way; `follow-back` follows a refresh that brings an earlier version than new instances get. */
  readonly action: "start" | "follow" | "follow-back" | "go-back";
  /** The refresh that is under way, or null. */
  readonly refresh: string | null;
  /** The version that it is or was about, and the one to go back to, or null where there is none. */
  readonly version: string;
  readonly previous: string | null;
}

/** What is wanted of a replacement. */
export interface Wanted {
  /** Give up what is under way, whoever started it, and go back. */
  readonly cancel: boolean;
  /** The version to go back to. @default the one that most of the other hosts have */
  readonly to?: string | undefined;
}

/**
 * What is to be done about a group. Auto Scaling gives the group another version only at the end of a refresh, so that an earlier one
 * than the group's is brought by a way back alone.
 * @throws UserError where there is nothing to cancel; InputError where the version to go back to is not an earlier one
 */
export function planOf(sight: GroupSight, underWay: Refreshing | undefined, { cancel, to }: Wanted): Plan {
  const { template } = sight;
  const refresh = underWay?.id ?? null;
  const brought = underWay?.version ?? template.version;
  const back = Number(brought) < Number(template.version);
  const version = back ? template.version : brought;
  if (to !== undefined) checkEarlier(to, version);
  if (back && !(cancel && to !== undefined)) return { action: "follow-back", refresh, version, previous: brought };
  const previous = to ?? previousVersion({ ...sight, template: { ...template, version } }) ?? null;
  if (cancel && refresh === null && previous === null)
    throw new UserError(
      "nothing is being replaced, and no host has another launch template than new ones get; --to brings an earlier version back",
    );
  const action = cancel ? "go-back" : refresh === null ? "start" : "follow";
  return { action, refresh, version, previous };
}

function checkEarlier(to: string, version: string): void {
  const last = Number(version) - 1;
  if (!(Number(to) > last)) return;
  const fix = last > 0 ? `give an earlier one, from 1 to ${last}` : "there is none before it";
  throw new InputError(`--to ${to}: new hosts get version ${version} of the launch template; ${fix}`);
}

/** What a refresh is to bring the group to; the form of a group with several types names the template within its policy. */
export function desiredConfiguration({ template, mixed }: GroupSight, version: string) {
  const specification = { LaunchTemplateId: template.id, Version: version };
  if (mixed === undefined) return { LaunchTemplate: specification };
  const LaunchTemplate = { ...mixed.LaunchTemplate, LaunchTemplateSpecification: specification };
  return { MixedInstancesPolicy: { ...mixed, LaunchTemplate } };
}

/** The version that a refresh brings, where it was started with one. */
export function broughtBy(desired: DesiredConfiguration | undefined): string | undefined {
  const mixed = desired?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return (desired?.LaunchTemplate ?? mixed)?.Version;
}
