import type { Command } from "commander";
import { readDeb } from "../deb/deb";
import { printResult } from "../progress";
import { openStack } from "../project";
import { openBucket } from "../repository/bucket";
import { publishPackages, signingKeyFile, stateDirectoryOf } from "../repository/publish";

const HELP = `
What is published already, byte for byte, is left alone; the same name and version with other bytes is refused. The index
keeps every version that was there.

Examples:
  towline publish --stack staging hello_1.2.0_all.deb --signing-key ~/keys/staging.secret.asc
  TOWLINE_SIGNING_KEY_FILE=/run/secrets/key towline publish --stack staging dist/*.deb --json`;

interface Options {
  readonly stack: string;
  readonly signingKey?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
}

/** `towline publish`. */
export function addPublish(program: Command): void {
  program
    .command("publish")
    .description("put packages into a stack's signed apt repository")
    .argument("<file...>", ".deb files")
    .requiredOption("--stack <stack>", "stack to publish to")
    .option("--signing-key <file>", "armored private key (default: the file TOWLINE_SIGNING_KEY_FILE names)")
    .option(
      "--state-dir <dir>",
      "folder for aptly's databases (default: $XDG_STATE_HOME/towline or ~/.local/state/towline)",
    )
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], options: Options, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const stack = openStack(options.stack, directory);
      const signingKey = signingKeyFile(options.signingKey);
      const files = [];
      for (const path of paths) files.push(await readDeb(path));
      const bucket = await openBucket(stack.config.region, stack.repository.bucket);
      const stateDirectory = stateDirectoryOf(stack.name, options.stateDir);
      const publication = await publishPackages(stack, bucket, files, { signingKey, stateDirectory });
      printResult(options.json, { stack: stack.name, bucket: bucket.name, ...publication }, [
        ...publication.published.map(
          (entry) => `${stack.name}: ${entry.name} ${entry.version} published, sha256 ${entry.sha256}`,
        ),
        ...publication.unchanged.map(
          (entry) => `${stack.name}: ${entry.name} ${entry.version} is there already, sha256 ${entry.sha256}`,
        ),
      ]);
    });
}
