import { hasArrived, leaving, type Rollout } from "./wait";

/** How many hosts a version has reached. */
export interface Reach {
  /** Hosts that run it and are healthy. */
  readonly arrived: readonly { readonly group: string; readonly instance: string }[];
  /** Hosts there should be. */
  readonly total: number;
}

/** A point of a rollout worth telling people (docs/contracts.md, stages of a deploy). */
export type Milestone =
  | { readonly stage: "canary-healthy"; readonly group: string; readonly instance: string }
  | { readonly stage: "rolling"; readonly done: number; readonly total: number };

/** How far a rollout has come, in hosts. */
export function reachOf(rollout: Rollout): Reach {
  const ofGroups = rollout.groups.map((group) => {
    const members = rollout.instances.filter((one) => one.group === group.name && !leaving(one));
    const arrived = members.filter((one) => hasArrived(rollout, one));
    return { arrived, total: Math.max(members.length, group.min) };
  });
  return {
    arrived: ofGroups.flatMap(({ arrived }) => arrived.map(({ group, instance }) => ({ group, instance }))),
    total: ofGroups.reduce((sum, { total }) => sum + total, 0),
  };
}

/**
 * What to tell when a rollout came from one point to another: its first host, then each further quarter of them. The end is
 * told apart, with how long it took.
 */
export function milestoneBetween(before: Reach, now: Reach): Milestone | undefined {
  const [done, first] = [now.arrived.length, now.arrived[0]];
  if (first === undefined || done >= now.total) return undefined;
  if (before.arrived.length === 0) return { stage: "canary-healthy", ...first };
  return quarters(now) > quarters(before) ? { stage: "rolling", done, total: now.total } : undefined;
}

function quarters({ arrived, total }: Reach): number {
  return Math.floor((4 * arrived.length) / total);
}
