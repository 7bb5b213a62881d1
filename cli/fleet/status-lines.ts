import { styleText } from "node:util";
import { renderTable } from "../table";
import { groupLines } from "./group-lines";
import type { StackStatus } from "./look";
import type { StatusRow } from "./status";

const HEAD = ["group", "instance", "lifecycle", "state", "versions", "since", "health", "last error"];
const COLOURS = { healthy: "green", unhealthy: "red", unknown: "yellow" } as const;

/** The hosts of a stack in a table, and below it what holds for its groups. */
export function statusLines(stack: string, { rows, groups }: StackStatus, terminal: boolean): string[] {
  const facts = groups.flatMap(groupLines);
  return [
    rows.length === 0 ? `${stack} has no instances` : renderTable(HEAD, rows.map(cells), terminal),
    ...(facts.length === 0 ? [] : ["", ...facts]),
  ];
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
  const { group, instance, lifecycle, state, health, error } = row;
  const parts = [lifecycle, state ?? "has not reported", versions(row), health, error].filter(Boolean);
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
