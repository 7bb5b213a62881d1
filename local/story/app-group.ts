import { stringify } from "yaml";
import type { AppDescription } from "../../cli/deb/describe";

/** A section of a stack's file, as a person would write it. */
export type GroupSection = Readonly<Record<string, unknown>>;

/** The group that runs an app: one of each process, behind the load balancer where it has a process `web`. */
export function appGroup({ name, processes, port }: AppDescription, healthPath: string): GroupSection {
  return {
    packages: [name],
    processes: { [name]: processes.map((process) => `${process}=1`).join(" ") },
    size: { min: 2, max: 4 },
    // What the app may need to answer for the first time.
    health: { timeout: 60 },
    ...(port !== undefined && { http: { port, healthPath } }),
  };
}

/** The lines of `Pulumi.<stack>.yaml` that hold it. */
export function groupLines(group: string, section: GroupSection): string[] {
  const indented = stringify({ config: { "towline:groups": { [group]: section } } });
  return indented.trimEnd().split("\n");
}
