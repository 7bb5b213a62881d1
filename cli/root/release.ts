import { readFile } from "node:fs/promises";
import { InputError } from "../errors";

/** Releases of Debian that hosts may run, with the numbers that name their images. */
const RELEASES = { trixie: "13", bookworm: "12" } as const;

export type Release = keyof typeof RELEASES;

/** What the images of groups run where their stack names none. */
export const HOSTS_RELEASE: Release = "trixie";

/** @throws InputError with the releases that there are */
export function parseRelease(value: string): Release {
  if (Object.hasOwn(RELEASES, value)) return value as Release;
  throw new InputError(`--release: should be one of ${Object.keys(RELEASES).join(", ")}, but is '${value}'`);
}

/** The release that this machine runs, or undefined where it has none by name. */
export async function machineRelease(): Promise<string | undefined> {
  const system = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^VERSION_CODENAME=(.+)$/m.exec(system)?.[1];
}

/**
 * The release that an image of Debian's own holds, or undefined for any other image.
 * @param image SSM parameter that names it, such as `/aws/service/debian/release/13/latest/amd64`
 */
export function imageRelease(image: string): string | undefined {
  const number = /^\/aws\/service\/debian\/release\/(\d+)\//.exec(image)?.[1];
  return Object.entries(RELEASES).find(([, one]) => one === number)?.[0];
}
