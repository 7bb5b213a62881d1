import { execFile, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

/** A command ended with another exit code than 0; the message holds the command and the last lines it wrote. */
export class CommandError extends Error {
  constructor(
    command: string,
    readonly exitCode: number | string | null | undefined,
    readonly stdout: string,
    stderr: string,
  ) {
    super(`${command}: exit code ${exitCode}: ${(stderr || stdout).trim().split("\n").slice(-8).join("\n")}`);
  }
}

export interface RunOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What the command reads from its standard input. @default nothing */
  readonly input?: string;
}

/**
 * Runs a command without a shell and returns what it wrote to standard output.
 * @throws CommandError when it exits with another code than 0.
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const settings = { env: { ...process.env, ...options.env }, cwd: options.cwd, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(command, args, settings, (error, stdout, stderr) => {
      if (error) reject(new CommandError([command, ...args].join(" "), error.code, stdout, stderr));
      else resolve(stdout);
    });
    child.stdin?.end(options.input);
  });
}

/** A long-running child of the region; the kernel ends it with the region's PID namespace. */
export interface Daemon {
  readonly pid: number;
  /** Resolves when the process has ended, with its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly log: string;
  /** Sends a signal; does nothing once the process has ended, whoever has its number by then. */
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a process that stays, its output in a log file.
 * @param env added to this process's environment
 * @throws Error when it cannot be started
 */
export async function daemon(
  command: string,
  args: readonly string[],
  log: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Daemon> {
  const out = openSync(log, "a", 0o600);
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", out, out] });
  closeSync(out);
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  return { pid: child.pid as number, ended, log, kill: (signal) => void child.kill(signal) };
}

/** Starts a process that the region cannot do without: says so, with its last words, should it ever end. */
export async function service(command: string, args: readonly string[], log: string): Promise<Daemon> {
  const started = await daemon(command, args, log);
  const report = async () => {
    const said = (await readFile(log, "utf8")).trim().split("\n").slice(-8).join("\n");
    console.error(`towline: ${basename(command)} has ended, and the local region cannot go on without it: ${said}`);
  };
  started.ended.then(report).catch((error: Error) => console.error(`towline: ${command}: ${error.message}`));
  return started;
}
