import { type Fault, GROUPS } from "./fault";
import { nearest } from "./nearest";
import type { GroupConfig } from "./types";

type Groups = Readonly<Record<string, Pick<GroupConfig, "uses">>>;

/** Finds groups that wait for what never comes: for a group that is not there, or for each other. */
export function usesFaults(groups: Groups): Fault[] {
  const single = Object.entries(groups).flatMap(([name, { uses }]) =>
    uses.flatMap((used, index) => {
      const sentence = wrongUse(name, used, uses.indexOf(used) < index, Object.keys(groups));
      return sentence === undefined ? [] : { path: [GROUPS, name, "uses", index], sentence };
    }),
  );
  return single.length > 0 ? single : cycles(groups);
}

/** The groups' names, each before those it uses; without `uses`, in the order of the configuration. Call only where there is no cycle. */
export function usersFirst(groups: Groups): string[] {
  const order = new Set<string>();
  const names = Object.keys(groups);
  const add = (name: string): void => {
    if (order.has(name)) return;
    for (const user of names) if (groups[user]?.uses.includes(name)) add(user);
    order.add(name);
  };
  for (const name of names) add(name);
  return [...order];
}

function wrongUse(name: string, used: string, again: boolean, groups: readonly string[]): string | undefined {
  if (used === name) return `should be another group than this one, but is "${used}". Remove it.`;
  if (again)
    return `should be a group the list does not hold yet, but is "${used}" again. Remove it here, or in __base__, whose list comes first.`;
  if (groups.includes(used)) return undefined;
  const others = groups.filter((group) => group !== name);
  if (others.length === 0) return `should be absent in a stack of one group, but is "${used}". Remove it.`;
  const guess = nearest(used, others);
  const fix = guess === undefined ? "Name one of them, or remove it." : `Did you mean ${guess}?`;
  return `should be one of the stack's other groups (${others.join(", ")}), but is "${used}". ${fix}`;
}

/** Each cycle once, at the first of its groups in the order of the configuration. */
function cycles(groups: Groups): Fault[] {
  const faults: Fault[] = [];
  const settled = new Set<string>();
  const follow = (name: string, way: readonly string[]): void => {
    if (settled.has(name)) return;
    const start = way.indexOf(name);
    if (start >= 0) {
      faults.push(cycleFault(groups, way.slice(start)));
      return;
    }
    for (const used of groups[name]?.uses ?? []) follow(used, [...way, name]);
    settled.add(name);
  };
  for (const name of Object.keys(groups)) follow(name, []);
  return faults;
}

function cycleFault(groups: Groups, cycle: readonly string[]): Fault {
  const [first = "", second = first] = cycle;
  return {
    path: [GROUPS, first, "uses", groups[first]?.uses.indexOf(second) ?? 0],
    sentence: `should not lead back to this group, but does: ${[...cycle, first].join(" -> ")}. None of them would ever boot. Remove one of these uses.`,
  };
}
