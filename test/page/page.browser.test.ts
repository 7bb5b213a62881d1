import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { jsonRows } from "../../cli/fleet/json-rows";
import { bundlePage } from "../../cli/page/assets";
import { hostState } from "../../cli/page/host-state";
import type { PageModel } from "../../cli/page/model";
import { OrderDesk } from "../../cli/page/order-desk";
import { pageFiles, publishPage, shelfOf } from "../../cli/page/publish";
import { type ServedPage, servePage } from "../../cli/page/server";
import { Session } from "../../cli/page/session";
import { openPageSource } from "../../cli/page/source";
import { openStack } from "../../cli/project";
import { openBucket } from "../../cli/repository/bucket";
import { listen } from "../../local/region/listen";
import { browserProgram, shownStates, startBrowser, type Watched, watch } from "./browser";
import { FleetAws } from "./fleet-aws";
import { ago, id, Staged } from "./staged";

// The page as it is served, in a real browser, over a bucket and groups that are staged. One browser for all.
const ROOT = join(__dirname, "..", "..");
const BAD = { verdict: "bad", package: "hello", version: "1.3.0", instance: id(1), at: ago(90) };
const LOG = "the health check failed\nError: cannot find module 'sessions'\n    at main.js:3";
/** Whatever is from outside may be this. */
const SCRIPT = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>"'\`javascript:window.hit=1`;

const present = browserProgram() !== undefined;
if (!present)
  process.stderr.write("the browser suite is left out: there is no Chromium (as root on Debian: scripts/setup test)\n");
const withBrowser = present ? describe : describe.skip;

withBrowser("towline page in a browser", () => {
  const aws = new FleetAws();
  let staged: Staged;
  let session: Session;
  let served: ServedPage;
  let browser: Browser;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    staged = new Staged(aws, await aws.start());
    await staged.publish("staging", ["1.2.0", "1.3.0"]);
    await staged.publish("prod", ["1.2.0"], { promotedFrom: { stack: "staging", at: null, by: null } });
    for (const stack of staged.stacks) for (let one = 1; one <= 8; one++) staged.host(stack, id(one), "1.2.0");
    aws.put("staging", "rollout/web/verdicts/hello/1.2.0.json", {
      ...BAD,
      verdict: "ok",
      version: "1.2.0",
      reason: "",
    });
    session = new Session(await sources(), 3600);
    const desk = new OrderDesk(session.stacks, [join(ROOT, "bin", "towline")], ["-C", staged.folder]);
    [served, browser] = await Promise.all([servePage(session, desk, await bundlePage(), 0), startBrowser()]);
    watched = await watch(browser, served.address);
    page = watched.page;
    await page.waitForSelector("[data-host]");
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await aws.stop();
    staged?.remove();
  });

  async function sources() {
    const opened = staged.stacks.map(async (name) => {
      const stack = openStack(name, staged.folder);
      return [name, await openPageSource(stack, await openBucket(stack.config.region, name))] as const;
    });
    return new Map(await Promise.all(opened));
  }

  /** `towline status --json` itself. */
  async function status(stack: string): Promise<ReturnType<typeof jsonRows>> {
    const child = spawn(join(ROOT, "bin", "towline"), ["-C", staged.folder, "status", "--stack", stack, "--json"], {
      env: process.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    await once(child, "close");
    return JSON.parse(out);
  }

  /** What the browser has of the model, by the page's own address. */
  const model = (): Promise<PageModel> =>
    page.evaluate(() => fetch("data.json").then((answer) => answer.json() as Promise<PageModel>));

  /** A look, and the page once it shows what status --json says. */
  async function equalsStatus(stack: string): Promise<Record<string, string>> {
    await session.lookNow();
    const rows = await status(stack);
    const view = (await model()).stacks.find((one) => one.stack === stack);
    expect(JSON.parse(JSON.stringify(jsonRows(view ?? { rows: [], groups: [] }, view?.indexes ?? [])))).toEqual(rows);
    const states = Object.fromEntries(rows.map((row) => [`${row.group}/${row.instance}`, hostState(row)]));
    await page.waitForFunction(
      ([name, wanted]) => {
        const tiles = [...document.querySelectorAll(`[data-stack="${name}"] [data-host]`)];
        const shown = Object.fromEntries(
          tiles.map((one) => [one.getAttribute("data-host"), one.getAttribute("data-state")]),
        );
        return JSON.stringify(shown) === wanted;
      },
      [stack, JSON.stringify(states)] as const,
    );
    return shownStates(page, stack);
  }

  const text = (selector: string) => page.locator(selector).first().innerText();

  async function violations(on: Page): Promise<string[]> {
    await on.evaluate(axe.source);
    const found = await on.evaluate(async () => {
      const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
      return (await run()).violations.flatMap(({ id: rule, nodes }) => nodes.map(({ html }) => `${rule}: ${html}`));
    });
    return found;
  }

  it("takes the token out of the address, and shows what status --json says", async () => {
    expect(page.url()).toBe(`${new URL(served.address).origin}/`);
    const states = await equalsStatus("staging");
    expect(Object.values(states)).toEqual(Array(8).fill("in service"));
  });

  it("follows an upgrade: its canary, who waits, and how far it is", async () => {
    staged.host("staging", id(1), "1.2.0", { state: "upgrading" });
    const waiting = { package: "hello", version: "1.3.0", reason: `the lease is held by ${id(1)}`, since: ago(20) };
    staged.host("staging", id(2), "1.2.0", { waiting });
    const turn = { holder: id(1), package: "hello", version: "1.3.0", since: ago(20), expires: "x", nonce: "n" };
    aws.put("staging", "rollout/web/lease.json", turn);
    aws.put("staging", "rollout/web/trials/hello/1.3.0.json", { canary: id(1), nonce: "n", at: ago(20) });
    expect(await equalsStatus("staging")).toMatchObject({ [`web/${id(1)}`]: "upgrading" });
    const rollout = await text("[data-stack=staging] .rollout");
    expect(rollout).toContain("hello 1.3.0 canary");
    expect(rollout).toContain(`0 of 8 hosts, ${id(1)} tries it first`);
    expect(rollout).toContain(`waits: ${id(2)}`);
  });

  it("says why a version is bad, with the last lines of its log, and which host went back", async () => {
    aws.put("staging", "rollout/web/verdicts/hello/1.3.0.json", { ...BAD, reason: LOG });
    aws.put("staging", "rollout/web/lease.json", { holder: "" });
    staged.host("staging", id(1), "1.2.0", { error: `hello 1.3.0 was rolled back: ${LOG}` });
    staged.host("staging", id(2), "1.2.0");
    expect(await equalsStatus("staging")).toMatchObject({ [`web/${id(1)}`]: "back", [`web/${id(2)}`]: "in service" });
    await page.waitForSelector(".fact.bad");
    expect(await text(".fact.bad")).toContain("bad hello 1.3.0: the health check failed");
    expect(await text(".fact.bad pre")).toBe("Error: cannot find module 'sessions'\n    at main.js:3");
    expect(await text('[data-way="hello=1.3.0"]')).toContain("✕ bad");
    expect(await page.locator(".rollout").count()).toBe(0);
  });

  it("shows a hold, who said it and why, and tells it in the timeline", async () => {
    aws.put("staging", "rollout/web/control.json", {
      hold: { reason: "the sale", by: "ada", at: ago(30) },
      generation: 1,
    });
    await equalsStatus("staging");
    expect(await text(".fact.held")).toMatch(/^held hosts take nothing new: the sale \(ada, \d+ s ago\)$/);
    expect(await text("[data-stack=staging] .timeline li.hold")).toContain("web: held the sale (ada)");
  });

  it("shows a scale-in from its beginning to its end, with Auto Scaling's reason", async () => {
    const cause =
      "a monitor alarm low-cpu in state ALARM triggered policy scale-in changing the desired capacity from 8 to 7";
    staged.host("staging", id(8), "1.2.0", { state: "leaving" }, "Terminating:Wait");
    staged.group("staging").activities.push({ at: ago(5), description: `Terminating EC2 instance: ${id(8)}`, cause });
    expect(await equalsStatus("staging")).toMatchObject({ [`web/${id(8)}`]: "leaving" });
    const group = staged.group("staging");
    group.instances = group.instances.filter((one) => one.id !== id(8));
    group.desired = 7;
    expect(Object.keys(await equalsStatus("staging"))).toHaveLength(7);
    expect(await text("[data-stack=staging] .tile.terminated")).toContain("is gone");
    expect(await text("[data-stack=staging] .timeline li.scale")).toContain(cause);
    expect(await text("[data-stack=staging] .group h3")).toContain("7 of 7 wanted, 2 to 100");
  });

  it("asks for one listing of each bucket and what has changed, at each look", async () => {
    staged.host("staging", id(3), "1.2.0");
    aws.seen.length = 0;
    await session.lookNow();
    const s3 = aws.seen.filter((one) => /^(LIST|GET|VERSIONS)/.test(one));
    expect(s3.filter((one) => one.startsWith("LIST"))).toEqual(["LIST", "LIST"]);
    expect(s3.filter((one) => !one.startsWith("LIST"))).toEqual([expect.stringContaining(id(3))]);
  });

  it("opens a host with the keyboard alone, and goes back to where one was", async () => {
    await page.locator("[data-stack=staging] [data-host]").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open] .steps li");
    expect(await text("dialog h2")).toBe(id(2));
    expect(await text("dialog dl")).toContain("hello 1.2.0");
    expect(await page.getAttribute("dialog a", "href")).toBe(
      `https://console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=${id(2)}`,
    );
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-host"))).toBe(`web/${id(2)}`);
  });

  it("ends a hold, after the dialog with the plan of --dry-run, with the keyboard alone", async () => {
    const button = page.locator("[data-stack=staging] button", { hasText: "Resume" });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() =>
      /would no longer be held/.test(document.querySelector("dialog pre")?.textContent ?? ""),
    );
    expect(await text("dialog code")).toBe("towline resume web --stack=staging --dry-run");
    expect(JSON.parse(aws.text("staging", "rollout/web/control.json"))).toHaveProperty("hold");
    expect(await violations(page)).toEqual([]);
    await page.locator("dialog button", { hasText: "Do it" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /: no longer held/.test(document.querySelector("dialog pre")?.textContent ?? ""));
    expect(JSON.parse(aws.text("staging", "rollout/web/control.json"))).not.toHaveProperty("hold");
    await page.keyboard.press("Escape");
    await page.waitForSelector("[data-stack=staging] .fact.held", { state: "detached" });
  });

  it("says what is wrong with an order in its dialog, and carries nothing out", async () => {
    await page.locator("[data-stack=staging] .fact.bad button").click();
    aws.remove("staging", "rollout/web/verdicts/hello/1.3.0.json");
    await page.locator("dialog button", { hasText: "Close" }).click();
    await page.locator("[data-stack=staging] .fact.bad button").click();
    await page.waitForFunction(() =>
      /is bad in none of the groups web/.test(document.querySelector("dialog pre")?.textContent ?? ""),
    );
    expect(await page.locator("dialog button", { hasText: "Do it" }).count()).toBe(0);
    await page.keyboard.press("Escape");
    aws.put("staging", "rollout/web/verdicts/hello/1.3.0.json", { ...BAD, reason: LOG });
    await equalsStatus("staging");
  });

  it.each(["light", "dark"] as const)("is accessible in %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await violations(page)).toEqual([]);
  });

  it("is as the documents show it", async () => {
    // The tests' own look is taken for the documents where somebody asks for that.
    const kept = process.env.TOWLINE_KEEP_SCREENSHOTS === "1" ? join(ROOT, "docs", "images") : undefined;
    await staged.publish("staging", ["1.2.0", "1.3.0", "1.4.0"]);
    aws.put("staging", "rollout/web/verdicts/hello/1.3.0.json", { ...BAD, verdict: "ok", reason: "" });
    aws.put("staging", "rollout/web/verdicts/hello/1.4.0.json", { ...BAD, version: "1.4.0", reason: LOG });
    const turn = { package: "hello", version: "1.3.0", since: ago(12), expires: "x", nonce: "n", done: 3, took: 31 };
    aws.put("staging", "rollout/web/lease.json", { ...turn, holder: id(4) });
    for (const one of [1, 2, 3]) staged.host("staging", id(one), "1.3.0");
    staged.host("staging", id(4), "1.2.0", { state: "upgrading" });
    const waiting = { package: "hello", version: "1.3.0", reason: "another host is out", since: ago(40) };
    for (const one of [5, 6, 7]) staged.host("staging", id(one), "1.2.0", { waiting });
    await equalsStatus("staging");
    const shots = [
      ["page", { viewport: { width: 1180, height: 860 } }],
      ["page-dark", { viewport: { width: 1180, height: 860 }, colorScheme: "dark" }],
      ["page-phone", { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true }],
    ] as const;
    for (const [name, options] of shots) {
      const shown = await watch(browser, served.address, options);
      await shown.page.waitForSelector("[data-host]");
      const picture = await shown.page.screenshot(kept === undefined ? {} : { path: join(kept, `${name}.png`) });
      expect(picture.length).toBeLessThan(150_000);
      await shown.context.close();
    }
  });

  it("fits a phone, and is accessible there", async () => {
    const phone = await watch(browser, served.address, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
    });
    await phone.page.waitForSelector("[data-host]");
    const [content, screen] = await phone.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(content).toBeLessThanOrEqual(screen as number);
    expect(await violations(phone.page)).toEqual([]);
    await phone.page.locator("[data-host]").first().tap();
    await phone.page.waitForSelector("dialog[open]");
    await phone.context.close();
  });

  it("takes nothing from outside for more than text", async () => {
    const host = {
      error: `${SCRIPT} was rolled back: ${SCRIPT}\n${SCRIPT}`,
      since: SCRIPT,
      reported: ago(1),
      packages: { [SCRIPT]: SCRIPT, hello: SCRIPT },
    };
    const waiting = { package: SCRIPT, version: SCRIPT, reason: SCRIPT, since: SCRIPT, set: [SCRIPT] };
    staged.host("prod", id(1), SCRIPT, { ...host, waiting });
    const said = { reason: `${SCRIPT}\n${SCRIPT}`, by: SCRIPT, at: SCRIPT };
    aws.put("prod", "rollout/web/control.json", {
      ...{ hold: said, alarms: { [SCRIPT]: said }, recalled: { [SCRIPT]: { [SCRIPT]: said } } },
    });
    aws.put("prod", "rollout/web/lease.json", {
      holder: SCRIPT,
      package: SCRIPT,
      version: SCRIPT,
      since: SCRIPT,
      nonce: "n",
    });
    aws.put("prod", `rollout/web/verdicts/hello/${encodeURIComponent(SCRIPT)}.json`, {
      ...BAD,
      reason: SCRIPT,
      instance: SCRIPT,
    });
    await staged.publish("prod", ["1.2.0"], {
      commit: SCRIPT,
      buildUrl: "javascript:window.hit=1",
      published: { at: ago(9), by: SCRIPT },
      promotedFrom: { stack: SCRIPT, at: null, by: null },
    });
    const group = staged.group("prod");
    group.activities.push({ at: ago(1), description: SCRIPT, cause: SCRIPT, failed: SCRIPT });
    for (const one of group.instances) one.target = SCRIPT;
    await session.lookNow();
    await page.waitForSelector("[data-stack=prod] .fact.held");
    expect(await text("[data-stack=prod] .fact.held")).toContain("<script>window.hit=1</script>");
    await page.locator(`[data-stack=prod] [data-host="web/${id(1)}"]`).click();
    await page.waitForSelector("dialog[open] .steps li");
    expect(await page.evaluate(() => (globalThis as { hit?: number }).hit)).toBeUndefined();
    expect(await page.locator("img, iframe, #page script, a[href^='javascript:']").count()).toBe(0);
    await page.keyboard.press("Escape");
  });

  it("is the same as files, with no order to give and no credential inside", async () => {
    const views = await Promise.all([...(await sources()).values()].map((source) => source.look()));
    const files = pageFiles({ stacks: views }, await bundlePage());
    await publishPage(files, shelfOf("s3://staging/board"), "eu-west-1");
    const type = (name: string) => files.find((one) => `/${one.name}` === name)?.type ?? "";
    const server = createServer((request, response) => {
      const name = request.url === "/" ? "/index.html" : (request.url ?? "");
      response.writeHead(200, { "Content-Type": type(name) }).end(aws.text("staging", `board${name}`));
    });
    const published = await watch(browser, `http://127.0.0.1:${await listen(server, 0, "127.0.0.1")}/`);
    await published.page.waitForSelector("[data-host]");
    expect(await shownStates(published.page, "staging")).toEqual(await shownStates(page, "staging"));
    expect(await published.page.locator("button.order").count()).toBe(0);
    await published.page.locator("[data-host]").first().click();
    await published.page.waitForSelector("dialog[open]");
    expect([published.said, published.elsewhere]).toEqual([[], []]);
    const secrets = [
      process.env.AWS_SECRET_ACCESS_KEY,
      process.env.AWS_ACCESS_KEY_ID,
      new URL(served.address).searchParams.get("token"),
    ];
    const whole = files.map(({ content }) => content).join();
    expect(secrets.filter((secret) => secret && secret.length > 4 && whole.includes(secret))).toEqual([]);
    await published.context.close();
    server.closeAllConnections();
    server.close();
  });

  it("said nothing in the console, and asked nobody else for anything", () => {
    expect(watched.said).toEqual([]);
    expect(watched.elsewhere).toEqual([]);
  });
});
