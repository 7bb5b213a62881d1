import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Debian's Chromium, without its windows or whole. */
const PROGRAMS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** Where the browser is; undefined where none is installed. */
export function browserProgram(): string | undefined {
  return PROGRAMS.find((path) => existsSync(path));
}

/** One browser for all tests of a file: starting it is what takes time. */
export async function startBrowser(): Promise<Browser> {
  // Tests run as root, for whom Chromium has no sandbox; it sees nothing but the page under test.
  return chromium.launch({ executablePath: browserProgram() ?? "", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A page, and what it did that it must not do. */
export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Addresses that were asked for beside the page's own. */
  readonly elsewhere: string[];
  /** What the console said, what scripts threw, dialogs that opened. */
  readonly said: string[];
}

/** Opens an address, and follows what becomes of it. */
export async function watch(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  // It ends what hangs, and says nothing of how long a look takes.
  page.setDefaultTimeout(240_000);
  const watched: Watched = { context, page, elsewhere: [], said: [] };
  const { origin } = new URL(address);
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) watched.elsewhere.push(url);
  });
  page.on("console", (message) => {
    if (message.type() === "error") watched.said.push(message.text());
  });
  page.on("pageerror", (error) => watched.said.push(String(error)));
  page.on("dialog", (dialog) => {
    watched.said.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  return watched;
}

/** What the tiles say: hosts and their states. */
export function shownStates(page: Page, stack: string): Promise<Record<string, string>> {
  return page.$$eval(`[data-stack="${stack}"] [data-host]`, (tiles) =>
    Object.fromEntries(tiles.map((tile) => [tile.getAttribute("data-host"), tile.getAttribute("data-state")])),
  );
}
