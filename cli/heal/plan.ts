import { InputError, UserError } from "../errors";
import type { GroupStatus } from "../fleet/group-status";
import type { StackStatus } from "../fleet/look";
import type { StatusRow } from "../fleet/status";

/** What healing a host would do. */
export interface HealPlan {
  readonly group: string;
  readonly instance: string;
  /** What somebody changed by hand, as far as the host has said. */
  readonly drift: readonly string[];
  /** Hosts of its group that go on serving meanwhile. */
  readonly serving: readonly string[];
}

/**
 * What healing a host would do: Auto Scaling replaces it, where its group can spare it.
 * @param volumes groups whose host has the group's disk
 * @throws InputError where there is no such host; UserError where it may not go now
 */
export function planHeal(
  stack: string,
  instance: string,
  { rows, groups }: StackStatus,
  volumes: readonly string[],
): HealPlan {
  const row = rows.find((one) => one.instance === instance);
  if (row === undefined) {
    const hosts = rows.map((one) => one.instance).sort();
    throw new InputError(`'${instance}' is no host of ${stack}; its hosts are ${hosts.join(", ") || "none"}`);
  }
  const { group, lifecycle, drift = [] } = row;
  const place = `${stack}/${group}/${instance}`;
  if (volumes.includes(group)) {
    throw new UserError(
      `${place} has the group's disk, which a host launched in its place waits for: 'pulumi up' and 'towline group replace' are for such a group`,
    );
  }
  if (lifecycle !== "InService") throw new UserError(`${place} is ${lifecycle}: Auto Scaling is at it already`);
  const others = rows.filter((one) => one.group === group && one.instance !== instance);
  const against = [
    ...others.filter((one) => !serves(one)).map((one) => `${one.instance} is ${wordOf(one)}`),
    ...slotsOf(
      groups.find((one) => one.group === group),
      instance,
    ),
  ];
  if (against.length > 0)
    throw new UserError(`${place} is not replaced now, since ${against.join(", and ")}: try again once that is over`);
  return { group, instance, drift, serving: others.map((one) => one.instance) };
}

/** What a plan does, in lines. */
export function planLines(stack: string, { group, instance, drift, serving }: HealPlan, verb: string): string[] {
  return [
    `${stack}/${group}/${instance}: Auto Scaling ${verb} another in its place; it leaves the load balancer first`,
    ...(drift.length === 0
      ? ["it has not said that somebody changed it by hand"]
      : [`changed by hand: ${drift.join(", ")}`]),
    serving.length === 0
      ? "it is the only host of its group: nobody serves meanwhile"
      : `${serving.join(", ")} ${serving.length === 1 ? "serves" : "serve"} meanwhile`,
  ];
}

function serves({ lifecycle, state, health, silent }: StatusRow): boolean {
  return lifecycle === "InService" && state === "serving" && health === "healthy" && !silent;
}

function wordOf({ lifecycle, state, health, silent }: StatusRow): string {
  if (lifecycle !== "InService") return lifecycle;
  if (silent) return "silent";
  return state === "serving" ? health : (state ?? "not known: it has not reported");
}

/** Somebody else is out, or about to be. */
function slotsOf(status: GroupStatus | undefined, instance: string): string[] {
  const held = status?.slots.filter((slot) => slot.instance !== instance && !slot.expired) ?? [];
  return held.map((slot) => `${slot.instance} holds slot ${slot.slot} for ${slot.package} ${slot.version}`);
}
