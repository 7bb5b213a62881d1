import { request } from "node:http";
import { bundlePage } from "../../cli/page/assets";
import { Gate } from "../../cli/page/gate";
import { browserProgram } from "../../cli/page/open-browser";
import { OrderDesk } from "../../cli/page/order-desk";
import { commandOf } from "../../cli/page/orders";
import { shelfOf } from "../../cli/page/publish";
import { type ServedPage, servePage } from "../../cli/page/server";
import { Session } from "../../cli/page/session";

/** Says what it was called with, in place of the command. */
const ECHO = [process.execPath, "-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--"];
const desk = new OrderDesk(["staging", "prod"], ECHO);

describe("the page's server", () => {
  let served: ServedPage;
  let base: URL;
  beforeAll(async () => {
    served = await servePage(new Session(new Map(), 3600), desk, { script: "script", style: "style" }, 0);
    base = new URL(served.address);
  });
  afterAll(() => served.close());

  /** What is answered, with headers that fetch would not let one write. */
  function ask(path: string, headers: Record<string, string> = {}, method = "GET", sent = "") {
    return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
      const outgoing = request(new URL(path, base), { method, headers }, (answer) => {
        let body = "";
        answer.on("data", (chunk) => (body += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      });
      outgoing.on("error", reject).end(sent);
    });
  }

  const cookie = async () => String((await ask(base.pathname + base.search)).headers["set-cookie"]).split(";")[0] ?? "";

  it("listens on loopback alone, and lets in who has the address, once, then by a cookie that scripts cannot read", async () => {
    expect(base.hostname).toBe("127.0.0.1");
    const { status, headers } = await ask(base.pathname + base.search);
    expect([status, headers.location]).toEqual([303, "/"]);
    expect(String(headers["set-cookie"])).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect((await ask("/", { cookie: await cookie() })).body).toContain('<div id="page">');
    expect((await ask("/page.js", { cookie: await cookie() })).body).toBe("script");
  });

  it.each([
    ["without a token", "/", {}],
    ["with another one", "/?token=x", {}],
    ["with another cookie", "/data.json", { cookie: "towline-page=x" }],
    ["for the stream", "/events", {}],
  ])("refuses who comes %s", async (_title, path, headers) => {
    expect(await ask(path, headers as Record<string, string>)).toMatchObject({
      status: 403,
      body: "open the address that 'towline page' printed\n",
    });
  });

  it("refuses another name that leads here, though the token is right", async () => {
    expect((await ask(base.pathname + base.search, { host: "evil.example" })).status).toBe(421);
    expect((await ask("/data.json", { host: "evil.example", cookie: await cookie() })).status).toBe(421);
  });

  it("runs no script but its own, is in nobody's frame, and is kept by nobody", async () => {
    const { headers } = await ask("/", { cookie: await cookie() });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  });

  it("says what is not there, and is read alone", async () => {
    expect((await ask("/etc/passwd", { cookie: await cookie() })).status).toBe(404);
    expect((await ask("/host.json?stack=a&group=b&instance=c", { cookie: await cookie() })).status).toBe(404);
    expect((await ask("/data.json", { cookie: await cookie() }, "DELETE")).status).toBe(405);
  });

  describe("orders", () => {
    const hold = { action: "hold", stack: "prod", group: "web", reason: "it's the sale" };
    const own = async () => {
      const known = { cookie: await cookie(), "content-type": "application/json" };
      const page = (await ask("/", known)).body;
      const token = /name="towline-order" content="([^"]+)"/.exec(page)?.[1] ?? "";
      return { ...known, origin: base.origin, "sec-fetch-site": "same-origin", "x-towline-page": token };
    };
    const post = async (path: string, value: unknown, more: object = {}) =>
      ask(path, { ...(await own()), ...more }, "POST", JSON.stringify(value));

    it("are planned by the command's dry run, then carried out as they were shown, once", async () => {
      const planned = JSON.parse((await post("/orders/plan", hold)).body);
      expect(planned).toMatchObject({
        command: "towline hold web --stack=prod '--reason=it'\\''s the sale' --dry-run",
        exitCode: 0,
      });
      expect(JSON.parse(planned.text)).toEqual(["hold", "web", "--stack=prod", "--reason=it's the sale", "--dry-run"]);
      const done = JSON.parse((await post("/orders/run", { plan: planned.plan, action: "rollback" })).body);
      expect(JSON.parse(done.text)).toEqual(["hold", "web", "--stack=prod", "--reason=it's the sale"]);
      expect(await post("/orders/run", { plan: planned.plan })).toMatchObject({ status: 400 });
    });

    it.each([
      ["another site's form", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
      ["another port of this machine", { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" }],
      ["a page without origin", { origin: "null" }],
      ["a script that has not read the page", { "x-towline-page": "x" }],
      ["who was not let in", { cookie: "" }],
    ])("are refused of %s", async (_who, headers) => {
      expect((await post("/orders/plan", hold, headers)).status).toBe(403);
      expect((await post("/orders/run", { plan: "x" }, headers)).status).toBe(403);
    });

    it.each([
      [{ ...hold, stack: "other" }, "this page does not show stack other; it shows staging, prod"],
      [{ ...hold, group: "--all" }, "this is no order of the page: group"],
      [{ ...hold, reason: " " }, "this is no order of the page: reason"],
      [{ ...hold, more: "x" }, "this is no order of the page"],
      [{ action: "destroy", stack: "prod" }, "this is no order of the page: action"],
      [{ action: "reject", stack: "prod", release: "--version=1", reason: "x" }, "--version"],
      [{ action: "promote", stack: "prod", release: "hello=1", from: "qa" }, "this page does not show stack qa"],
      [{ action: "rollback", stack: "prod", package: "-x", reason: "x" }, "-x"],
      ["x".repeat(5000), "an order has 4000 characters at the most"],
    ])("that are none are refused in one sentence: %j", async (order, sentence) => {
      const { status, body } = await post("/orders/plan", order);
      expect([status, body]).toEqual([400, expect.stringContaining(sentence)]);
    });

    it("hold a rollback to the versions that its plan was made of", () => {
      const order = { action: "rollback", stack: "prod", package: "hello", reason: "slow" } as const;
      expect(commandOf(order, "2026-01-31T12:00:00Z")).toEqual([
        ...["rollback", "hello", "--stack=prod", "--asked=2026-01-31T12:00:00Z", "--reason=slow"],
      ]);
    });
  });

  it("says in one sentence that a port is taken", async () => {
    const again = servePage(new Session(new Map(), 1), desk, { script: "", style: "" }, Number(base.port));
    await expect(again).rejects.toThrow(`--port ${base.port}: is taken, or not yours to use`);
  });
});

test("only the page itself may order something", () => {
  const gate = new Gate(["127.0.0.1:9"]);
  const may = (headers: object) => gate.mayOrder({ headers } as never);
  const own = { origin: "http://127.0.0.1:9", "sec-fetch-site": "same-origin", "x-towline-page": gate.orderToken };
  expect(may(own)).toBe(true);
  const { origin, ...without } = own;
  expect(origin && may(without)).toBe(false);
  expect(may({ ...own, origin: "http://127.0.0.1:8" })).toBe(false);
  expect(may({ ...own, origin: "null" })).toBe(false);
  expect(may({ ...own, "sec-fetch-site": "same-site" })).toBe(false);
  expect(may({ ...own, "sec-fetch-site": "cross-site" })).toBe(false);
  expect(may({ ...own, "x-towline-page": gate.token })).toBe(false);
  expect(may({ ...own, "x-towline-page": undefined })).toBe(false);
});

test.each([
  ["s3://acme-board", { bucket: "acme-board", prefix: "" }],
  ["s3://acme-board/fleet", { bucket: "acme-board", prefix: "fleet/" }],
  ["/srv/www", { folder: "/srv/www" }],
])("%s is where a page can be published", (text, shelf) => {
  expect(shelfOf(text)).toEqual(shelf);
});

test("a place that is neither a folder nor a bucket is refused in one sentence", () => {
  expect(() => shelfOf("s3:/acme")).toThrow(
    "--publish s3:/acme: should be a folder, or s3://BUCKET or s3://BUCKET/PREFIX",
  );
});

test("the page weighs less than 100 KB", async () => {
  const { script, style } = await bundlePage();
  expect(script).toContain("towline");
  expect(Buffer.byteLength(script) + Buffer.byteLength(style)).toBeLessThan(100_000);
});

test.each([
  ["darwin", {}, "open"],
  ["linux", { DISPLAY: ":0" }, "xdg-open"],
  ["linux", { WAYLAND_DISPLAY: "w" }, "xdg-open"],
  ["linux", {}, undefined],
  ["linux", { DISPLAY: ":0", SSH_CONNECTION: "a" }, undefined],
  ["darwin", { CI: "1" }, undefined],
] as const)("on %s with %j the browser is opened by %s", (platform, environment, program) => {
  expect(browserProgram(platform, environment as NodeJS.ProcessEnv)).toBe(program);
});
