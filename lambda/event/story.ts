import { shortenArns } from "../aws/arn";
import { line } from "../line";
import type { Findings } from "./findings";

/** Values that are told of an event in which little else was found. */
const MAX_VALUES = 8;
/** What every kind of event ends in, and what every subject says. */
const PADDING =
  / ((State|Status)[- ]Change( (Notification|Event))?|Notification Message)$|(?<=\S \S+) (Message|Notification|Event)$|^Notification (from|-) /gi;

/**
 * Tells what was found of an event on one line, each thing once.
 *
 * @param kind the subject or the kind of event
 * @returns an empty text where there is nothing to tell
 */
export function tellFindings(kind: string | undefined, findings: Findings): string {
  const { which, state, what = "" } = findings;
  const title = withoutBeginning(titleOf(kind ?? findings.sender), what);
  const named = which === undefined || says(title, which) || says(what, which) ? title : `${title} ${which}`.trim();
  const stated = state === undefined || says(title, state) || says(what, state) ? "" : state;
  const told = says(title, what) ? "" : what;
  const isLittle = [which, state, what || undefined].filter((found) => found !== undefined).length < 2;
  const parts = [named, stated, told, isLittle ? listed(findings, `${named} ${told}`) : ""].filter(
    (part) => part !== "",
  );
  const [first, second, third] = parts;
  return line`${first}${second && `: ${second}`}${third && `: ${third}`}`;
}

/** @returns a kind of event or a subject without what says nothing */
export function titleOf(name = ""): string {
  return shortenArns(name.slice(0, 1000)).replace(PADDING, "").trim();
}

/** Subjects are cut to 100 characters, and may end in the beginning of what is told. */
function withoutBeginning(title: string, what: string): string {
  const cut = title.match(/^(.*)\.{3}$/)?.[1];
  if (cut === undefined) return title;
  const start = [...cut].findIndex((_, index) => what.startsWith(cut.slice(index)));
  return start < 0 || cut.length - start < 10 ? title : cut.slice(0, start).replace(/[\s:-]+$/, "");
}

function listed({ entries }: Findings, told: string): string {
  const others = entries.filter(({ value }) => !says(told, shortenArns(value))).slice(0, MAX_VALUES);
  return others.map(({ key, value }) => `${key}: ${shortenArns(value)}`).join(", ");
}

function says(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
