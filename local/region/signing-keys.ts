import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
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
  await makeKey("towline local region", "signing.key", ["staging", "prod"]);
  await makeKey("towline local region channels", CHANNELS_KEY, ["staging-channels", "prod-channels"]);
  await run("mount", ["--bind", place.file("keys"), join(__dirname, "..", "..", "keys")]);
}

async function makeKey(name: string, file: string, publicNames: readonly string[]): Promise<void> {
  const home = place.file(`gnupg-${file}`);
  await mkdir(home, { mode: 0o700 });
  const gpg = (...args: string[]) => run("gpg", ["--batch", "--homedir", home, ...args]);
  await gpg("--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", "never");
  await writeFile(place.file(file), await gpg("--armor", "--export-secret-keys"), { mode: 0o600 });
  const publicKey = await gpg("--armor", "--export");
  for (const each of publicNames) await writeFile(place.file("keys", `${each}.asc`), publicKey);
  await run("gpgconf", ["--homedir", home, "--kill", "all"]);
}
