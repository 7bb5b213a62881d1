import { spawn } from "node:child_process";

/** What one run of a command takes, in milliseconds. */
export interface Cost {
  readonly wall: number;
  /** User and system time, children included. */
  readonly cpu: number;
}

export interface Command {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Rounds {
  readonly rounds: number;
  /** Runs of each command in a row; more than one where a run is shorter than the clocks are good for. @default 1 */
  readonly runs?: number;
}

/** Bash's own clock, since Node.js has none for the CPU time of children. A failed run ends the measurement. */
const SCRIPT = `set -e
TIMEFORMAT='%R %U %S' runs=$1
shift
exec 3>&2
time for ((run = 0; run < runs; run++)); do "$@" >/dev/null 2>&3; done`;

/**
 * Runs commands in turn, so that what else the machine does falls on all of them alike.
 * @returns the median of each over all rounds
 * @throws Error with what a command wrote when it fails
 */
export async function measure<Name extends string>(
  commands: Readonly<Record<Name, Command>>,
  { rounds, runs = 1 }: Rounds,
): Promise<Record<Name, Cost>> {
  const names = Object.keys(commands) as Name[];
  const costs = new Map<Name, Cost[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) costs.get(name)?.push(await cost(commands[name], runs));
  }
  const middle = (of: Name, key: keyof Cost) => median((costs.get(of) ?? []).map((one) => one[key]));
  const entries = names.map((name) => [name, { wall: middle(name, "wall"), cpu: middle(name, "cpu") }]);
  return Object.fromEntries(entries) as Record<Name, Cost>;
}

function cost({ command, env }: Command, runs: number): Promise<Cost> {
  const child = spawn("bash", ["-c", SCRIPT, "bash", String(runs), ...command], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const [wall = 0, user = 0, system = 0] = (said.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
      if (code !== 0) reject(new Error(`${command.join(" ")}: exit code ${code}: ${said}`));
      else resolve({ wall: (wall * 1000) / runs, cpu: ((user + system) * 1000) / runs });
    });
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** `12.3 ms (1.65 × curl's 7.5 ms)` */
export function compared(value: number, others: Readonly<Record<string, number>> = {}): string {
  const ratios = Object.entries(others).map(([name, other]) => `${(value / other).toFixed(2)} × ${name} ${ms(other)}`);
  return `${ms(value)}${ratios.length > 0 ? ` (${ratios.join(", ")})` : ""}`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
