import { InputError } from "../errors";

/** One process type of an app. Its position decides its ports. */
export interface ProcessType {
  readonly name: string;
  /** The shell line that runs it in the foreground, or, where `control` is given, the one that starts it and ends. */
  readonly command: string;
  /** Shell lines of an app that manages its processes itself; such a process runs at most once on a host. */
  readonly control?: { readonly stop: string; readonly restart: string };
}

/** The process that serves http, and the one an app without a Procfile has. */
export const WEB = "web";

/** The first port of a process; its instance n listens on the n-th from there. */
export function firstPort(processes: readonly ProcessType[], name: string): number {
  const index = processes.findIndex((process) => process.name === name);
  if (index < 0) throw new Error(`there is no process ${name}`);
  return 6000 + 100 * index;
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
