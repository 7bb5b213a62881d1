import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { place } from "../region/place";
import { CommandError } from "../region/shell";
import { CHANNELS_KEY } from "../region/signing-keys";
import { waitFor } from "../region/wait";
import type { Environment } from "./environment";
import { CHANNEL, PREVIEW_HOST } from "./groups";
import { buildHello, towline } from "./packages";
import type { Note, Stage } from "./stage";
import { ask, Client, noFailures } from "./traffic";

/** What follows a release: a new key, proving, promoting, branches, rolling back. @throws Error at the first promise that does not hold. */
export async function tellReleases(stage: Stage): Promise<void> {
  const { progress } = stage;
  await progress.step("staging gets a second signing key; towline wait follows hello 1.3.0, signed by both", (note) =>
    addKey(stage, note),
  );
  await Promise.all([
    progress.beside("a version that staging found bad is not promoted; the newest good one is", (note) =>
      promoteProven(stage, note),
    ),
    progress.beside(
      "a branch build reaches only the group that follows its channel, behind a host name of its own",
      () => publishBranch(stage),
    ),
  ]);
  await progress.step(
    "prod is rolled back without a build or an upload; staging takes 1:1.4.0+5 by the new key alone",
    (note) => Promise.all([rollBack(stage, note), dropOldKey(stage, note)]),
  );
}

/** Files of the private keys during and after the rotation. */
const BOTH_KEYS = "both.key";
const NEW_KEY = "new.key";

/** Above 1.4.0 by its epoch, with build metadata: hosts fetch it, and judge it, under names that have to be encoded. */
const VERSION_OF_ALL_KINDS = "1:1.4.0+5";

function rotate({ region }: Stage, ...options: string[]): Promise<string> {
  return towline(region, "key", "rotate", "--stack", "staging", ...options);
}

/** Publishes to staging and waits until every host runs it. */
async function release({ region }: Stage, version: string, key: string): Promise<string> {
  const file = await buildHello(region, version);
  await towline(region, "publish", "--stack", "staging", "--signing-key", key, file);
  await towline(region, "nudge", "--stack", "staging");
  return towline(region, "wait", `hello=${version}`, "--stack", "staging", "--timeout", "15m", "--announce");
}

async function addKey(stage: Stage, note: Note): Promise<void> {
  const heard = stage.region.slack.messages.length;
  await rotate(stage, "--out", place.file(BOTH_KEYS));
  note(await release(stage, "1.3.0", place.file(BOTH_KEYS)));
  note(`Slack: ${await stage.staging.slackSays(/hello 1\.3\.0 runs on all \d hosts/, heard)}`);
}

async function dropOldKey(stage: Stage, note: Note): Promise<void> {
  await rotate(stage, "--signing-key", place.file(BOTH_KEYS), "--out", place.file(NEW_KEY), "--finish");
  note(await release(stage, VERSION_OF_ALL_KINDS, place.file(NEW_KEY)));
}

async function promoteProven({ region, prod }: Stage, note: Note): Promise<void> {
  const promote = (release: string) => towline(region, "promote", release, "--from", "staging", "--to", "prod");
  note(`refused: ${await refusal(promote("hello=1.2.0"))}`);
  note(await promote("hello"));
  await towline(region, "nudge", "--stack", "prod");
  await prod.serves("1.3.0", 2);
}

async function rollBack({ region, prod }: Stage, note: Note): Promise<void> {
  const client = new Client(prod.address);
  const before = await poolObjects(prod);
  await towline(region, "rollback", "hello", "--stack", "prod", "--reason", "loses sessions");
  await towline(region, "nudge", "--stack", "prod");
  await prod.serves("1.1.0", 2);
  note(noFailures(await client.stop()));
  const after = await poolObjects(prod);
  if (before.join() !== after.join()) throw new Error(`the pool changed from ${before.join()} to ${after.join()}`);
  note(await towline(region, "releases", "hello", "--stack", "prod"));
}

/** Keys and times of the packages in an environment's bucket. */
async function poolObjects(environment: Environment): Promise<string[]> {
  const { region, repository } = environment.stack.config;
  const command = new ListObjectsV2Command({ Bucket: repository.bucket, Prefix: "pool/" });
  const listed = await environment.region.clients(region).s3.send(command);
  return (listed.Contents ?? []).map((object) => `${object.Key} ${object.LastModified?.toISOString()}`);
}

async function publishBranch({ region, staging }: Stage): Promise<void> {
  const branch = await buildHello(region, "1.9.0");
  // Neither of the keys that sign the main suite.
  const key = ["--signing-key", place.file(CHANNELS_KEY)];
  await towline(region, "publish", "--stack", "staging", "--channel", CHANNEL, ...key, branch);
  await towline(region, "nudge", "--stack", "staging");
  const answer = () => ask(staging.address, { host: PREVIEW_HOST }).catch(() => undefined);
  const taken = async () => (await answer())?.body.trim() === "hello 1.9.0";
  await waitFor(`${PREVIEW_HOST} to answer from the branch build`, taken, { interval: 250 });
  await staging.serves("1.3.0", 2);
}

/** What a command that must be refused says. @throws Error when it is not refused. */
async function refusal(command: Promise<string>): Promise<string> {
  try {
    await command;
  } catch (error) {
    if (error instanceof CommandError) return error.message.split("towline: ").at(-1) ?? error.message;
    throw error;
  }
  throw new Error("the command should have been refused");
}
