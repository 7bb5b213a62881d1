import { InputError } from "../errors";

/** Releases of Debian that hosts may run, with the numbers that name their images. */
export const RELEASES = { trixie: "13", bookworm: "12" } as const;

export type Release = keyof typeof RELEASES;

/** What the images of groups run where their stack names none. */
export const HOSTS_RELEASE: Release = "trixie";

/** @throws InputError with the releases that there are */
export function parseRelease(value: string): Release {
  if (Object.hasOwn(RELEASES, value)) return value as Release;
  throw new InputError(`--release: should be one of ${Object.keys(RELEASES).join(", ")}, but is '${value}'`);
}
