import type { Member } from "../fleet/member";
import type { Stage } from "./stage";

/**
 * Seconds for which the hosts were out for a version of hello, all together: drain, installation, health gate and return, by the
 * agents' own journals. What a group takes beyond that is spent between two hosts.
 */
export async function turnSeconds({ staging }: Stage, version: string): Promise<number> {
  const turns = await Promise.all(staging.members().map((member) => turn(member, version)));
  return turns.reduce((sum, seconds) => sum + seconds, 0);
}

async function turn({ host }: Member, version: string): Promise<number> {
  const unit = "--unit=towline-agent-poll.service";
  const journal = await host?.exec("journalctl", "--no-pager", "--output=short-unix", unit);
  return turnIn(journal ?? "", version);
}

/** The last turn in a journal (`short-unix`) that ended with a version in service; 0 where there is none. */
export function turnIn(journal: string, version: string): number {
  let [began, seconds] = [Number.NaN, 0];
  for (const line of journal.split("\n")) {
    const [, at, said] = /^(\d+\.\d+) \S+ towline-agent\[\d+\]: (.*)$/.exec(line) ?? [];
    if (said?.startsWith("upgrading hello from ") && said.endsWith(` to ${version}`)) began = Number(at);
    if (said === `hello serves with ${version}` && !Number.isNaN(began)) seconds = Number(at) - began;
  }
  return seconds;
}
