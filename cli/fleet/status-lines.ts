import { styleText } from "node:util";
import { fitted, MOST_LINES } from "../shown-text";
import { renderTable } from "../table";
import { groupLines } from "./group-lines";
import type { StackStatus } from "./look";
import type { StatusRow } from "./status";

const HEAD = ["group", "instance", "lifecycle", "state", "versions", "since", "health", "last error"];
const SHORT_HEAD = ["group", "instance", "state", "versions", "for", "health"];
const COLOURS = { healthy: "green", unhealthy: "red", unknown: "yellow" } as const;

/**
 * The hosts of a stack in a table, and below it their errors, where they have any, and what holds for its groups. On a terminal the table is one
 * that 80 columns are enough for.
 */
export function statusLines(
  stack: string,
  { rows, groups }: StackStatus,
  terminal: boolean,
  now: Date = new Date(),
): string[] {
  const shown = (lines: readonly string[]) => (terminal ? fitted(lines, undefined, MOST_LINES) : lines);
  const facts = shown(groups.flatMap(groupLines));
  const errors = [...(terminal ? shown(rows.flatMap(errorLine)) : []), ...shown(rows.flatMap(driftLine))];
  const table = terminal
    ? renderTable(
        SHORT_HEAD,
        rows.map((row) => shortCells(row, now)),
        true,
      )
    : renderTable(HEAD, rows.map(cells), false);
  return [
    rows.length === 0 ? `${stack} has no instances` : table,
    ...(errors.length === 0 ? [] : ["", ...errors]),
    ...(facts.length === 0 ? [] : ["", ...facts]),
  ];
}

function shortCells(row: StatusRow, now: Date): string[] {
  const { lifecycle, state, since } = row;
  return [
    row.group,
    row.instance,
    // What it says of itself is what it is, as long as it is in service.
    lifecycle === "InService" ? (state ?? "-") : `${lifecycle}${state ? `, ${state}` : ""}`,
    versions(row) || "-",
    since ? age(now.getTime() - Date.parse(since)) : "-",
    styleText(COLOURS[row.health], row.health),
  ];
}

function errorLine({ group, instance, error }: StatusRow): string[] {
  return error ? [`${group}/${instance}: ${error.split("\n", 1)[0]}`] : [];
}

/** What of a host is named here; --json has all. */
const DRIFT_NAMED = 3;

function driftLine({ group, instance, drift = [] }: StatusRow): string[] {
  if (drift.length === 0) return [];
  const more = drift.length > DRIFT_NAMED ? ` and ${drift.length - DRIFT_NAMED} more` : "";
  return [`${group}/${instance} was changed by hand: ${drift.slice(0, DRIFT_NAMED).join(", ")}${more}`];
}

/** Milliseconds as the two largest units that people count in: "3 h 12 min". */
function age(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60)];
  if (days > 1) return `${days} d`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

/** What is another than at the look before, a line each: hosts as they are now, what holds for a group now, and what no longer does. */
export function changedLines(before: StackStatus, now: StackStatus): string[] {
  const hosts = (status: StackStatus) =>
    new Map(status.rows.map((row) => [`${row.group}/${row.instance}`, hostLine(row)]));
  const facts = (status: StackStatus) => status.groups.flatMap(groupLines);
  const [were, are, held, hold] = [hosts(before), hosts(now), facts(before), facts(now)];
  return [
    ...[...are].flatMap(([key, line]) => (were.get(key) === line ? [] : [line])),
    ...[...were.keys()].flatMap((key) => (are.has(key) ? [] : [`${key} is gone`])),
    ...hold.filter((line) => !held.includes(line)),
    ...held.filter((line) => !hold.includes(line)).map((line) => `no longer: ${line}`),
  ];
}

function hostLine(row: StatusRow): string {
  const { group, instance, lifecycle, state, health, error, drift = [] } = row;
  const hand = drift.length === 0 ? "" : `changed by hand: ${drift.join(", ")}`;
  const parts = [lifecycle, state ?? "has not reported", versions(row), health, error, hand].filter(Boolean);
  return `${group}/${instance}: ${parts.join(", ")}`;
}

function cells(row: StatusRow): string[] {
  return [
    row.group,
    row.instance,
    row.lifecycle,
    row.state ?? "-",
    versions(row) || "-",
    row.since ?? "-",
    styleText(COLOURS[row.health], row.health),
    row.error ?? "-",
  ];
}

function versions({ packages }: StatusRow): string {
  return Object.entries(packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}
