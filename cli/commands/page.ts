import { type Command, InvalidArgumentError } from "commander";
import type { PageOptions } from "../page/show";
import { interval } from "./status";

const HELP = `
Shows stacks as they are: hosts as tiles, the rollout under way, what is bad and why, what happened. It is served on this machine's
loopback alone, to whoever has the address that is printed, and ends with Ctrl-C. A look lists the bucket once, and reads only what
has changed; while no page is open, nobody looks. Who may may also hold, resume, nudge, reject, retry, promote and roll back from it:
each by the command of that name, with the credentials of this one, after its --dry-run was shown.

Examples:
  towline page --stack staging --stack prod
  towline page --stack prod --port 9000 --no-open --interval 30s
  towline page --stack staging --stack prod --publish s3://acme-dashboards/fleet`;

/** `towline page`. */
export function addPage(program: Command): void {
  program
    .command("page")
    .description("show stacks in a browser, as they are and as they change")
    .requiredOption("--stack <stack>", "stack to show; again for each one, in the order that releases take", collect)
    .option("--port <port>", "port on 127.0.0.1 (default: a free one)", port)
    .option("--no-open", "print the address alone, without a browser")
    .option("--interval <time>", "between two looks, such as 30s (default: 5s)", interval)
    .option(
      "--publish <place>",
      "write the page with its data once, to a folder or to s3://BUCKET/PREFIX, and serve nothing",
    )
    .option("--json", "print the address, or what was published, as JSON")
    .addHelpText("after", HELP)
    .action(async (options: PageOptions, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      // Loaded only now: nobody should wait for the server to run another command.
      const { showPage } = require("../page/show") as typeof import("../page/show");
      await showPage(options, directory);
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It should be a port from 1 to 65535, or 0 for a free one.");
}
