import type { Member } from "../fleet/member";
import type { Region } from "../region/region";

/** Lines of an instance's journal that tell most about a host that does not come up. */
const JOURNAL = [
  "journalctl",
  "--no-pager",
  "--lines=40",
  "--output=short-iso",
  "-t",
  "towline-install",
  "-t",
  "towline-agent",
  "-t",
  "cloud-init",
];

/** Prints what the instances say, and what went wrong. */
export async function explainFailure(region: Region, error: Error): Promise<void> {
  for (const member of region.fleet.members()) {
    console.error(`\n--- ${member.group} ${member.spec.id} (${member.lifecycle})`);
    console.error(await lastWords(member));
  }
  // Last, since a long output is read, and cut, from its end.
  console.error(`\ntowline: ${error.message}`);
}

async function lastWords(member: Member): Promise<string> {
  try {
    const said = await member.host?.exec(...JOURNAL);
    return said === undefined ? "it was not started yet" : withoutTables(said);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Without the tables of addresses and keys that cloud-init draws. */
function withoutTables(journal: string): string {
  return journal
    .split("\n")
    .filter((line) => !line.includes("ci-info: "))
    .join("\n");
}
