import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { bundlePreview } from "../../lambda/bundle";
import { payloadsOf } from "../../lambda/preview/payloads";
import { mrkdwn } from "../../lambda/preview/text";
import { ALARM, DEPLOY, LAUNCH, snsEvent } from "./events";

const ROOT = path.resolve(__dirname, "../..");
const run = promisify(execFile);

let temporary: string;
let bundle: string;
beforeAll(() => {
  temporary = mkdtempSync(path.join(tmpdir(), "towline-preview-"));
  for (const entry of ["lambda", "node_modules"]) symlinkSync(path.join(ROOT, entry), path.join(temporary, entry));
  bundle = path.join(bundlePreview(temporary), "preview.js");
});
afterAll(() => rmSync(temporary, { recursive: true }));

function file(name: string, content: unknown): string {
  writeFileSync(path.join(temporary, name), typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

const preview = (...args: string[]) => run(process.execPath, [bundle, ...args], { cwd: temporary });

describe("the preview", () => {
  test("prints the line of each message and writes a page that shows them", async () => {
    const files = [
      file("event.json", snsEvent([LAUNCH, { ...LAUNCH, EC2InstanceId: "i-0a2" }, DEPLOY])),
      file("message.json", { ...ALARM, AlarmName: "<b>odd</b>" }),
      file("plain.txt", "Tea & *biscuits* <now>\n"),
      file("empty.json", { Records: [] }),
    ];
    const { stdout, stderr } = await preview("--output", "page.html", ...files);
    expect(stdout.split("\n")).toEqual([
      'event.json: towline-prod-web scaled out from 2 to 3: alarm "prod-web-busy" triggered policy "scale-out"; launched i-0c0ffee0c0ffee001 in eu-central-1b and i-0a2 in eu-central-1b (37 s).',
      "event.json: hello 1.1.0 took the place of 1.0.0 on i-0c0ffee0c0ffee002 (staging/web) in 12 s.",
      "message.json: Alarm <b>odd</b>: TargetResponseTime (p99) is 1.844 s, at or above 1 s for 2 min of 3 min.",
      "plain.txt: Tea & *biscuits* <now>",
      "empty.json: holds no messages",
      "",
    ]);
    expect(stderr).toBe(`the messages as Slack shows them: ${path.join(temporary, "page.html")}\n`);
    const page = readFileSync(path.join(temporary, "page.html"), "utf8");
    expect(page).toContain('<div class="attachment" style="border-color:#2eb67d">');
    expect(page).toContain("Tea &#38; *biscuits* &#60;now&#62;");
    expect(page).toContain("<div><strong>Alarm</strong><br>&lt;b&gt;odd&lt;/b&gt;</div>");
    expect(page).not.toContain("<b>odd");
  });

  test("shows whom a message calls, as the notifier's variables have it", async () => {
    const options = { cwd: temporary, env: { SLACK_MENTION: "here" } };
    const { stdout } = await run(process.execPath, [bundle, file("alarm.json", ALARM)], options);
    expect(stdout).toMatch(/^alarm\.json: <!here> Alarm prod-web-slow/);
    expect(readFileSync(path.join(temporary, "notifier-preview.html"), "utf8")).toContain("<mark>@here</mark> Alarm");
  });

  test.each([
    [["nowhere.json"], /^nowhere\.json cannot be read \(ENOENT\): give the path of a file with a payload\.\n$/],
    [[], /^No file is given\.\nusage: /],
    [["--loud"], /^--loud is no option\.\nusage: /],
  ])("%j fails with a sentence", async (args, message) => {
    await expect(preview(...args)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
  });
});

test.each([
  ["text", ["text"]],
  ['{"text":"mail"}', ["mail"]],
  ['{"text":"mail","more":1}', [{ text: "mail", more: 1 }]],
  ["[1,{}]", [1, {}]],
  ['{"Activities":[{"ActivityId":"a"}]}', [{ ActivityId: "a" }]],
])("a file with %s holds %j", (content, payloads) => {
  expect(payloadsOf(content)).toEqual(payloads);
});

test.each([
  ["*bold* a*b*c", "<strong>bold</strong> a*b*c"],
  ["<!subteam^S0FEED> <https://example.com|here> <@U1>", "<mark>@S0FEED</mark> <mark>here</mark> <mark>@U1</mark>"],
  ['a\n"b" &lt;i&gt;', "a<br>&#34;b&#34; &lt;i&gt;"],
  ["```\na\n  b\n```", "<pre>a\n  b</pre>"],
])("Slack's %j is shown as %j", (text, shown) => {
  expect(mrkdwn(text)).toBe(shown);
});
