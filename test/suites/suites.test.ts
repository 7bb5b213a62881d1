import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jestTests, reached } from "./changed";
import { asOne, byJest, byLines, total } from "./counts";
import { BY_NAME, SUITES } from "./list";
import { closing, ended } from "./report";
import { runSuite } from "./run";
import type { Suite } from "./suite";

const traces = (exitCode: number, log = "", report?: unknown) => ({
  exitCode,
  log,
  report: report === undefined ? undefined : JSON.stringify(report),
});

describe("what a suite counts", () => {
  test("one command is one test", () => {
    expect(asOne(traces(0))).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(asOne(traces(2))).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test("jest's report: skipped tests are no passed ones, a file that does not load is a failed one", () => {
    const report = {
      numPassedTests: 7,
      numFailedTests: 1,
      numRuntimeErrorTestSuites: 1,
      numPendingTests: 2,
      numTodoTests: 1,
    };
    expect(byJest(traces(1, "", report))).toEqual({ passed: 7, failed: 2, skipped: 3 });
  });

  test("lines with marks, as the story and the shell tests print them", () => {
    const log = "✔ boots  1.0 s\n    a note: okay\nleaves-nothing: Ctrl-C: ok\n✘ goes back  2.0 s\n";
    expect(byLines(traces(1, log))).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  test.each([
    ["jest wrote no report", byJest(traces(0))],
    ["jest ran no test", byJest(traces(0, "", { numPassedTests: 0 }))],
    ["jest failed with all tests passed", byJest(traces(1, "", { numPassedTests: 3 }))],
    ["a story ended without a word", byLines(traces(0, ""))],
    ["a story failed between two steps", byLines(traces(1, "✔ boots  1.0 s\n"))],
  ])("%s: it failed", (_title, counts) => {
    expect(counts.failed).toBe(1);
  });

  test("all together", () => {
    const [one, other] = [
      { passed: 2, failed: 0, skipped: 1 },
      { passed: 3, failed: 4, skipped: 0 },
    ];
    expect(total([one, other])).toEqual({ passed: 5, failed: 4, skipped: 1 });
    expect(closing([one, other])).toBe("5 passed, 4 failed, 1 skipped");
  });
});

describe("running a suite", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "towline-suites-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const suite = (command: string[], count: Suite["count"] = asOne): Suite => ({
    ...{ name: "it", title: "it", lane: "it", region: false },
    command,
    count,
  });
  const shell = (line: string, count?: Suite["count"]) => runSuite(suite(["sh", "-c", line], count), "/", folder);

  test("keeps its output of both streams in a log, and the result it wrote to its report", async () => {
    const seen: unknown[] = [];
    const result = await runSuite(
      suite(["sh", "-c", 'echo out; echo err >&2; echo "{}" >"$1"', "sh", "REPORT"], (all) => {
        seen.push(all);
        return asOne(all);
      }),
      "/",
      folder,
    );
    expect(seen).toEqual([{ exitCode: 0, log: "out\nerr\n", report: "{}\n" }]);
    expect(readFileSync(result.log, "utf8")).toBe("out\nerr\n");
    expect(result).toMatchObject({ passed: 1, failed: 0, trouble: [] });
  });

  test("says which step failed, the last lines, and where the log lies", async () => {
    const result = await shell("echo ✔ one; echo '✘ goes back  2 s'; seq 100; exit 1", byLines);
    expect(result.trouble.slice(0, 2)).toEqual(["✘ goes back  2 s", "…"]);
    expect(result.trouble.slice(-2)).toEqual(["99", "100"]);
    expect(result.trouble).toHaveLength(42);
    const said = ended(result).split("\n");
    expect(said[0]).toMatch(/^✘ it: 1 passed, 1 failed, 0 skipped {2}\d+\.\d s$/);
    expect(said.at(-1)).toBe(`    its log: ${join(folder, "it.log")}`);
  });

  test("a report of an earlier run is not taken for this one's", async () => {
    const write = suite(["sh", "-c", 'echo \'{"numPassedTests":5}\' >"$0"', "REPORT"], byJest);
    expect(await runSuite(write, "/", folder)).toMatchObject({ passed: 5, failed: 0 });
    expect(await runSuite(suite(["true"], byJest), "/", folder)).toMatchObject({ passed: 0, failed: 1 });
  });

  test("a report that is cut short, a killed command and a missing one have failed", async () => {
    const error = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const cut = suite(["sh", "-c", 'printf "{" >"$0"', "REPORT"], byJest);
    expect(await runSuite(cut, "/", folder)).toMatchObject({ passed: 0, failed: 1 });
    expect(error.mock.calls[0]?.[0]).toMatch(/^it: its report cannot be read: /);
    expect(await shell("kill -KILL $$")).toMatchObject({ passed: 0, failed: 1 });
    expect(await runSuite(suite(["/nowhere/it"]), "/", folder)).toMatchObject({ passed: 0, failed: 1 });
    error.mockRestore();
  });
});

describe("what a change can break", () => {
  test.each([
    [
      ["userdata/agent/usr/lib/towline/poll.sh"],
      { all: false, tests: ["test/userdata", "test/simulator"], suites: ["story", "fleet"] },
    ],
    [["test/userdata/fakes/curl.sh"], { all: false, tests: ["test/userdata"], suites: [] }],
    [["simulator/host.ts"], { all: false, tests: ["test/simulator"], suites: [] }],
    [["jenkins/Jenkinsfile"], { all: false, tests: ["test/jenkins"], suites: [] }],
    [["local/down"], { all: false, tests: ["test/local"], suites: ["story", "fleet", "leaves-nothing"] }],
    [["cli/deb/templates/x"], { all: false, tests: ["test/cli"], suites: ["story", "fleet", "package"] }],
    [["test/lambda/alarm.test.ts"], { all: false, tests: [], suites: [] }],
    [["package.json"], { all: true, tests: [], suites: [] }],
    [["scripts/lint"], { all: true, tests: [], suites: [] }],
  ])("%j", (changed, expected) => {
    expect(reached(changed)).toEqual(expected);
  });
});

test("what imports a changed file is run, wherever that lies", () => {
  const root = join(__dirname, "../..");
  const [unit] = SUITES.filter((suite) => suite.name === "unit");
  const found = jestTests(root, unit as Suite, [join(root, "lambda/line.ts")], []);
  expect(found).toContain(join(root, "test/lambda/line.test.ts"));
});

test("what takes too long runs by its name alone", () => {
  for (const { name } of BY_NAME) expect(SUITES.map((suite) => suite.name)).not.toContain(name);
  expect(BY_NAME.map((suite) => suite.name)).toEqual(["app", "toolchains", "rollout"]);
});

test("no two suites share a name, and no two regions a place or a port", () => {
  const all = [...SUITES, ...BY_NAME];
  const names = all.map((suite) => suite.name);
  expect(new Set(names).size).toBe(names.length);
  const stories = all.filter((suite) => suite.command[0] === "local/start");
  for (const own of [(suite: Suite) => suite.env?.TOWLINE_PLACE, (suite: Suite) => suite.command.at(-1)]) {
    expect(new Set(stories.map(own)).size).toBe(stories.length);
  }
});
