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
