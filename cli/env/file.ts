import { InputError, UserError } from "../errors";
import { faultOfName, faultOfValue } from "./setting";

/** A value, and who gave it when; null where a person put it into the bucket past towline. */
export interface Setting {
  readonly value: string;
  readonly by: string | null;
  /** ISO 8601 UTC. */
  readonly at: string | null;
}

/** The settings of one package by name. */
export type Settings = ReadonlyMap<string, Setting>;

/** Longest file, in bytes. Processes get it all in their environment, for which Linux has a quarter of the stack's limit. */
const LONGEST_FILE = 262_144;

/**
 * The characters that mean something between double quotes in a file that systemd reads (systemd.exec(5),
 * EnvironmentFile=): SHELL_NEED_ESCAPE in its sources.
 */
const ESCAPED = /["\\`$]/g;

const COMMENT = /#(?: (?<name>[A-Za-z_]\w*) (?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (?<by>[^\n]+)|[^\n]*)(?:\n|$)/y;
const ASSIGNMENT = /(?<name>[^\s="#]+)="(?<quoted>[^"\\]*(?:\\["\\`$][^"\\]*)*)"[ \t]*(?:\n|$)/y;
const BLANK = /[ \t]*\n/y;

/** `NAME="value"` as systemd's EnvironmentFile= and the app's own command read it. */
export function renderAssignment(name: string, value: string): string {
  return `${name}="${value.replace(ESCAPED, "\\$&")}"`;
}

/**
 * The file of a package's settings, names in order.
 * @throws InputError when it is longer than what hosts take
 */
export function renderSettings(name: string, settings: Settings): string {
  const names = [...settings.keys()].sort();
  const lines = names.flatMap((each) => {
    const { value, by, at } = settings.get(each) as Setting;
    return [...(by === null || at === null ? [] : [`# ${each} ${at} ${oneLine(by)}`]), renderAssignment(each, value)];
  });
  const text = `# Settings of ${name}, written by towline: change them with 'towline env'.\n${lines.map((line) => `${line}\n`).join("")}`;
  const length = Buffer.byteLength(text);
  if (length <= LONGEST_FILE) return text;
  throw new InputError(
    `the settings of ${name} would have ${length} bytes, and ${LONGEST_FILE} is the most; keep large values in a file of the app's own`,
  );
}

/**
 * Reads what `renderSettings` writes.
 * @param place where the text is from, for errors
 * @throws UserError where it is something else, naming the line and nothing of it
 */
export function parseSettings(text: string, place: string): Settings {
  const settings = new Map<string, Setting>();
  let position = 0;
  let note: { name: string; at: string; by: string } | undefined;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) position = pattern.lastIndex;
    return match;
  };
  while (position < text.length) {
    if (take(BLANK) !== null) continue;
    const comment = take(COMMENT);
    if (comment !== null) {
      const { name, at, by } = comment.groups as Record<string, string | undefined>;
      note = name === undefined || at === undefined || by === undefined ? undefined : { name, at, by };
      continue;
    }
    const line = text.slice(0, position).split("\n").length;
    const { name = "", quoted = "" } = take(ASSIGNMENT)?.groups ?? {};
    const value = quoted.replaceAll(/\\(.)/g, "$1");
    if (
      name === "" ||
      faultOfName(name) !== undefined ||
      faultOfValue(name, value) !== undefined ||
      settings.has(name)
    ) {
      throw new UserError(
        `${place}: line ${line} is not what towline writes; bring an earlier version back with 'towline env history'`,
      );
    }
    const { by, at } = note?.name === name ? note : { by: null, at: null };
    settings.set(name, { value, by, at });
  }
  return settings;
}

/** systemd goes on with a comment in the next line where a backslash ends it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Noncharacter_Code_Point}\\]/gu, " ").trim() || "unknown";
}
