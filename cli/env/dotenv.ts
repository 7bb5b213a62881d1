import { InputError } from "../errors";
import { faultOfName, faultOfValue } from "./setting";

const SKIPPED = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const ASSIGNED = /[ \t]*(?:export[ \t]+)?(?<name>[^\s=#"']+)[ \t]*=/y;
const SINGLE = /[ \t]*'(?<single>[^']*)'/y;
const DOUBLE = /[ \t]*"(?<double>[^"\\]*(?:\\.[^"\\]*)*)"/sy;
/** Up to the end of the line or a comment, and no quote first. */
const PLAIN = /(?![ \t]*["'])(?<plain>(?:(?![ \t]#)[^\n])*)/y;

/** What a backslash and a character stand for between double quotes; any other two are themselves. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: "\n", r: "\r", t: "\t" },
  ...{ '"': '"', "\\": "\\", $: "$", "`": "`" },
};

/**
 * Reads `NAME=value` lines as `.env` files have them: with or without `export`, values bare (up to ` #`), in single quotes (as they
 * are) or in double quotes (with `\n`, `\"` and the like), and those in quotes over several lines. Nothing is expanded or run.
 * @param place where the text is from, for errors, which name lines and never values
 * @throws InputError for the first line that is something else or cannot be a setting
 */
export function parseDotenv(text: string, place: string): ReadonlyMap<string, string> {
  const source = text.replaceAll("\r\n", "\n");
  const values = new Map<string, string>();
  let position = 0;
  const take = (pattern: RegExp): Record<string, string | undefined> | undefined => {
    pattern.lastIndex = position;
    const match = pattern.exec(source);
    if (match === null) return undefined;
    position = pattern.lastIndex;
    return { ...match.groups };
  };
  while (position < source.length) {
    const line = source.slice(0, position).split("\n").length;
    const refuse = (fault: string) => new InputError(`${place}: line ${line}: ${fault}; nothing was imported`);
    if (take(SKIPPED) !== undefined) continue;
    const name = take(ASSIGNED)?.name;
    if (name === undefined) throw refuse("this is not NAME=value");
    const { single, double, plain = "" } = take(SINGLE) ?? take(DOUBLE) ?? take(PLAIN) ?? {};
    const value = single ?? (double === undefined ? plain.trim() : withoutEscapes(double));
    if (take(SKIPPED) === undefined) throw refuse("a quote does not end, or something stands behind the value");
    const fault = faultOfName(name) ?? faultOfValue(name, value);
    if (fault !== undefined) throw refuse(fault);
    if (values.has(name)) throw refuse(`${name} was set before in this file`);
    values.set(name, value);
  }
  return values;
}

function withoutEscapes(quoted: string): string {
  return quoted.replaceAll(/\\(.)/gs, (both, character: string) => ESCAPES[character] ?? both);
}
