import type { GroupConfig, StackConfig } from "../../infra/config";
import { InputError } from "../errors";
import type { Stack } from "../project";

/** The package of the host agent, which every group has. */
export const AGENT = "towline-agent";
/** The package that carries the stack's public keys to the hosts, which every group has. */
export const KEYRING = "towline-archive-keyring";

/**
 * The groups whose hosts run a package from a suite: those that list it, and follow the suite's channel or, for the main
 * suite, none.
 */
export function groupsRunning(stack: Pick<Stack, "config">, name: string, channel: string | undefined): string[] {
  return Object.entries(stack.config.groups)
    .filter(([, group]) => group.channel === channel && runs(group, name))
    .map(([group]) => group);
}

/** The groups whose hosts run a package, whatever they follow. @throws InputError where there is none */
export function groupsWith({ name: stack, config }: Pick<Stack, "config" | "name">, name: string): string[] {
  const groups = Object.entries(config.groups).filter(([, group]) => runs(group, name));
  if (groups.length === 0) throw new InputError(`no group of ${stack} runs ${name}`);
  return groups.map(([group]) => group);
}

/** The group that was named, or all of a stack's. @throws InputError where the stack has none of that name */
export function chosenGroups({ name, config }: Pick<Stack, "config" | "name">, group: string | undefined): string[] {
  const groups = Object.keys(config.groups);
  if (group === undefined) return groups;
  if (!groups.includes(group))
    throw new InputError(`stack ${name} has no group '${group}'; its groups are ${groups.join(", ")}`);
  return [group];
}

/** A group's configuration. @throws InputError where the stack has no such group */
export function groupOf({ groups }: Pick<StackConfig, "groups">, stack: string, name: string): GroupConfig {
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  if (group !== undefined) return group;
  throw new InputError(`stack ${stack}: has no group ${name}; its groups are ${Object.keys(groups).join(", ")}`);
}

function runs({ packages }: Pick<GroupConfig, "packages">, name: string): boolean {
  return name === AGENT || name === KEYRING || packages.includes(name);
}
