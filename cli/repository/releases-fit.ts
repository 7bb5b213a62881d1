import type { GroupConfig } from "../../infra/config";
import type { DebFile } from "../deb/deb";
import { InputError } from "../errors";
import { imageRelease } from "../root/release";

/**
 * Checks that hosts run the release that packages were built for: native code of another breaks there, or is not installable.
 * @param groups those of the stack
 * @param channel the one published to; undefined for all groups
 * @throws InputError with the first package and group that do not fit
 */
export function requireFittingReleases(
  groups: Readonly<Record<string, Pick<GroupConfig, "packages" | "image" | "channel">>>,
  channel: string | undefined,
  files: readonly Pick<DebFile, "name" | "version" | "release">[],
): void {
  for (const { name, version, release } of files) {
    for (const [group, { packages, image, channel: followed }] of Object.entries(groups)) {
      const runs = imageRelease(image);
      if (release === undefined || runs === undefined || runs === release || !packages.includes(name)) continue;
      if (channel !== undefined && followed !== channel) continue;
      throw new InputError(
        `${name} ${version} holds native code for Debian ${release}, but the group ${group} runs ${runs} (${image}); ` +
          `build it with 'towline build --release ${runs}'`,
      );
    }
  }
}
