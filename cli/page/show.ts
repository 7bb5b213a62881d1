import { InputError } from "../errors";
import { onInterrupt } from "../interrupt";
import { printResult, warn } from "../progress";
import { openStack } from "../project";
import { openBucket } from "../repository/bucket";
import { bundlePage } from "./assets";
import { openBrowser } from "./open-browser";
import { OrderDesk, ownCommand } from "./order-desk";
import { pageFiles, publishPage, shelfOf } from "./publish";
import { servePage } from "./server";
import { Session } from "./session";
import { openPageSource, type PageSource } from "./source";

/** What to show, and how. */
export interface PageOptions {
  readonly stack: readonly string[];
  readonly port?: number;
  readonly open: boolean;
  readonly interval?: number;
  readonly publish?: string;
  readonly json?: boolean;
}

/**
 * Serves the page until it is interrupted, or writes it once.
 * @param directory of the project, where it was said
 */
export async function showPage(options: PageOptions, directory: string | undefined): Promise<void> {
  const shelf = options.publish === undefined ? undefined : shelfOf(options.publish);
  if (shelf !== undefined && (options.port !== undefined || options.interval !== undefined))
    throw new InputError("--publish writes files and serves nothing; leave --port and --interval out");
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
}
