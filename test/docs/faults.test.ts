import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");
const SCENARIOS = join(ROOT, "simulator");

/** What may go wrong around a rollout: each is a row of docs/faults.md. */
const FAULTS = [
  ...["kill -9", "power loss", "dpkg half-configured", "lock held", "conffile edited by a postinst", "disk full"],
  ...[
    "hung postinst",
    "S3 403",
    "S3 503",
    "S3 slow",
    "answer lost after the write",
    "truncated .deb",
    "wrong signature",
  ],
  ...[
    "expired key",
    "replayed index on a fresh host",
    "index that ended",
    "clock ±10 min",
    "IMDS down",
    "credentials expired",
    "two polls",
  ],
  ...[
    "canary terminated",
    "scale-out during a rollout",
    "scale-in during a rollout",
    "instance refresh during a rollout",
  ],
  ...["group of 0", "group of 1", "all hosts started in one second", "SNS down", "hanging health path"],
  ...["crash after ten minutes", "broken agent", "spot notice during apt"],
];

interface Row {
  readonly fault: string;
  readonly outcome: string;
  /** Path of a test file, and the name of a test in it. */
  readonly tests: readonly (readonly [string, string])[];
}

/** The rows of the table. */
const rows: Row[] = readFileSync(join(ROOT, "docs/faults.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(2)
  .map((line) => {
    const [, fault = "", outcome = "", tests = ""] = line.split("|").map((cell) => cell.trim());
    return { fault, outcome, tests: testsOf(tests) };
  });

/** The tests of a cell: a path, and the names that follow it. */
function testsOf(cell: string): [string, string][] {
  let file = "";
  return [...cell.matchAll(/`(test\/[^`]+)`|"([^"]+)"/g)].flatMap(([, path, name]): [string, string][] => {
    file = path ?? file;
    return name === undefined ? [] : [[file, name]];
  });
}

/** The text in which the names of a file's tests stand: the simulator's are those of its scenarios. */
function textOf(file: string): string {
  const scenarios = readdirSync(SCENARIOS, { recursive: true, encoding: "utf8" }).filter(
    (name) => /scenario/.test(name) && name.endsWith(".ts"),
  );
  const files = file.startsWith("test/simulator/") ? scenarios.map((name) => join(SCENARIOS, name)) : [];
  return [join(ROOT, file), ...files].map((path) => readFileSync(path, "utf8")).join("\n");
}

test("no fault is without a row", () => {
  const told = rows.map(({ fault }) => fault);
  expect(FAULTS.filter((fault) => !told.includes(fault))).toEqual([]);
});

test.each(rows)("$fault: says what comes of it, and the tests that hold it are there", ({ outcome, tests }) => {
  expect(outcome).not.toBe("");
  expect(tests).not.toEqual([]);
  expect(tests.filter(([file, name]) => !textOf(file).includes(`"${name}"`))).toEqual([]);
});
