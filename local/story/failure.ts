import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Member } from "../fleet/member";
import { place } from "../region/place";
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

/** Characters kept of each log: its end. */
const KEPT = 1_000_000;

/** Prints what the instances say, where all logs lie, and what went wrong. */
export async function explainFailure(region: Region, error: Error): Promise<void> {
  // The host concerned is most likely one that does not serve: those come last, since a long output is read, and cut, from its end.
  const serves = (member: Member) => Number(member.lifecycle === "InService");
  const members = region.fleet.members().sort((one, other) => serves(other) - serves(one));
  for (const member of members) {
    console.error(`\n--- ${member.group} ${member.spec.id} (${member.lifecycle})`);
    console.error(await lastWords(member));
  }
  console.error(`\nLogs, until the next failure: ${await keepLogs(region)}`);
  console.error(`\ntowline: ${error.message}`);
}

/** Copies the logs of the hosts and services to where they outlive the region; returns the folder. */
async function keepLogs(region: Region): Promise<string> {
  const folder = place.cache(`logs-${place.number()}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const services = (await readdir(place.file())).filter((name) => name.endsWith(".log"));
  for (const name of services) {
    const said = await readFile(place.file(name), "utf8");
    await writeFile(join(folder, name), said.slice(-KEPT));
  }
  for (const { host, spec } of region.fleet.members()) {
    const journal = await host
      ?.exec("journalctl", "--no-pager", "--output=short-iso")
      .catch((gone: Error) => gone.message);
    await writeFile(join(folder, `${spec.id}.log`), (journal ?? "").slice(-KEPT));
  }
  return folder;
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
