import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildPackage } from "../deb/build";
import type { DebFile } from "../deb/deb";

/** Builds the package that brings a stack's public keys to its hosts. */
export async function buildKeyring(publicFile: string, temporary: string): Promise<DebFile> {
  const folder = join(temporary, "keyring");
  await cp(join(__dirname, "..", "keyring"), folder, { recursive: true });
  const keyrings = join(folder, "usr", "share", "keyrings");
  await mkdir(keyrings, { recursive: true });
  await cp(publicFile, join(keyrings, "towline-archive-keyring.asc"));
  return buildPackage({ folder, version: keyringVersion(new Date()), out: temporary });
}

/** Its version: the time it was made to the millisecond, which sorts. `20260131.120000.250` */
export function keyringVersion(moment: Date): string {
  return moment.toISOString().replace(/[-:Z]/g, "").replace("T", ".");
}
