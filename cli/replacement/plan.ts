import type { MixedInstancesPolicy } from "@aws-sdk/client-auto-scaling";

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

/** What a refresh is to bring the group to; the form of a group with several types names the template within its policy. */
export function desiredConfiguration({ template, mixed }: GroupSight, version: string) {
  const specification = { LaunchTemplateId: template.id, Version: version };
  if (mixed === undefined) return { LaunchTemplate: specification };
  const LaunchTemplate = { ...mixed.LaunchTemplate, LaunchTemplateSpecification: specification };
  return { MixedInstancesPolicy: { ...mixed, LaunchTemplate } };
}
