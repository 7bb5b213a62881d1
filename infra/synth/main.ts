import { existsSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { readStackFile } from "../config";
import { ROOT } from "../root";

const PLACEHOLDER = path.join(__dirname, "placeholder.asc");

async function main(): Promise<void> {
  const command = new Command("synth")
    .description("Print everything a stack declares as JSON, without AWS and without the Pulumi CLI.")
    .argument("<stack>", "name of the stack, as in Pulumi.<stack>.yaml")
    .option("--signing-key <file>", "public key to put into the user data instead of the stack's own")
    .parse();
  const [stack = ""] = command.args;
  const given = command.opts<{ signingKey?: string }>().signingKey;
  const { channels, signingKey } = readStackFile(stack, ROOT);
  const config = {
    "towline:signingKey": given === undefined ? keyOrPlaceholder(signingKey) : path.resolve(given),
    ...(channels && { "towline:channels": { ...channels, signingKey: keyOrPlaceholder(channels.signingKey) } }),
  };

  // Loaded only now: Pulumi's SDK takes a second, which nobody should wait for to read about a typing error.
  const { synthesize } = require("./synthesize") as typeof import("./synthesize");
  process.stdout.write(`${JSON.stringify(await synthesize(stack, { config }), null, 2)}\n`);
}

/** A newcomer has no key yet, and can read what the stack declares all the same. */
function keyOrPlaceholder(signingKey: string): string {
  if (existsSync(path.resolve(ROOT, signingKey))) return signingKey;
  process.stderr.write(
    `synth: ${signingKey} does not exist yet: the user data holds a placeholder instead of a key.\n`,
  );
  return PLACEHOLDER;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
