import { stripVTControlCharacters, styleText } from "node:util";
import { columnWidths } from "../../cli/column-widths";
import type { StatusRow } from "../../cli/fleet/status";
import { statusLines } from "../../cli/fleet/status-lines";
import { renderTable } from "../../cli/table";

const REASON =
  "not healthy within 12 s: GET http://127.0.0.1:6000/health answered 500 broken; log: Traceback | ValueError ".repeat(
    40,
  );
const widest = (text: string) =>
  Math.max(
    ...stripVTControlCharacters(text)
      .split("\n")
      .map((line) => line.length),
  );

describe("the widths of columns", () => {
  test.each([
    ["are those of their cells where there is room", 40, [3, 5, 12]],
    ["take from the widest first", 17, [3, 5, 9]],
    ["go below a word where that is not enough", 11, [3, 4, 4]],
    ["stay above nothing where there is no room at all", 0, [1, 1, 1]],
  ])("%s", (_, room, expected) => {
    expect(
      columnWidths(
        [
          ["web", "hello", "some words  "],
          ["db", "x", ""],
        ],
        room,
        4,
      ),
    ).toEqual(expected);
  });
});

describe("a table on a terminal", () => {
  const head = ["group", "instance", "channel", "last error"];
  const rows = [
    ["web", "i-0d4b9f728d44f0d7b", "-", "-"],
    ["worker", "i-0d4b9f728d44f0d7c", "", REASON],
  ];

  test.each([60, 80, 120, 200])(
    "fits %i columns, whole words and ids first, and ends in … what is much too long",
    (width) => {
      const table = renderTable(head, rows, true, width);
      expect(widest(table)).toBeLessThanOrEqual(width);
      expect(table).toContain("i-0d4b9f728d44f0d7c");
      expect(table).toMatch(/not healthy/);
      expect(table).toContain("…");
    },
  );

  it("leaves out columns in which no row says anything, and keeps them in the plain one", () => {
    expect(renderTable(head, rows, true, 80)).not.toContain("channel");
    expect(renderTable(head, rows, false)).toContain("channel");
  });

  it("breaks what is coloured without a stray control character", () => {
    const table = renderTable(
      ["a", "b"],
      [[styleText("red", "unhealthy-for-a-long-time", { validateStream: false }), REASON]],
      true,
      24,
    );
    expect(widest(table)).toBeLessThanOrEqual(24);
    expect(stripVTControlCharacters(table)).not.toContain("[3");
  });

  it("shows a head alone, and nothing shorter than it was", () => {
    expect(stripVTControlCharacters(renderTable(["a", "b"], [], true, 80))).toBe("a  b");
    expect(stripVTControlCharacters(renderTable(["a", "b"], [["x", "y z"]], true, 80))).toBe("a  b\nx  y z");
  });
});

describe("the status of a fleet after a bad release", () => {
  const row = (instance: string, change: Partial<StatusRow> = {}) =>
    ({
      ...{ group: "web", instance, lifecycle: "InService", state: "serving", since: "2026-01-31T12:00:00Z" },
      ...{ packages: { hello: "1.1.0", "towline-agent": "0.8.0" }, health: "healthy", error: null },
      ...change,
    }) as StatusRow;
  const failed = row("i-0d4b9f728d44f0d7c", {
    lifecycle: "Terminating:Wait",
    state: "failed",
    health: "unhealthy",
    error: REASON,
  });
  const status = { rows: [row("i-0d4b9f728d44f0d7b"), failed], groups: [], absentGroups: [] };
  const at = (minutes: number) => new Date(Date.parse("2026-01-31T12:00:00Z") + minutes * 60_000);

  it("is a table within 80 columns, with the reason below it", () => {
    const [table = "", , ...reason] = statusLines("prod", status, true, at(3));
    expect(widest([table, ...reason].join("\n"))).toBeLessThanOrEqual(80);
    expect(reason.join("")).toMatch(/^web\/i-0d4b9f728d44f0d7c: not healthy within 12 s: .*…$/);
    expect(reason.length).toBe(6);
  });

  test.each([
    [0, "0 min"],
    [59, "59 min"],
    [61, "1 h 1 min"],
    [2880, "2 d"],
  ])("says for how long a host is as it is: after %i minutes, %s", (minutes, said) => {
    expect(
      stripVTControlCharacters(statusLines("prod", { ...status, rows: [row("i-1")] }, true, at(minutes))[0] ?? ""),
    ).toContain(said);
  });

  it("names a host that somebody changed by hand, and some of what was changed", () => {
    const drift = [
      "changed /opt/hello/a",
      "missing /opt/hello/b",
      "unit /etc/systemd/system/hello.service",
      "changed /x",
    ];
    const said =
      "web/i-1 was changed by hand: changed /opt/hello/a, missing /opt/hello/b, unit /etc/systemd/system/hello.service and 1 more";
    const changed = { ...status, rows: [row("i-1", { drift })] };
    expect(statusLines("prod", changed, false)).toContain(said);
    expect(statusLines("prod", changed, true).join(" ").replace(/ +/g, " ")).toContain(said);
    expect(statusLines("prod", { ...status, rows: [row("i-1")] }, false).join("")).not.toContain("by hand");
  });

  it("has every column, and the reason in its row, where programs read it", () => {
    expect(statusLines("prod", status, false)[0]).toMatch(/lifecycle +state +versions +since +health +last error/);
    expect(statusLines("prod", status, false)[0]).toMatch(/Terminating:Wait .*ValueError/);
  });
});
