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

/** What a cron expression names; `either`: a day that is one of `dates` or of `weekdays` is enough. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly dates: readonly number[];
  readonly months: readonly number[];
  readonly weekdays: readonly number[];
  readonly either: boolean;
}

/** A minute of some time zone's clock; `weekday` is 0 for Sunday. */
export interface Minute {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

/** A cron expression, read once for many questions; undefined where it is none, see `isCron`. */
export function parseCron(text: string): Cron | undefined {
  return isCron(text) ? partsOf(text) : undefined;
}

/** Whether an expression names this minute. */
export function cronMatches(cron: Cron, minute: Minute): boolean {
  return cron.minutes.includes(minute.minute) && cron.hours.includes(minute.hour) && isDay(cron, minute);
}

/** As crontab(5) has it, either of the day of the month and the day of the week is enough where neither begins with `*`. */
function isDay(parts: Cron, { day, month, weekday }: Omit<Minute, "minute" | "hour">): boolean {
  const [onDate, onWeekday] = [parts.dates.includes(day), parts.weekdays.includes(weekday)];
  return (parts.either ? onDate || onWeekday : onDate && onWeekday) && parts.months.includes(month);
}

const DAY = 24 * 60;

/**
 * The longest time between two moments of a cron expression, in minutes, by a clock that is never put forward or back; infinite where
 * it names fewer than two in eight years.
 *
 * @param text five fields that `isCron` takes
 */
export function longestPause(text: string): number {
  const parts = partsOf(text);
  const times = parts.hours
    .flatMap((hour) => parts.minutes.map((minute) => hour * 60 + minute))
    .sort((one, other) => one - other);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  let longest = Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
  let before: number | undefined;
  let pauses = 0;
  for (let number = 0; number < 8 * 366; number++) {
    const date = new Date(Date.UTC(2024, 0, 1 + number));
    if (!isDay(parts, { day: date.getUTCDate(), month: date.getUTCMonth() + 1, weekday: date.getUTCDay() })) continue;
    if (before !== undefined) {
      longest = Math.max(longest, (number - before) * DAY + first - last);
      pauses++;
    }
    before = number;
  }
  return pauses === 0 ? Number.POSITIVE_INFINITY : longest;
}

/** The numbers that the fields of a right expression name. */
function partsOf(text: string): Cron {
  const fields = text.split(" ");
  const numbers = fields.map((field, index) => numbersOf(field, FIELDS[index] as Field));
  const [minutes = [], hours = [], dates = [], months = [], weekdays = []] = numbers;
  const either = [fields[2], fields[4]].every((field) => !field?.startsWith("*"));
  return { minutes, hours, dates, months, weekdays, either };
}

/** The numbers that a field of a right expression names; of the days of the week, Sunday is 0 alone. */
function numbersOf(text: string, field: Field): number[] {
  const named = text.split(",").flatMap((item) => {
    const [range = "", step = "1"] = item.split("/");
    const words = range.split("-").map((word) => numberOf(word, field) ?? field.from);
    const [from = field.from, to = from] = range === "*" ? [field.from, field.to] : words;
    return Array.from(
      { length: Math.floor((to - from) / Number(step)) + 1 },
      (_, index) => from + index * Number(step),
    );
  });
  return [...new Set(field.names === DAYS ? named.map((day) => day % 7) : named)];
}
