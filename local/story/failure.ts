import type { Member } from "../fleet/member";
import type { Region } from "../region/region";

/** Lines of an instance's journal that tell most about a host that does not come up. */
const JOURNAL = [
  "journalctl",
  "--no-pager",
  "--lines=25",
  "--output=short-iso",
  "-t",
  "towline-install",
  "-t",
  "towline-agent",
  "-t",
  "cloud-init",
];

/** Prints what went wrong and what the instances say about it. */
export async function explainFailure(region: Region, error: Error): Promise<void> {
  console.error(`\ntowline: ${error.message}`);
  for (const member of region.fleet.members()) {
    console.error(`\n--- ${member.group} ${member.spec.id} (${member.lifecycle})`);
    console.error(await lastWords(member));
  }
}

function lastWords(member: Member): Promise<string> {
  const said = member.host?.exec(...JOURNAL) ?? Promise.resolve("it was not started yet");
  return said.catch((error: Error) => error.message);
}
