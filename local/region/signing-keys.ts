import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeKey, writeSecrets } from "../../cli/repository/key-pair";
import { place } from "./place";
import { run } from "./shell";

/** File of the private key of channels. */
export const CHANNELS_KEY = "channels.key";

/**
 * Keys for this run alone, one of the main suites and one of channels. Their public halves appear as every stack's
 * `keys/<stack>.asc` and `keys/<stack>-channels.asc`, by a mount that only the region's own processes see, so that the stacks'
 * configuration is used as it stands.
 */
export async function makeSigningKeys(): Promise<void> {
  await mkdir(place.file("keys"));
  await makePair("local region", "signing.key", ["staging", "prod"]);
  await makePair("local region channels", CHANNELS_KEY, ["staging-channels", "prod-channels"]);
  await run("mount", ["--bind", place.file("keys"), join(__dirname, "..", "..", "keys")]);
}

async function makePair(name: string, file: string, publicNames: readonly string[]): Promise<void> {
  const key = await makeKey(name);
  await writeSecrets([key], place.file(file));
  for (const each of publicNames) await writeFile(place.file("keys", `${each}.asc`), key.toPublic().armor());
}
