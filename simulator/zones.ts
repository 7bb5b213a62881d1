/** No zone changes twice in so many seconds. */
const STEP = 6 * 3600;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The rows of the event `zones`: from when on, in seconds since the epoch, a zone is so many seconds ahead of UTC, or that it is unknown. */
export function zoneRows(zone: string, from: number, to: number): string[][] {
  let offset: (at: number) => number;
  try {
    offset = offsetOf(zone);
  } catch {
    return [[zone, "unknown"]];
  }
  let before = offset(from);
  const rows = [[zone, String(from), String(before)]];
  for (let at = from; at < to; at += STEP) {
    const next = Math.min(at + STEP, to);
    const after = offset(next);
    if (before !== after) rows.push([zone, String(change(offset, at, next)), String(after)]);
    before = after;
  }
  return rows;
}

/** The first second of (from, to] at which the distance from UTC is another. */
function change(offset: (at: number) => number, from: number, to: number): number {
  if (to - from <= 1) return to;
  const middle = Math.floor((from + to) / 2);
  return offset(middle) === offset(from) ? change(offset, middle, to) : change(offset, from, middle);
}

/** @throws RangeError for no time zone */
function offsetOf(zone: string): (at: number) => number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
    });
  formats.set(zone, format);
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at * 1000).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - at;
  };
}
