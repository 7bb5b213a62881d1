const MINUTE = 60_000;

/** "12 s", "3 min", "2 h 5 min", "4 d": how long it is. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (seconds < 60) return `${seconds} s`;
  if (hours < 1) return `${minutes} min`;
  return days < 2 ? `${hours} h ${minutes % 60} min` : `${days} d`;
}

/** "3 min ago", "in 4 d"; '' for what is no time. @param now the moment of the look */
export function ago(at: string | null, now: string): string {
  const difference = Date.parse(now) - Date.parse(at ?? "");
  if (Number.isNaN(difference)) return "";
  return difference < -MINUTE / 60 ? `in ${span(-difference)}` : `${span(difference)} ago`;
}
