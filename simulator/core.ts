import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** The file that hosts run. */
export const CORE_FILE = join(resolve(__dirname, ".."), "userdata/agent/usr/lib/towline/core.jq");

/** What a host tells the core: texts in rows, as the shell does. */
export interface Event {
  readonly event: string;
  readonly rows: readonly (readonly string[])[];
  /** Seconds since the epoch by the host's own clock. */
  readonly now: number;
}

/** One step of a conversation. */
export interface Step {
  readonly state: unknown;
  readonly event: Event;
}

/** What the core answers: the state for the next step, and the effects to execute. */
export interface Answer {
  readonly state: unknown;
  readonly do: readonly (readonly string[])[];
}

/** core.jq in one process of jq that answers batches of steps; starting jq costs as much as some hundred of them. */
export class Core {
  private readonly jq: ChildProcess;
  private readonly waiting: { resolve(answers: Answer[]): void; reject(error: Error): void }[] = [];
  private said = "";
  /** Steps answered so far. */
  steps = 0;

  /** @param change makes a mutant of the program. @default the program as it is */
  constructor(change: (program: string) => string = (program) => program) {
    const program = change(readFileSync(CORE_FILE, "utf8"));
    this.jq = spawn("jq", ["-c", "--unbuffered", `map(\n${program}\n)`], { stdio: ["pipe", "pipe", "pipe"] });
    createInterface({ input: this.jq.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.waiting.shift()?.resolve(JSON.parse(line) as Answer[]);
    });
    this.jq.stderr?.on("data", (chunk) => (this.said += chunk));
    this.jq.stdin?.on("error", () => undefined);
    this.jq.on("close", () => {
      for (const one of this.waiting.splice(0)) one.reject(new Error(`core.jq ended: ${this.said.slice(0, 500)}`));
    });
  }

  /** The answers to steps, in their order. */
  ask(steps: readonly Step[]): Promise<Answer[]> {
    this.steps += steps.length;
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.jq.stdin?.write(`${JSON.stringify(steps)}\n`);
    });
  }

  close(): void {
    this.jq.stdin?.end();
  }
}
