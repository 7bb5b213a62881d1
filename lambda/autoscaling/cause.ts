import { type DescribeAlarm, type Kind, reasonFor } from "./reasons";

/** AWS's are at most 1023 characters. Anything may stand in a message, and must not keep the patterns busy for long. */
const LONGEST = 4000;

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
  readonly kind: Kind;
  /** What set it off, with its time: the same for all instances of one scale event. */
  readonly origin: string;
}

/**
 * Reads a Cause: sentences that begin with a time, the trigger first and what followed from it after. AWS documents no
 * grammar, so anything unknown is passed on in its own words.
 *
 * @param describe says what the alarms named in it watch for
 */
export function parseCause(text: string, describe: DescribeAlarm = () => undefined): Cause {
  const readings = text
    .slice(0, LONGEST)
    .split(/\s+(?=At \d{4}-\d\d-\d\d)/)
    .map((sentence) => ({ sentence, statement: statementOf(sentence) }))
    .filter(({ statement }) => statement !== "")
    .map((spoken) => ({ ...spoken, ...reasonFor(spoken.statement, describe) }));

  const trigger = readings.findLast(({ role }) => role === "trigger");
  const unknown = readings.filter(({ role }) => role === undefined).map(({ statement }) => statement);
  const causes = readings.filter(({ role }) => role !== "consequence");
  return {
    capacity: parseCapacity(text),
    reason: trigger?.words ?? (unknown.length > 0 ? unknown.join("; ") : readings.find(({ words }) => words)?.words),
    kind: trigger?.kind ?? "scale",
    origin: (causes.length > 0 ? causes : readings).map(({ sentence }) => sentence).join(" "),
  };
}

function statementOf(sentence: string): string {
  return sentence.replace(/^At \d{4}-\d\d-\d\d[T ][\d:.]+Z,?\s+/, "").replace(/[.\s]+$/, "");
}

/** What became of the actual capacity says more than what was desired; the last statement is the one that led here. */
function parseCapacity(text: string): Capacity | undefined {
  const actual = [...text.matchAll(/(?:increasing|shrinking) the capacity from (\d+) to (\d+)/g)];
  const desired = [...text.matchAll(/desired capacity from (\d+) to (\d+)/g)];
  const last = actual.at(-1) ?? desired.at(-1);
  return last && { before: Number(last[1]), after: Number(last[2]) };
}
