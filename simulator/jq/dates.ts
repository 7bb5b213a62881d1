import { JqError, type Value } from "./values";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** jq's broken-down time: year, month from 0, day, hour, minute, second, day of the week, day of the year. */
export function date(seconds: number): Value[] {
  const at = new Date(Math.floor(seconds) * 1000);
  const year = at.getUTCFullYear();
  const dayOfYear = Math.floor((at.getTime() - Date.UTC(year, 0, 1)) / 86_400_000);
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds() + (seconds - Math.floor(seconds))];
  return [year, at.getUTCMonth(), at.getUTCDate(), ...time, at.getUTCDay(), dayOfYear];
}

/** Times read lately: a second's is read by many hosts. */
const known = new Map<string, Value[]>();

/** What `strptime` makes of the two forms of time that hosts read. */
export function parseDate(text: string, form: string): Value[] {
  // No text is of both forms.
  const before = known.get(text);
  if (before) return before;
  if (known.size > 50_000) known.clear();
  const parsed = parsedDate(text, form);
  known.set(text, parsed);
  return parsed;
}

function parsedDate(text: string, form: string): Value[] {
  const iso = form === "%Y-%m-%dT%H:%M:%SZ";
  if (!iso && form !== "%a, %d %b %Y %H:%M:%S GMT") throw new JqError(`strptime: ${form} is not known here`);
  const match = iso
    ? /^(\d{4})-(\d\d?)-(\d\d?)T(\d\d?):(\d\d?):(\d\d?)Z$/.exec(text)
    : /^\w{3}, (\d\d?) (\w{3}) (\d{4}) (\d\d?):(\d\d?):(\d\d?) GMT$/.exec(text);
  if (!match) throw new JqError(`date "${text}" does not match format "${form}"`);
  const [, first, second, third, ...time] = match as unknown as string[];
  const [hour, minute, seconds] = time.map(Number) as [number, number, number];
  const day = iso
    ? Date.UTC(Number(first), Number(second) - 1, Number(third))
    : Date.UTC(Number(third), MONTHS.indexOf(second as string), Number(first));
  return date(day / 1000 + hour * 3600 + minute * 60 + seconds);
}
