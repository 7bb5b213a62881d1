import { InputError } from "../errors";

/** One process type of an app. */
export interface ProcessType {
  readonly name: string;
  /** The shell line that runs it in the foreground, or, where `control` is given, the one that starts it and ends. */
  readonly command: string;
  /** Shell lines of an app that manages its processes itself; such a process runs at most once on a host. */
  readonly control?: { readonly stop: string; readonly restart: string };
}

/** The process that serves http, and the one an app without a Procfile has. */
export const WEB = "web";

/** Heroku's release phase: no process, but what runs once before those of a new version. */
export const RELEASE = "release";

/** Ports of a process: one for each instance that a host may run of it. */
const PORTS = 100;

/** The processes that run and have ports, in the order of their ports: `web`, then those of the Procfile. */
export function runningProcesses(processes: readonly ProcessType[]): ProcessType[] {
  const running = processes.filter((process) => process.name !== RELEASE);
  return [...running.filter(({ name }) => name === WEB), ...running.filter(({ name }) => name !== WEB)];
}

/**
 * The first port of a process; its instance n listens on the n-th from there.
 * @param port that of the app's first process
 */
export function firstPort(port: number, processes: readonly ProcessType[], name: string): number {
  const index = runningProcesses(processes).findIndex((process) => process.name === name);
  if (index < 0) throw new Error(`there is no process ${name}`);
  return port + PORTS * index;
}

/**
 * Checks that there is a port for every instance of every process.
 * @throws InputError with the highest port to begin with
 */
export function requirePorts(path: string, port: number, processes: readonly ProcessType[]): void {
  const count = runningProcesses(processes).length;
  const highest = 65536 - PORTS * count;
  if (port <= highest) return;
  throw new InputError(
    `${path}: port: must be at most ${highest}, so that each process (${count}) has its hundred ports, ` +
      `but is ${port}`,
  );
}

/**
 * Checks that `socket: true` can be kept.
 * @throws InputError when there is no process to hand the socket to.
 */
export function requireSocketProcess(path: string, processes: readonly ProcessType[]): void {
  const web = processes.find((process) => process.name === WEB);
  if (web !== undefined && web.control === undefined) return;
  throw new InputError(
    `${path}: socket: needs a process '${WEB}' in the Procfile to hand the socket to; add one or remove 'socket'`,
  );
}
