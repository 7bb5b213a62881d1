import { type Command, InvalidArgumentError } from "commander";
import { InputError } from "../errors";
import { onInterrupt } from "../interrupt";
import { bundlePage } from "../page/assets";
import { openBrowser } from "../page/open-browser";
import { OrderDesk, ownCommand } from "../page/order-desk";
import { pageFiles, publishPage, shelfOf } from "../page/publish";
import { servePage } from "../page/server";
import { Session } from "../page/session";
import { openPageSource, type PageSource } from "../page/source";
import { printResult, warn } from "../progress";
import { openStack } from "../project";
import { openBucket } from "../repository/bucket";
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

interface Options {
  readonly stack: readonly string[];
  readonly port?: number;
  readonly open: boolean;
  readonly interval?: number;
  readonly publish?: string;
  readonly json?: boolean;
}

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
    .action(async (options: Options, command: Command) => {
      const shelf = options.publish === undefined ? undefined : shelfOf(options.publish);
      if (shelf !== undefined && (options.port !== undefined || options.interval !== undefined))
        throw new InputError("--publish writes files and serves nothing; leave --port and --interval out");
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const sources = new Map<string, PageSource>();
      const stacks = [...new Set(options.stack)].map((name) => openStack(name, directory));
      for (const stack of stacks) {
        const bucket = await openBucket(stack.config.region, stack.repository.bucket);
        sources.set(stack.name, await openPageSource(stack, bucket));
      }
      if (shelf !== undefined) {
        const views = await Promise.all([...sources.values()].map((source) => source.look()));
        for (const trouble of views.flatMap(({ troubles }) => troubles)) warn(trouble);
        await publishPage(pageFiles({ stacks: views }, await bundlePage()), shelf, stacks[0]?.config.region ?? "");
        const shown = [...sources.keys()];
        printResult(options.json, { published: options.publish, stacks: shown }, [
          `${options.publish}: the page of ${shown.join(" and ")} is written`,
        ]);
        return;
      }
      const session = new Session(sources, options.interval ?? 5);
      const global = directory === undefined ? [] : ["--directory", directory];
      const desk = new OrderDesk(session.stacks, ownCommand(), global);
      const page = await servePage(session, desk, await bundlePage(), options.port ?? 0);
      onInterrupt(() => page.close());
      printResult(options.json, { address: page.address }, [page.address]);
      if (options.open) openBrowser(page.address);
      await new Promise<never>(() => undefined);
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It should be a port from 1 to 65535, or 0 for a free one.");
}
