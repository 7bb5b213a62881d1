import type { StackConfig } from "./types";

/** What every stack publishes, and every host gets, beside the packages of its group. */
export const OWN_PACKAGES = ["towline-agent", "towline-archive-keyring"];

type Publishing = Pick<StackConfig, "groups" | "publisher">;

/**
 * The packages that may be published in a stack: towline's own, those that groups run, and what the stack's file names beside, each a name, or with
 * `*` at its end all names that begin so.
 */
export function publishable({ groups, publisher }: Publishing): string[] {
  const run = Object.values(groups).flatMap(({ packages }) => packages);
  return [...new Set([...OWN_PACKAGES, ...run, ...(publisher?.packages ?? [])])].sort();
}

export function isPublishable(config: Publishing, name: string): boolean {
  return publishable(config).some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one));
}

/** The folder of the pool that holds the packages of such a name, as aptly lays it out (Debian's own does the same). */
export function poolFolder(component: string, name: string): string {
  return `pool/${component}/${name.startsWith("lib") ? name.slice(0, 4) : name.slice(0, 1)}/${name}`;
}
