import type { Member } from "../fleet/member";
import { waitFor } from "../region/wait";
import { buildOtherAgent, towline } from "./packages";
import { elapsed, installed } from "./rollout";
import { type Note, ROLLOUT_SIZE, type Stage } from "./stage";
import { Client, noFailures } from "./traffic";

const AGENT = "towline-agent";
/** Versions higher than the project's own. */
const [GOOD, UNREADABLE, MUTE] = ["90.1.0", "90.2.0", "90.3.0"];
/** In place of the ten minutes that the guard leaves a new agent. */
const LIMIT = "[Timer]\nOnActiveSec=\nOnActiveSec=60s\n";

/** The agent is upgraded like any package; one that is broken reaches one host, and is gone there. */
export async function tellOfAgents(stage: Stage): Promise<void> {
  const { progress } = stage;
  await progress.step(`towline-agent ${GOOD} reaches every host`, (note) => upgradeAgent(stage, note));
  await progress.step(
    `towline-agent ${UNREADABLE}, whose poll.sh does not parse, reaches one host and goes back`,
    (note) => breakAgent(stage, note, UNREADABLE, (code) => code.replace("poll_main() {", "poll_main() {{ if")),
  );
  await progress.step(`towline-agent ${MUTE}, all of whose polls die, reaches one host, whose guard ends it`, (note) =>
    breakAgent(stage, note, MUTE, (code) => code.replace("  paths_prepare\n", '  die 1 "this agent does not poll"\n')),
  );
}

async function publish({ region }: Stage, deb: string): Promise<number> {
  await towline(region, "publish", "--stack", "staging", deb);
  return Date.now();
}

async function version({ host }: Member): Promise<string> {
  const shown = await host?.exec("dpkg-query", "--show", AGENT);
  return shown?.trim().split("\t")[1] ?? "";
}

/** Waits until all hosts have a version of the agent, and nobody is out. */
async function everyAgent({ staging }: Stage, wanted: string): Promise<void> {
  const all = async () => (await Promise.all(staging.members().map(version))).every((found) => found === wanted);
  await waitFor(`every host to have ${AGENT} ${wanted}`, all, { interval: 1000 });
  const free = async () => (await staging.rollout("lease.json"))?.holder === "";
  await waitFor("the last host to end its turn", free, { interval: 500 });
}

async function upgradeAgent(stage: Stage, note: Note): Promise<void> {
  const client = new Client(stage.staging.address);
  const since = await publish(stage, await buildOtherAgent(stage.region, GOOD));
  await everyAgent(stage, GOOD);
  note(`all ${ROLLOUT_SIZE} after ${elapsed(since)}`);
  note(noFailures(await client.stop()));
}

async function breakAgent(stage: Stage, note: Note, broken: string, edit: (code: string) => string): Promise<void> {
  const { region, staging } = stage;
  const client = new Client(staging.address);
  await Promise.all(staging.members().map(shortenLimit));
  const since = await publish(stage, await buildOtherAgent(region, broken, { file: "poll.sh", edit }));
  const bad = async () => (await staging.verdict(`${AGENT}=${broken}`)) === "bad";
  await waitFor(`${AGENT} ${broken} to be found bad`, bad, { interval: 1000 });
  note(`found bad after ${elapsed(since)}: ${(await staging.rollout(`verdicts/${AGENT}/${broken}.json`))?.reason}`);
  await everyAgent(stage, GOOD);
  note(`gone after ${elapsed(since)}`);
  const hosts = await installed(stage, AGENT, broken);
  if (hosts !== 1) throw new Error(`${broken} was installed on ${hosts} hosts, not one`);
  await staging.serves(await running(stage), ROLLOUT_SIZE, 1000);
  note(noFailures(await client.stop()));
}

/** A setting of the machine's, not of the agent's. */
async function shortenLimit({ host }: Member): Promise<void> {
  const folder = "/etc/systemd/system/towline-agent-guard.timer.d";
  await host?.exec(
    "sh",
    "-c",
    'mkdir -p "$0" && printf %s "$1" >"$0/limit.conf" && systemctl daemon-reload',
    folder,
    LIMIT,
  );
}

/** The version of hello that the hosts have. */
function running({ staging }: Stage): Promise<string> {
  return staging.packageVersion("hello");
}
