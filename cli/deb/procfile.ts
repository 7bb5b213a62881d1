import { InputError } from "../errors";
import { type ProcessType, RELEASE } from "./process";

// foreman's names, but for those that look like an option.
const LINE = /^([A-Za-z0-9_][A-Za-z0-9_-]*):\s*(\S.*)$/;

/**
 * Reads a Procfile: one `name: command` a line; blank lines and lines that start with `#` are ignored.
 * @param path only for messages
 * @throws InputError with the line when one is malformed, a name repeats or there is no process at all.
 */
export function parseProcfile(path: string, text: string): ProcessType[] {
  const processes: ProcessType[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, command] = LINE.exec(line) ?? [];
    if (name === undefined || command === undefined) {
      throw new InputError(
        `${path}:${index + 1}: '${line}' is not 'name: command' with a name of letters, digits, '-' and '_'`,
      );
    }
    if (processes.some((process) => process.name === name)) {
      throw new InputError(`${path}:${index + 1}: the process '${name}' is there twice; give each its own name`);
    }
    processes.push({ name, command });
  }
  if (processes.every(({ name }) => name === RELEASE)) {
    const but = processes.length === 0 ? "" : ` but ${RELEASE}`;
    throw new InputError(`${path}: holds no process${but}; add a line such as 'web: python3 server.py'`);
  }
  return processes;
}
