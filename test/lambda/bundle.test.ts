import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { deflateRawSync } from "node:zlib";
import { bundleNotifier } from "../../lambda/bundle";
import { DEPLOY, snsEvent } from "./events";
import { type StandIn, standIn } from "./slack-stand-in";

const ROOT = path.resolve(__dirname, "../..");
const run = promisify(execFile);

let temporary: string;
let folder: string;

/** A checkout of the notifier's sources alone. */
function checkout(name: string): string {
  const copy = path.join(temporary, name);
  mkdirSync(copy, { recursive: true });
  cpSync(path.join(ROOT, "lambda"), path.join(copy, "lambda"), { recursive: true });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
  return copy;
}

beforeAll(() => {
  temporary = mkdtempSync(path.join(tmpdir(), "towline-bundle-"));
  folder = bundleNotifier(checkout("one"));
});

afterAll(() => rmSync(temporary, { recursive: true }));

describe("the notifier's bundle", () => {
  test("is the only file of its folder, and at most 30 KB in the archive Lambda loads", () => {
    expect(folder).toBe(path.join(temporary, "one/dist/notifier"));
    expect(readdirSync(folder)).toEqual(["index.js"]);
    expect(readdirSync(path.dirname(folder))).toEqual(["notifier"]);
    expect(deflateRawSync(readFileSync(path.join(folder, "index.js"))).length).toBeLessThanOrEqual(30 * 1024);
  });

  test("has the same bytes from another folder and on top of an older build", () => {
    const other = checkout("quite/another-place");
    mkdirSync(path.join(other, "dist/notifier"), { recursive: true });
    writeFileSync(path.join(other, "dist/notifier/index.js"), "an older build");
    const again = readFileSync(path.join(bundleNotifier(other), "index.js"));
    expect(again.equals(readFileSync(path.join(folder, "index.js")))).toBe(true);
  });

  test("tells where the sources do not build, and leaves no bundle", () => {
    const broken = checkout("broken");
    writeFileSync(path.join(broken, "lambda/notify.ts"), "export const notify = ;\n");
    expect(() => bundleNotifier(broken)).toThrow(/lambda\/notify\.ts:1:22/);
    expect(readdirSync(broken).sort()).toEqual(["lambda", "node_modules"]);
  });
});

describe("the bundle at work", () => {
  let slack: StandIn;
  let ssm: StandIn;
  afterEach(() => Promise.all([slack.close(), ssm.close()]));

  /** As in Lambda: the bundle alone in its folder, the SDK found through NODE_PATH. */
  async function invoke(environment: Record<string, string>, event: unknown) {
    const script = `require(process.argv[1]).handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis: () => 10000 })`;
    return run(process.execPath, ["-e", script, path.join(folder, "index.js"), JSON.stringify(event)], {
      env: {
        NODE_PATH: path.join(ROOT, "node_modules"),
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "example",
        AWS_ENDPOINT_URL_SSM: ssm.origin,
        ...environment,
      },
    });
  }

  test("reads the webhook from SSM, decrypted, and posts", async () => {
    slack = await standIn([{ status: 200, body: "ok" }]);
    ssm = await standIn([
      { status: 200, body: JSON.stringify({ Parameter: { Value: `${slack.origin}/services/x` } }) },
    ]);
    await invoke({ SLACK_WEBHOOK_PARAMETER: "/towline/prod/slack-webhook" }, snsEvent([DEPLOY]));
    expect(ssm.requests).toMatchObject([
      {
        headers: { "x-amz-target": "AmazonSSM.GetParameter" },
        body: { Name: "/towline/prod/slack-webhook", WithDecryption: true },
      },
    ]);
    expect(slack.requests).toMatchObject([
      {
        path: "/services/x",
        body: { text: "hello 1.1.0 took the place of 1.0.0 on i-0c0ffee0c0ffee002 (staging/web) in 12 s." },
      },
    ]);
  });

  test("fails with the parameter's name when SSM refuses", async () => {
    slack = await standIn([]);
    const refusal = { __type: "AccessDeniedException", message: "not authorized to perform ssm:GetParameter" };
    ssm = await standIn([{ status: 400, body: JSON.stringify(refusal) }]);
    await expect(
      invoke({ SLACK_WEBHOOK_PARAMETER: "/towline/prod/slack-webhook" }, snsEvent([DEPLOY])),
    ).rejects.toThrow(
      "cannot read the secret /towline/prod/slack-webhook (AccessDeniedException: not authorized to perform ssm:GetParameter): store it there and let the function's role read it",
    );
    expect(slack.requests).toEqual([]);
  });

  test("does without SSM where the URL is in the environment", async () => {
    slack = await standIn([{ status: 200, body: "ok" }]);
    ssm = await standIn([]);
    await invoke({ SLACK_WEBHOOK_URL: `${slack.origin}/services/y`, NODE_PATH: "" }, snsEvent([DEPLOY]));
    expect(slack.requests.map(({ path }) => path)).toEqual(["/services/y"]);
    expect(ssm.requests).toEqual([]);
  });
});
