import type { Command } from "commander";
import { InputError } from "../errors";
import { printResult } from "../progress";
import { openStack, type Stack } from "../project";
import { openBucket } from "../repository/bucket";
import { parsePackageVersion, promotePackage } from "../repository/promote";
import { signingKeyFile, stateDirectoryOf } from "../repository/publish";

const HELP = `
The package is copied, not rebuilt: its sha256 is read back from both buckets and compared.

Examples:
  towline promote hello=1.2.0 --from staging --to prod --signing-key ~/keys/prod.secret.asc
  towline promote hello=1.2.0 --from staging --to prod --json | jq -r .to.sha256`;

interface Options {
  readonly from: string;
  readonly to: string;
  readonly signingKey?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
}

/** `towline promote`. */
export function addPromote(program: Command): void {
  program
    .command("promote")
    .description("copy a package from one stack's repository to another's")
    .argument("<package=version>", "what to promote, such as hello=1.2.0")
    .requiredOption("--from <stack>", "stack that has it")
    .requiredOption("--to <stack>", "stack that gets it")
    .option(
      "--signing-key <file>",
      "armored private key of the target (default: the file TOWLINE_SIGNING_KEY_FILE names)",
    )
    .option(
      "--state-dir <dir>",
      "folder for aptly's databases (default: $XDG_STATE_HOME/towline or ~/.local/state/towline)",
    )
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (argument: string, options: Options, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      if (options.from === options.to)
        throw new InputError(`--from and --to are both ${options.from}; they must differ`);
      const wanted = parsePackageVersion(argument);
      const from = openStack(options.from, directory);
      const to = openStack(options.to, directory);
      const signingKey = signingKeyFile(options.signingKey);
      const stateDirectory = stateDirectoryOf(to.name, options.stateDir);
      const promotion = await promotePackage(wanted, await end(from), await end(to), { signingKey, stateDirectory });
      printResult(options.json, promotion, [
        `${promotion.package} ${promotion.version} ${promotion.changed ? "promoted" : "was there already"}, byte-identical:`,
        `  ${promotion.from.stack}  sha256 ${promotion.from.sha256}  ${promotion.from.url}`,
        `  ${promotion.to.stack}  sha256 ${promotion.to.sha256}  ${promotion.to.url}`,
      ]);
    });
}

async function end(stack: Stack) {
  return { stack, bucket: await openBucket(stack.config.region, stack.repository.bucket) };
}
