import { fitted } from "../shown-text";
import { renderTable } from "../table";
import { timestamp } from "../time";
import type { GroupStory } from "./story";

const HEAD = ["at", "after", "what", "host", "took", "why"];

/** What is known of a version's way through a group, for people. On a terminal the time of the first line stands above, from which the others count. */
export function storyLines(stack: string, { group, events, unknown }: GroupStory, terminal: boolean): string[] {
  const rows = events.map(({ at, after, what, instance, seconds, detail }) => [
    at,
    `${after} s`,
    what,
    instance || "-",
    seconds === null ? "-" : `${seconds} s`,
    detail.split("\n", 1)[0] || "-",
  ]);
  const rest = unknown.length === 0 ? [] : [`Not known, or not any more: ${unknown.join("; ")}.`];
  const [first] = events;
  const zero = terminal && first !== undefined ? `, after ${timestamp(Date.parse(first.at) - first.after * 1000)}` : "";
  const table = terminal
    ? renderTable(
        HEAD.slice(1),
        rows.map((row) => row.slice(1)),
        true,
      )
    : renderTable(HEAD, rows, false);
  return [
    `${stack}/${group}${zero}:`,
    ...(rows.length === 0 ? ["nothing is known"] : [table]),
    ...(terminal ? fitted(rest) : rest),
    "",
  ];
}
