import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { shownWidth } from "../../cli/column-widths";
import { channelsTable } from "../../cli/commands/channel";
import { settingsTable } from "../../cli/commands/env";
import { historyTable } from "../../cli/commands/env-history";
import { groupsTable } from "../../cli/commands/group-list";
import { valuesTable } from "../../cli/commands/group-show";
import { releasesTable } from "../../cli/commands/releases";
import { renderBill } from "../../cli/cost/render";
import { indexLines } from "../../cli/fleet/index-status";
import type { StackStatus } from "../../cli/fleet/look";
import { statusLines } from "../../cli/fleet/status-lines";
import type { ReleaseStatus } from "../../cli/repository/releases";
import { storyLines } from "../../cli/rollout/render";
import { fitted } from "../../cli/shown-text";

const LOG =
  "not healthy within 12 s: GET http://127.0.0.1:6000/health answered 500; log: \u001b[2JTraceback\tValueError: 価格がありません " +
  `https://example.com/${"a-very-long-path/".repeat(20)} `.repeat(8);
const NAMES = Array.from({ length: 40 }, (_, i) => `SETTING_NUMBER_${i}`);
const AT = "2026-01-31T12:00:00Z";
const said = { reason: LOG, by: "arn:aws:iam::123456789012:user/somebody-with-a-long-name", at: AT };
const heard = { believed: false, voices: { bad: 1, ok: 12, hosts: 14 } };
const row = {
  ...{ group: "a-group-of-workers", instance: "i-0d4b9f728d44f0d7c", lifecycle: "Terminating:Wait", state: "failed" },
  ...{ packages: { hello: "1.2.3.57.gdeadbee", "towline-agent": "0.9.0" }, since: AT, health: "unhealthy", error: LOG },
  ...{ waiting: null, reported: AT, silent: false },
} as const;
const status = {
  rows: [row, { ...row, instance: "i-0d4b9f728d44f0d7d", lifecycle: "InService", state: "serving", error: null }],
  groups: [
    {
      group: row.group,
      slots: [{ slot: 0, instance: row.instance, package: "hello", version: "1", set: [], since: AT, expired: true }],
      held: said,
      frozenUntil: AT,
      alarms: [{ name: "errors", ...said }],
      bad: [{ package: "hello", version: "1.2.0", ...said, ...heard }],
      recalled: [{ package: "hello", version: "1.1.0", ...said, ...heard }],
      waiting: [{ instance: row.instance, package: "hello", version: "1.3.0", reason: LOG, since: AT }],
      silent: [{ instance: row.instance, reported: AT }],
    },
  ],
  absentGroups: [],
} as unknown as StackStatus;
const release = {
  ...{ package: "hello", version: "1.2.3.57.gdeadbee", architecture: "amd64", sha256: "a".repeat(64), size: 1 },
  ...{ filename: "pool/x.deb", channel: null, published: { at: AT, by: said.by }, commit: "b".repeat(40) },
  ...{ buildUrl: null, promotedFrom: null, forced: null, withdrawn: null, relisted: null, dropped: null },
  ...{ state: "listed", hosts: 1200, verdicts: { web: { verdict: "bad", instance: "i-1", reason: LOG, at: AT } } },
} as unknown as ReleaseStatus;
const sizes = { min: 1234.5, max: 98765.4321 };
const line = {
  resource: `towline-prod-web-${"x".repeat(40)}`,
  what: "requests of hosts",
  quantity: sizes,
  unit: "1000 requests",
};
const story = {
  ...{ group: "web", published: AT, unknown: ["when it was published", LOG] },
  events: [{ group: "web", at: AT, after: 3600, what: "went back", instance: row.instance, seconds: 90, detail: LOG }],
} as const;

/** Of every command that prints a table, its longest content. */
const TABLES: Readonly<Record<string, () => readonly string[]>> = {
  "commands/channel.ts": () => [
    channelsTable([{ channel: "feature-x", packages: NAMES, groups: NAMES }] as never, true),
  ],
  "commands/env.ts": () => [settingsTable([["DATABASE_URL", { value: LOG, by: said.by, at: AT }]], true, true)],
  "commands/env-history.ts": () => [
    historyTable([{ version: "x".repeat(32), at: AT, by: said.by, names: NAMES, difference: null }], true),
  ],
  "commands/group-list.ts": () => [
    groupsTable(
      [
        {
          name: row.group,
          packages: NAMES,
          size: sizes,
          instanceType: "m6g.16xlarge",
          port: 6000,
          channel: "x".repeat(40),
        },
      ],
      true,
    ),
  ],
  "commands/group-show.ts": () => [
    valuesTable(
      "web",
      [{ path: ["policies", 0, "Resource", 12], value: LOG, from: "base", post: "postPolicies" }],
      true,
    ),
  ],
  "commands/releases.ts": () => [releasesTable([release], true)],
  "cost/render.ts": () => [
    renderBill({ lines: [{ ...line, price: 0.0000004, monthly: sizes }], total: sizes, notPriced: 0 } as never, true),
  ],
  "fleet/status-lines.ts": () => statusLines("prod", status, true),
  "rollout/render.ts": () => storyLines("prod", story, true),
};

describe("on a terminal", () => {
  const columns = Object.getOwnPropertyDescriptor(process.stdout, "columns");
  afterEach(() => {
    if (columns) Object.defineProperty(process.stdout, "columns", columns);
    else delete (process.stdout as { columns?: number }).columns;
  });

  describe.each([40, 60, 80, 132])("of %i columns", (width) => {
    test.each(Object.keys(TABLES))("the table of %s fits", (file) => {
      Object.defineProperty(process.stdout, "columns", { value: width, configurable: true, writable: true });
      const shown = (TABLES[file] as () => readonly string[])().join("\n");
      expect(Math.max(...shown.split("\n").map(shownWidth))).toBeLessThanOrEqual(width);
      expect(stripVTControlCharacters(shown).length).toBeGreaterThan(20);
      expect(shown).not.toContain("\u001b[2J");
    });
  });

  it("says in whole words what 80 columns have room for", () => {
    Object.defineProperty(process.stdout, "columns", { value: 80, configurable: true, writable: true });
    const shown = (file: string) => (TABLES[file] as () => readonly string[])().join("\n");
    expect(shown("fleet/status-lines.ts")).toContain(row.instance);
    expect(shown("commands/releases.ts")).toContain("1.2.3.57.gdeadbee");
    expect(shown("rollout/render.ts")).toContain("went back");
  });

  it("every file that renders a table is looked at here", () => {
    const root = join(__dirname, "../../cli");
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const rendering = files.filter((file) => /\brenderTable\(/.test(readFileSync(join(root, file), "utf8")));
    expect(rendering.filter((file) => file !== "table.ts").sort()).toEqual(Object.keys(TABLES).sort());
  });

  it("lines that are too long go on below, and end in … where they are much too long", () => {
    expect(fitted(["  one two three", "short"], 10)).toEqual(["  one two", "    three", "short"]);
    expect(fitted(["one two three four five"], 9, 2)).toEqual(["one two", "  three …"]);
    expect(fitted([`a ${"b".repeat(12)}`], 6)).toEqual(["a", "  bbbb", "  bbbb", "  bbbb"]);
    expect(fitted(["価格がありません"], 6)).toEqual(["価格が", "  あり", "  ませ", "  ん"]);
    expect(fitted([""], 10)).toEqual([""]);
  });

  it("the ends of indexes are said in lines that a terminal has room for", () => {
    const lines = indexLines([{ suite: "stable", signed: AT, until: AT, keyUntil: AT }], new Date(AT));
    expect(fitted(lines, 80).every((one) => shownWidth(one) <= 80)).toBe(true);
  });
});
