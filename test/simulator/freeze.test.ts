import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { frozenUntil } from "../../cli/fleet/freeze";
import type { FreezeConfig } from "../../infra/config";
import { isCron } from "../../infra/config/cron";
import { Core } from "../../simulator/core";
import { compile } from "../../simulator/jq/compile";
import { answersOfJq } from "../../simulator/jq/reference";
import { Random } from "../../simulator/random";
import { zoneRows } from "../../simulator/zones";

/** Hosts and people have to agree on whether a group is frozen: the core's own words are held against the CLI's, which looks minute by minute. */
const definitions = new Core().text.split("\n.event as $event\n")[0] as string;
const FROZEN = `${definitions}
. as $in | {objects: {"rollout//policy.json": {there: true, body: {freeze: $in.freeze}}}, group: ""}
| frozen($in.rows; $in.now) | .frozen.until`;
const CRON = `${definitions}\n.[] | cron != null`;
const LIBRARY = join(__dirname, "../../userdata/agent/usr/lib/towline");
/** What tzdata-legacy alone has is left out: a host without it counts such a zone as frozen. */
const ZONES = [
  "Etc/UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "America/St_Johns",
];
/** Around the days on which these zones change, and any other. */
const CHANGES = [
  "2026-03-29",
  "2026-10-25",
  "2026-03-08",
  "2026-11-01",
  "2026-04-05",
  "2026-10-04",
  "2026-02-15",
  "2028-02-29",
];

interface Case {
  readonly freeze: readonly FreezeConfig[];
  readonly now: number;
}

function drawn(seed: number): Case {
  const random = new Random(seed * 31 + 7);
  const number = (from: number, to: number) => {
    const one = random.between(from, to);
    const kind = random.between(0, 9);
    if (kind < 2) return `${one}-${random.between(one, to)}`;
    if (kind === 2) return `${from}-${to}/${random.between(1, Math.max(1, to))}`;
    if (kind === 3) return `${one},${random.between(from, to)}`;
    return String(one);
  };
  const maybe = (text: string) => (random.chance(0.6) ? "*" : text);
  const weekday = random.chance(0.5) ? random.pick(["SUN", "mon", "Fri-SAT", "7", "0,3", "*/2"]) : number(0, 7);
  const freeze = Array.from({ length: random.between(1, 3) }, () => ({
    cron: [
      random.chance(0.1) ? "*/20" : number(0, 59),
      random.pick([number(0, 23), number(0, 3), "2"]),
      maybe(number(1, 31)),
      maybe(random.chance(0.5) ? random.pick(["MAR", "oct", "NOV,APR"]) : number(1, 12)),
      maybe(weekday),
    ].join(" "),
    timeZone: random.pick(ZONES),
    hours: random.pick([1, 2, 3, 12, 30, 168, random.between(1, 168)]),
  }));
  const now = Date.parse(`${random.pick(CHANGES)}T00:00:00Z`) / 1000 + random.between(-86_400, 2 * 86_400);
  return { freeze, now: random.chance(0.3) ? now - (now % 60) : now };
}

function rowsOf({ freeze, now }: Case): string[][] {
  const from = now - Math.max(...freeze.map(({ hours }) => hours)) * 3600;
  return [...new Set(freeze.map(({ timeZone }) => timeZone))].flatMap((zone) => zoneRows(zone, from, now));
}

const CASES = Array.from({ length: 400 }, (_, i) => drawn(i));
const inputs = CASES.map((one) => ({ ...one, rows: rowsOf(one) }));

test("a host counts a group as frozen, until the same second, as towline status does", () => {
  const theirs = CASES.map(({ freeze, now }) => {
    const until = frozenUntil(freeze, new Date(now * 1000));
    return until === undefined ? null : until.getTime() / 1000;
  });
  const program = compile(FROZEN);
  const mine = inputs.map((input) => program(input)[0]);
  expect(inputs.filter((_, i) => mine[i] !== theirs[i])).toEqual([]);
  // Neither is everything frozen, nor nothing.
  expect(theirs.filter((until) => until === null).length).toBeGreaterThan(50);
  expect(theirs.filter((until) => until !== null).length).toBeGreaterThan(50);
});

test("jq itself answers the same", async () => {
  const some = inputs.slice(0, 40);
  const program = compile(FROZEN);
  const theirs = await answersOfJq(
    FROZEN,
    some.map((input) => JSON.stringify(input)),
  );
  expect(some.map((input) => JSON.stringify(program(input)[0]))).toEqual(theirs);
});

test("a host takes for a cron expression what pulumi up does", () => {
  const texts = [
    "* * * * *",
    "*/5 8-18/2 1,15 * MON-FRI",
    "0 0 * * 7",
    "60 0 * * *",
    "0 24 * * *",
    "0 0 0 * *",
    "0 0 * 13 *",
  ];
  texts.push("0 0 * * 8", "5/2 * * * *", "5-1 * * * *", "* * * *", "* * * * * *", "", " ", "a b c d e", "1,,2 * * * *");
  texts.push(
    "1- * * * *",
    "-1 * * * *",
    "*/0 * * * *",
    "*/60 * * * *",
    "*/59 * * * *",
    "0 0 * FEB SUN-2",
    "001 * * * *",
  );
  texts.push(
    "1/ * * * *",
    "1-2/ * * * *",
    "1-2-3 * * * *",
    "1/2/3 * * * *",
    "*/2/3 * * * *",
    "0 0 * sep tue",
    "0 0 * * SEP",
  );
  expect(compile(CRON)(texts)).toEqual(texts.map(isCron));
});

test("a host's own clock data say when a zone changes", () => {
  const program = `TAB=$'\\t'; . "$1/zones.sh"; shift; for zone in "\${@:3}"; do zone_rows "$zone" "$1" "$2"; done; printf '%s\\n' "\${CORE_ROWS[@]}"`;
  const [from, to] = [Date.parse("2026-01-01T00:00:00Z") / 1000, Date.parse("2027-01-01T00:00:00Z") / 1000];
  const zones = [...ZONES, "Nowhere/Atlantis", "../../../etc/passwd"];
  const said = execFileSync("bash", ["-c", program, "zones", LIBRARY, String(from), String(to), ...zones], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  });
  const mine = zones.flatMap((zone) => zoneRows(zone, from, to)).map((row) => `${row.join("\t")}\n`);
  expect(said).toBe(mine.join(""));
});
