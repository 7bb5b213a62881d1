import { waitFor } from "../region/wait";
import type { Environment } from "./environment";
import { buildAgent, buildBrokenHello, buildHello, towline } from "./packages";
import type { Note, Stage } from "./stage";
import { Client, noFailures } from "./traffic";

/** What every story begins with: staging runs the first release. @throws Error at the first promise that does not hold. */
export async function beginStory(stage: Stage): Promise<void> {
  const { progress } = stage;
  await progress.step("hello 1.0.0 is built and published to staging, signed", (note) => publishFirst(stage, note));
  await progress.step("staging's instances boot, prove healthy and answer hello 1.0.0", (note) =>
    bootStaging(stage, note),
  );
}

/** The main story: a release on its way through two environments, and back from a mistake. @throws Error at the first promise that does not hold. */
export async function tellStory(stage: Stage): Promise<void> {
  const { progress } = stage;
  await progress.step("the same packages go to prod, whose instances are waiting for them", () => promoteFirst(stage));
  await progress.step(
    "hello 1.1.0 is published: the bucket's own event brings it to staging's hosts, no request fails",
    (note) => upgradeStaging(stage, note),
  );
  await Promise.all([
    progress.beside("a broken hello 1.2.0 goes back by itself, and staging keeps answering", (note) =>
      breakStaging(stage, note),
    ),
    tellOfProd(stage),
  ]);
}

/** Beside what happens in staging meanwhile. */
async function tellOfProd(stage: Stage): Promise<void> {
  const { progress } = stage;
  await progress.beside("hello 1.1.0 is promoted to prod, byte for byte", (note) => promote(stage, note));
  await progress.beside("prod grows from 2 to 3 instances, and Slack says why", (note) => grow(stage, note));
  await progress.beside("prod shrinks to 2: out of the load balancer first, then off", (note) => shrink(stage, note));
}

async function publishFirst({ region }: Stage, note: Note): Promise<void> {
  const packages = await Promise.all([buildAgent(region), buildHello(region, "1.0.0")]);
  note(await towline(region, "publish", "--stack", "staging", ...packages));
}

async function bootStaging({ staging }: Stage, note: Note): Promise<void> {
  await staging.serves("1.0.0", 2);
  await staging.complete();
  noteBoots(staging, note);
}

async function promoteFirst({ region, staging }: Stage): Promise<void> {
  const agent = await staging.packageVersion("towline-agent");
  for (const release of [`towline-agent=${agent}`, "hello=1.0.0"]) {
    // Boots give no verdict: the first poll does, once the load balancer finds its host healthy.
    const promoted = () =>
      towline(region, "promote", release, "--from", "staging", "--to", "prod").then(
        () => true,
        () => false,
      );
    await towline(region, "nudge", "--stack", "staging");
    const found = () => staging.verdict(release);
    await waitFor(`a verdict of staging on ${release}`, found, { interval: 500 });
    await waitFor(`a host of staging to find ${release} good`, promoted, { interval: 2000 });
  }
}

/** Nobody touches the hosts: EventBridge has them look. Prod's instances boot meanwhile. */
async function upgradeStaging({ region, staging, prod }: Stage, note: Note): Promise<void> {
  const client = new Client(staging.address);
  await towline(region, "publish", "--stack", "staging", await buildHello(region, "1.1.0"));
  await staging.serves("1.1.0", 2);
  note(noFailures(await client.stop()));
  await prod.serves("1.0.0", 2);
  noteBoots(prod, note);
}

async function promote({ region, prod }: Stage, note: Note): Promise<void> {
  const client = new Client(prod.address);
  note(await towline(region, "promote", "hello=1.1.0", "--from", "staging", "--to", "prod"));
  await towline(region, "nudge", "--stack", "prod");
  await prod.serves("1.1.0", 2);
  note(noFailures(await client.stop()));
}

async function grow({ region, prod }: Stage, note: Note): Promise<void> {
  const heard = region.slack.messages.length;
  await prod.setDesiredCapacity(3);
  await prod.serves("1.1.0", 3);
  noteBoots(prod, note);
  note(`Slack: ${await prod.slackSays(/from 2 to 3: .*desired capacity/, heard)}`);
}

async function shrink({ region, prod }: Stage, note: Note): Promise<void> {
  const heard = region.slack.messages.length;
  const before = prod.members();
  const client = new Client(prod.address);
  await prod.setDesiredCapacity(2);
  await waitFor("an instance to go", () => prod.members().length === 2);
  await prod.serves("1.1.0", 2);
  note(noFailures(await client.stop()));
  const gone = before.filter((member) => !prod.members().includes(member));
  for (const { spec, drainedAt = Number.NaN, stoppedAt = Number.NaN } of gone) {
    if (!(drainedAt <= stoppedAt)) throw new Error(`${spec.id} was stopped before it had left the load balancer`);
    note(`${spec.id} had answered its last request ${stoppedAt - drainedAt} ms before it was off`);
  }
  note(`Slack: ${await prod.slackSays(/from 3 to 2: .*desired capacity/, heard)}`);
}

async function breakStaging({ region, staging }: Stage, note: Note): Promise<void> {
  const heard = region.slack.messages.length;
  const client = new Client(staging.address);
  await towline(region, "publish", "--stack", "staging", await buildBrokenHello(region, "1.2.0"));
  note(`Slack: ${await staging.slackSays(/1\.2\.0 failed .*went back to 1\.1\.0/, heard)}`);
  await staging.serves("1.1.0", 2);
  note(noFailures(await client.stop()));
}

/** Says how long the youngest instances took. */
function noteBoots(environment: Environment, note: Note): void {
  const seconds = environment
    .members()
    .map((member) => ((member.inServiceAt ?? Number.NaN) - member.launchedAt) / 1000);
  note(
    `${environment.name}: from launch to in service in ${seconds.map((value) => `${value.toFixed(1)} s`).join(", ")}`,
  );
}
