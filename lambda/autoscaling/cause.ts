import { reasonFor } from "./reasons";

/** How many instances a group had and has. */
export interface Capacity {
  readonly before: number;
  readonly after: number;
}

/** What the `Cause` of an Auto Scaling activity says. */
export interface Cause {
  /** Absent where the text has no numbers, as in replacements. */
  readonly capacity?: Capacity;
  /** A clause without a full stop, as a person would say it; AWS's own words where we do not know them. */
  readonly reason?: string;
  /** Whether an instance had to go because it was not well. */
  readonly unhealthy: boolean;
}

/**
 * Reads a Cause: sentences that begin with a time, the trigger first and what followed from it after. AWS documents no
 * grammar, so anything unknown is passed on in its own words.
 */
export function parseCause(text: string): Cause {
  const statements = text
    .split(/\s+(?=At \d{4}-\d\d-\d\d)/)
    .map((statement) => statement.replace(/^At \d{4}-\d\d-\d\d[T ][\d:.]+Z,?\s+/, "").replace(/[.\s]+$/, ""))
    .filter((statement) => statement !== "");
  return { capacity: parseCapacity(text), ...chooseReason(statements) };
}

/** What became of the actual capacity says more than what was desired; the last statement is the one that led here. */
function parseCapacity(text: string): Capacity | undefined {
  const actual = [...text.matchAll(/(?:increasing|shrinking) the capacity from (\d+) to (\d+)/g)];
  const desired = [...text.matchAll(/desired capacity from (\d+) to (\d+)/g)];
  const last = actual.at(-1) ?? desired.at(-1);
  return last && { before: Number(last[1]), after: Number(last[2]) };
}

function chooseReason(statements: readonly string[]): Pick<Cause, "reason" | "unhealthy"> {
  const readings = statements.map((statement) => ({ statement, ...reasonFor(statement) }));
  const trigger = readings.findLast(({ role }) => role === "trigger");
  if (trigger) return { reason: trigger.words, unhealthy: trigger.unhealthy ?? false };

  const unknown = readings.filter(({ role }) => role === undefined).map(({ statement }) => statement);
  if (unknown.length > 0) return { reason: unknown.join("; "), unhealthy: false };
  return { reason: readings.find(({ words }) => words !== undefined)?.words, unhealthy: false };
}
