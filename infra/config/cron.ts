/** A field of a cron expression: the numbers it takes, and the names that stand for some of them, from its first on. */
interface Field {
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** Minute, hour, day of the month, month, day of the week, of which 0 and 7 are Sunday (crontab(5)). */
const FIELDS: readonly Field[] = [
  { from: 0, to: 59, names: [] },
  { from: 0, to: 23, names: [] },
  { from: 1, to: 31, names: [] },
  { from: 1, to: 12, names: MONTHS },
  { from: 0, to: 7, names: DAYS },
];

/** True for the five fields of a Unix cron expression, as Auto Scaling's scheduled actions take them. */
export function isCron(text: string): boolean {
  const fields = text.split(" ");
  return fields.length === FIELDS.length && FIELDS.every((field, index) => isField(fields[index] ?? "", field));
}

function isField(text: string, field: Field): boolean {
  return text.split(",").every((item) => isItem(item, field));
}

/** `*`, a value or a range; of all but a single value every so many: `1-5/2`. */
function isItem(text: string, field: Field): boolean {
  const [range = "", step, ...more] = text.split("/");
  if (more.length > 0) return false;
  const bounds = range === "*" ? [field.from, field.to] : range.split("-").map((word) => numberOf(word, field));
  const [first, last = first, ...others] = bounds;
  if (first === undefined || last === undefined || others.length > 0 || bounds.includes(undefined)) return false;
  if (step !== undefined && (bounds.length < 2 || !isWithin(step, 1, field.to))) return false;
  return first <= last;
}

function numberOf(word: string, { from, to, names }: Field): number | undefined {
  const name = names.indexOf(word.toUpperCase());
  if (name >= 0) return from + name;
  return isWithin(word, from, to) ? Number(word) : undefined;
}

function isWithin(word: string, from: number, to: number): boolean {
  return /^\d{1,2}$/.test(word) && Number(word) >= from && Number(word) <= to;
}

/** A minute of some time zone's clock; `weekday` is 0 for Sunday. */
export interface Minute {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

/**
 * Whether a cron expression names this minute. As crontab(5) has it, either of the day of the month and the day of the week is
 * enough where neither begins with `*`.
 * @param text false where it is none, see `isCron`
 */
export function cronMatches(text: string, { minute, hour, day, month, weekday }: Minute): boolean {
  if (!isCron(text)) return false;
  const fields = text.split(" ");
  const has = (index: number, value: number) =>
    (fields[index] ?? "").split(",").some((item) => itemHas(item, FIELDS[index] as Field, value));
  const [inMonth, inWeek] = [has(2, day), has(4, weekday) || (weekday === 0 && has(4, 7))];
  const either = !fields[2]?.startsWith("*") && !fields[4]?.startsWith("*");
  return has(0, minute) && has(1, hour) && has(3, month) && (either ? inMonth || inWeek : inMonth && inWeek);
}

function itemHas(text: string, field: Field, value: number): boolean {
  const [range = "", step = "1"] = text.split("/");
  const bounds = range === "*" ? [field.from, field.to] : range.split("-").map((word) => numberOf(word, field) ?? -1);
  const [first = -1, last = first] = bounds;
  return value >= first && value <= last && (value - first) % Number(step) === 0;
}
