import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { describeApp } from "../../cli/deb/describe";
import { parseStackConfig, readRawConfig } from "../../infra/config";
import { appGroup, groupLines } from "../../local/story/app-group";

const ROOT = join(__dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "towline-app-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** An app's folder with these files. */
function app(name: string, files: Record<string, string>): string {
  const root = join(folder, name);
  mkdirSync(root);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
  return root;
}

const PROCFILE = "worker: node worker.js\nrelease: node migrate.js\nweb: node server.js\n";

describe("npm start -- --app", () => {
  test.each([
    ["a Procfile", { Procfile: PROCFILE }, { processes: ["web", "worker"], port: 6000 }],
    [
      "a port of its own",
      { Procfile: PROCFILE, "towline.yaml": "name: shop\nport: 8080\n" },
      { name: "shop", port: 8080 },
    ],
    ["no Procfile", { "package.json": '{"scripts": {"start": "node ."}}' }, { processes: ["web"], port: 6000 }],
    ["no process that serves http", { Procfile: "worker: ./work\n" }, { processes: ["worker"], port: undefined }],
  ])("knows an app with %s before it is built", async (title, files, expected) => {
    expect(await describeApp(app(title.replaceAll(" ", "-").toLowerCase(), files))).toMatchObject(expected);
  });

  it("refuses a folder that is no app, by its path", async () => {
    await expect(describeApp(app("empty", { README: "" }))).rejects.toThrow(
      `${join(folder, "empty")}: has no Procfile`,
    );
  });

  it("shows the group that runs it as lines of the stack's file, which that file takes", () => {
    const group = appGroup({ name: "shop", processes: ["web", "worker"], port: 8080 }, "/up");
    const { config } = parse(groupLines("web", group).join("\n"));
    const raw = readRawConfig("staging", ROOT);
    const groups = { ...(raw["towline:groups"] as object), ...config["towline:groups"] };
    const stack = parseStackConfig("staging", { ...raw, "towline:groups": groups });
    expect(stack.groups.web).toMatchObject({
      packages: ["shop"],
      processes: { shop: { web: 1, worker: 1 } },
      http: { port: 8080, healthPath: "/up" },
    });
  });

  it("puts an app without a process web behind no load balancer", () => {
    expect(appGroup({ name: "shop", processes: ["worker"], port: undefined }, "/")).not.toHaveProperty("http");
  });

  test.each([
    [["--app", "/nowhere"], '--app: should be the folder of an app, but "/nowhere" is none'],
    [["--app", ROOT, "--health", "up"], '--health: should be a path such as /health, but is "up"'],
    [["--health", "/up"], "--health: goes with --app alone"],
    [
      ["--app", ROOT, "--env-file", "/nowhere"],
      '--env-file: should be a file of NAME=value lines that can be read, but "/nowhere" is none',
    ],
    [
      ["--app", ROOT, "--env-file", ROOT],
      `--env-file: should be a file of NAME=value lines that can be read, but "${ROOT}" is none`,
    ],
    [["--env-file", __filename], "--env-file: goes with --app alone"],
    [["--app", ROOT, "--fleet"], "--app: is in place of the story, and goes with none of --fleet"],
  ])("%j is refused in a sentence, before anything is set up", (args, sentence) => {
    const run = () => execFileSync(join(ROOT, "local", "start"), args, { encoding: "utf8", stdio: "pipe" });
    expect(run).toThrow(expect.objectContaining({ status: 2, stderr: expect.stringContaining(sentence) }));
  });
});

describe("npm run local -- deploy", () => {
  const deploy = (...args: string[]) =>
    execFileSync(join(ROOT, "local", "exec"), ["deploy", ...args], {
      ...{ encoding: "utf8", stdio: "pipe" },
      env: { ...process.env, TOWLINE_PLACE: "9" },
    });

  test.each([
    ["without a folder", [], 2, "Usage: npm run local -- deploy DIR"],
    ["where no region runs, before anything is built", ["/nowhere"], 1, "no local region is running"],
  ])("says so %s", (_title, args, status, sentence) => {
    expect(() => deploy(...args)).toThrow(
      expect.objectContaining({ status, stderr: expect.stringContaining(sentence) }),
    );
  });
});
