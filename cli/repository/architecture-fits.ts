import type { GroupConfig } from "../../infra/config";
import type { DebFile } from "../deb/deb";
import { InputError } from "../errors";

/**
 * Checks that hosts of every group that runs a package can: those of another architecture than the repository's find packages of none alone.
 * @param groups those of the stack
 * @param channel the one published to; undefined for all groups
 * @throws InputError with the first package and group that do not fit
 */
export function requireFittingArchitecture(
  groups: Readonly<Record<string, Pick<GroupConfig, "packages" | "architecture" | "channel">>>,
  channel: string | undefined,
  files: readonly Pick<DebFile, "name" | "version" | "architecture">[],
): void {
  for (const { name, version, architecture } of files) {
    if (architecture === "all") continue;
    for (const [group, { packages, architecture: runs, channel: followed }] of Object.entries(groups)) {
      if (runs === architecture || !packages.includes(name)) continue;
      if (channel !== undefined && followed !== channel) continue;
      throw new InputError(
        `${name} ${version} is built for ${architecture}, but the group ${group} runs ${runs}; build it with "architecture: all" in its ` +
          `towline.yaml, which an app without native code can be, or give ${group} hosts of ${architecture}`,
      );
    }
  }
}
