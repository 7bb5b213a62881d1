import type { AppDescription } from "../../cli/deb/describe";
import { waitFor } from "../region/wait";
import { buildAgent, towline } from "./packages";
import { membersOf, type Note, type Stage } from "./stage";
import { ask } from "./traffic";

/** The group that runs it. */
export const APP_GROUP = "web";

const HOSTS = 2;
/** What the notifier says of a host that is not fit to serve. */
const FAILED_BOOT = /did not come up with/;

/** An app of somebody's own, and its package. */
export interface OwnApp extends AppDescription {
  readonly version: string;
  /** Path of the package. */
  readonly package: string;
  /** Path of a file of settings. */
  readonly envFile: string | undefined;
}

/** Brings an app of somebody's own to the hosts of staging. @throws Error with the app's own last words where it is not healthy there. */
export async function tellApp(stage: Stage, app: OwnApp): Promise<void> {
  const { progress } = stage;
  const { name, envFile } = app;
  const release = `${name} ${app.version}`;
  // Before anything is published: then the first host to come up has them.
  if (envFile !== undefined)
    await progress.step(`${name} has its settings`, (note) => settle(stage, name, envFile, note));
  await progress.step(`${release} and the agent are published to staging, signed`, (note) => publish(stage, app, note));
  await progress.step(`staging's instances boot and find ${release} healthy`, (note) => serve(stage, app, note));
}

async function settle({ region }: Stage, name: string, envFile: string, note: Note): Promise<void> {
  note(await towline(region, "env", "import", name, envFile, "--stack", "staging"));
}

async function publish({ region }: Stage, app: OwnApp, note: Note): Promise<void> {
  note(await towline(region, "publish", "--stack", "staging", await buildAgent(region), app.package));
}

async function serve(stage: Stage, app: OwnApp, note: Note): Promise<void> {
  const { staging, region } = stage;
  const serving = () => membersOf(stage, APP_GROUP).filter(({ lifecycle }) => lifecycle === "InService").length;
  await waitFor(
    `${HOSTS} instances to serve ${app.name}`,
    async () => {
      if (serving() >= HOSTS && (app.port === undefined || (await answering(staging.address)) >= HOSTS)) return true;
      refuseFailed(stage);
      return false;
    },
    { interval: 2000 },
  );
  for (const { text } of region.slack.messages) note(`Slack: ${text.split("\n", 1)[0]}`);
}

/** How many hosts answer behind the load balancer, whatever they say; it takes them in turn. */
async function answering(address: string): Promise<number> {
  const targets = new Set<string>();
  for (let requests = 0; requests < 2 * HOSTS; requests++) {
    const target = await ask(address).then(
      (answer) => answer.target,
      () => "",
    );
    if (target !== "") targets.add(target);
  }
  return targets.size;
}

/** @throws Error with what the first host said that is not fit to serve: it is gone soon after, and another tries the same */
function refuseFailed({ region }: Stage): void {
  const failed = region.slack.messages.find(({ text }) => FAILED_BOOT.test(text));
  if (failed) throw new Error(failed.text);
}
