import type { Member } from "../fleet/member";
import { waitFor } from "../region/wait";
import { buildAgent, buildHello, towline } from "./packages";
import { tellOfAgents } from "./rollout-agents";
import { tellOfFaults } from "./rollout-faults";
import { type Note, ROLLOUT_SIZE, type Stage } from "./stage";
import { Client, noFailures } from "./traffic";
import { turnSeconds } from "./turns";

/** Rollouts of a larger group, and what goes wrong in the middle of them. @throws Error at the first promise that does not hold. */
export async function tellRollout(stage: Stage): Promise<void> {
  const { progress } = stage;
  await progress.step(
    `hello 1.0.0 and the agent are published; ${ROLLOUT_SIZE} hosts boot and find both good`,
    (note) => begin(stage, note),
  );
  await progress.step("hello 1.1.0 reaches every host", (note) => upgrade(stage, note));
  await progress.step("hello 1.3.0 supersedes 1.2.0 while hosts wait, which skip it", (note) => supersede(stage, note));
  await progress.step("hello 1.3.0, which was found good, is rejected: every host goes back to 1.2.0", (note) =>
    recall(stage, note),
  );
  await tellOfAgents(stage);
  await tellOfFaults(stage);
}

/** Publishes a version of hello. @returns when it was there, as Date.now() has it */
export async function publishHello({ region }: Stage, version: string, built?: string): Promise<number> {
  await towline(region, "publish", "--stack", "staging", built ?? (await buildHello(region, version)));
  return Date.now();
}

/** Waits until every host answers with a version. @returns the sentence that says how long that took */
export async function everyHost(stage: Stage, version: string, since: number): Promise<string> {
  const { staging } = stage;
  await waitFor(`a host to answer hello ${version}`, async () => (await staging.running(version)).length > 0, {
    interval: 500,
  });
  const first = elapsed(since);
  await staging.serves(version, ROLLOUT_SIZE, 1000);
  const all = elapsed(since);
  const turns = (await turnSeconds(stage, version)).toFixed(1);
  return `hello ${version}: the first host after ${first}, all ${ROLLOUT_SIZE} after ${all}, in turns of ${turns} s together`;
}

export function elapsed(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

async function begin(stage: Stage, note: Note): Promise<void> {
  const { region, staging } = stage;
  const packages = await Promise.all([buildAgent(region), buildHello(region, "1.0.0")]);
  await towline(region, "publish", "--stack", "staging", ...packages);
  await staging.serves("1.0.0", ROLLOUT_SIZE, 1000);
  const boots = staging.members().map(({ inServiceAt = Number.NaN, launchedAt }) => (inServiceAt - launchedAt) / 1000);
  note(`from launch to in service in ${Math.min(...boots).toFixed(1)} to ${Math.max(...boots).toFixed(1)} s`);
  const agent = await staging.packageVersion("towline-agent");
  await towline(region, "nudge", "--stack", "staging");
  for (const release of ["hello=1.0.0", `towline-agent=${agent}`]) {
    const good = async () => (await staging.verdict(release)) === "ok";
    await waitFor(`${release} to be found good`, good, { interval: 500 });
  }
}

async function upgrade(stage: Stage, note: Note): Promise<void> {
  const client = new Client(stage.staging.address);
  note(await everyHost(stage, "1.1.0", await publishHello(stage, "1.1.0")));
  note(noFailures(await client.stop()));
}

async function supersede(stage: Stage, note: Note): Promise<void> {
  const { staging, region } = stage;
  const client = new Client(staging.address);
  const next = await buildHello(region, "1.3.0");
  await publishHello(stage, "1.2.0");
  const good = async () => (await staging.verdict("hello=1.2.0")) === "ok";
  await waitFor("1.2.0 to be found good", good, { interval: 250 });
  note(await everyHost(stage, "1.3.0", await publishHello(stage, "1.3.0", next)));
  const had = await installed(stage, "hello", "1.2.0");
  if (had >= ROLLOUT_SIZE / 2) throw new Error(`${had} of ${ROLLOUT_SIZE} hosts took 1.2.0 before 1.3.0`);
  note(`${had} of ${ROLLOUT_SIZE} hosts had taken 1.2.0 before`);
  note(noFailures(await client.stop()));
}

async function recall(stage: Stage, note: Note): Promise<void> {
  const client = new Client(stage.staging.address);
  const why = ["--reason", "loses sessions"];
  note(await towline(stage.region, "reject", "hello=1.3.0", "--stack", "staging", ...why));
  note(`recall to ${await everyHost(stage, "1.2.0", Date.now())}`);
  note(noFailures(await client.stop()));
}

/** How many hosts have ever installed a version, by dpkg's own log. */
export async function installed({ staging }: Stage, name: string, version: string): Promise<number> {
  const count = 'grep --count --extended-regexp "$0" /var/log/dpkg.log || [ $? = 1 ]';
  const ask = ({ host }: Member) => host?.exec("sh", "-c", count, `status installed ${name}:[a-z0-9]+ ${version}$`);
  const found = await Promise.all(staging.members().map(ask));
  return found.filter((count) => Number(count) > 0).length;
}
