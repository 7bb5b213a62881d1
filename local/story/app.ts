import type { AppDescription } from "../../cli/deb/describe";
import { waitFor } from "../region/wait";
import { buildAgent, towline } from "./packages";
import { membersOf, type Note, type Stage } from "./stage";
import { ask } from "./traffic";

/** The group that runs it. */
export const APP_GROUP = "web";

/** What the notifier says of a host that is not fit to serve. */
const FAILED_BOOT = /did not come up with/;

/** An app of somebody's own, and its package. */
export interface OwnApp extends AppDescription {
  readonly version: string;
  /** Path of the package. */
  readonly package: string;
}

/** Brings an app of somebody's own to the hosts of staging. @throws Error with the app's own last words where it is not healthy there. */
export async function tellApp(stage: Stage, app: OwnApp): Promise<void> {
  const { progress } = stage;
  const release = `${app.name} ${app.version}`;
  await progress.step(`${release} and the agent are published to staging, signed`, (note) => publish(stage, app, note));
  await progress.step(`staging's instances boot and find ${release} healthy`, (note) => serve(stage, app, note));
}

async function publish({ region }: Stage, app: OwnApp, note: Note): Promise<void> {
  note(await towline(region, "publish", "--stack", "staging", await buildAgent(region), app.package));
}

async function serve(stage: Stage, app: OwnApp, note: Note): Promise<void> {
  const { staging, region } = stage;
  const serving = () => membersOf(stage, APP_GROUP).filter(({ lifecycle }) => lifecycle === "InService").length;
  await waitFor(
    `two instances to serve ${app.name}`,
    async () => {
      if (serving() >= 2 && (app.port === undefined || (await answers(staging.address)))) return true;
      refuseFailed(stage);
      return false;
    },
    { interval: 2000 },
  );
  for (const { text } of region.slack.messages) note(`Slack: ${text.split("\n", 1)[0]}`);
}

/** Whether a host answers behind the load balancer, whatever it says. */
function answers(address: string): Promise<boolean> {
  return ask(address).then(
    ({ target }) => target !== "",
    () => false,
  );
}

/** @throws Error with what the first host said that is not fit to serve: it is gone soon after, and another tries the same */
function refuseFailed({ region }: Stage): void {
  const failed = region.slack.messages.find(({ text }) => FAILED_BOOT.test(text));
  if (failed) throw new Error(failed.text);
}
