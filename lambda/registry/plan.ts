import type { Change } from "./change";

/** An instance as its Auto Scaling group has it. */
export interface GroupInstance {
  readonly id: string;
  /** `Pending`, `InService`, `Terminating:Wait`, `Warmed:Stopped` … */
  readonly state: string;
}

/** A host under its group's name. */
export interface Host {
  readonly id: string;
  /** Private IPv4 address. */
  readonly address: string;
}

/**
 * The instances that belong under a group's name: those in service, and the one that has just come into it, whose state may lag
 * behind its event. Auto Scaling has the last word: a late or repeated event brings nobody back who is on the way out.
 */
export function servingInstances(instances: readonly GroupInstance[], change: Change): string[] {
  return instances
    .filter(({ id, state }) => {
      if (id === change.instance && change.direction === "out") return false;
      return state === "InService" || (id === change.instance && /^Pending(:Proceed)?$/.test(state));
    })
    .map(({ id }) => id);
}

/** What makes the registered hosts the serving ones. */
export function plan(
  serving: readonly Host[],
  registered: readonly Host[],
): { readonly register: Host[]; readonly deregister: string[] } {
  const known = new Map(registered.map(({ id, address }) => [id, address]));
  const wanted = new Set(serving.map(({ id }) => id));
  return {
    register: serving.filter(({ id, address }) => known.get(id) !== address),
    deregister: registered.map(({ id }) => id).filter((id) => !wanted.has(id)),
  };
}
