import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { compile } from "./jq/compile";

/** The file that hosts run. */
export const CORE_FILE = join(resolve(__dirname, ".."), "userdata/agent/usr/lib/towline/core.jq");

/** The core of an older agent: that of 0.6 knows one lease and no policy, that of 0.7 slots, but neither bake, freeze nor timeout; none knows voices. */
export function olderCoreFile(agent: "0.6" | "0.7" | "0.8" | "0.9" | "0.10"): string {
  return join(__dirname, `older/core-${agent}.jq`);
}

/** What a host tells the core: texts in rows, as the shell does. */
export interface Event {
  readonly event: string;
  readonly rows: readonly (readonly string[])[];
  /** Seconds since the epoch by the host's own clock. */
  readonly now: number;
}

/** A conversation with the core: the state it gave last. */
export class Conversation {
  state: unknown = null;
}

/** The effects to execute. */
export type Answer = readonly (readonly string[])[];

/** A step as jq gets it, and what it was answered with. */
export interface KeptStep {
  readonly input: string;
  readonly answer: string;
}

/**
 * core.jq, compiled by `jq/compile`: jq itself takes several times as long for a step with its states. That both answer alike is a test, for
 * which some of the steps are kept.
 */
export class Core {
  private readonly program: (input: unknown) => unknown[];
  /** Steps answered so far. */
  steps = 0;
  readonly kept: KeptStep[] = [];
  /** The text of the program. */
  readonly text: string;

  /**
   * @param change makes a mutant of the program. @default the program as it is
   * @param keep one step of so many is kept. @default none
   * @param file another program. @default the one that hosts run
   */
  constructor(
    change: (program: string) => string = (program) => program,
    private readonly keep = 0,
    file = CORE_FILE,
  ) {
    this.text = change(readFileSync(file, "utf8"));
    this.program = compile(this.text);
  }

  /** Goes one step on. @throws Error where the program gives no answer, or fails */
  answer(conversation: Conversation, event: Event): Answer {
    const input = { state: conversation.state, event };
    const [answer] = this.program(input) as [{ state: unknown; do: Answer }?];
    if (!answer) throw new Error(`the core has no answer to ${JSON.stringify(event)}`);
    if (this.keep > 0 && this.steps % this.keep === 0)
      this.kept.push({ input: JSON.stringify(input), answer: JSON.stringify(answer) });
    this.steps++;
    conversation.state = answer.state;
    return answer.do;
  }
}
