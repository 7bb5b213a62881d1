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
    .filter(
      ([, group]) => group.channel === channel && (name === AGENT || name === KEYRING || group.packages.includes(name)),
    )
    .map(([group]) => group);
}
