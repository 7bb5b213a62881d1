import { type ProcessType, WEB } from "./process";

/**
 * The lines of a process's template unit that say what it runs (systemd.service(5)).
 * @param port that of its first instance
 */
export function renderService(name: string, port: number, process: ProcessType): string {
  const start = `ExecStart=${launch(name, "start", String(port), "%i", quote(process.command))}`;
  if (process.control === undefined) return `Type=exec\n${start}\nRestart=always`;
  const shell = (line: string) => launch(name, "run", "/bin/bash", "-p", "-c", quote(line));
  // What starts may stay, or may be none of the unit's own processes; its end without an error is no reason to start again.
  return [
    "Type=forking",
    "RemainAfterExit=yes",
    start,
    `ExecReload=${shell(process.control.restart)}`,
    `ExecStop=${shell(process.control.stop)}`,
    "Restart=on-failure",
  ].join("\n");
}

/** Name of the unit that listens for the web process. */
export function socketUnit(name: string): string {
  return `${name}-${WEB}.socket`;
}

/** `text` as one argument of a command line in a unit, where `%`, `$`, quotes and backslashes have a meaning. */
export function quote(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\t", "\\t");
  return `"${escaped.replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
}

function launch(name: string, ...args: readonly string[]): string {
  return [`/usr/lib/${name}/launch`, ...args].join(" ");
}
