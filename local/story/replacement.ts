import { DescribeInstanceRefreshesCommand, UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { CreateLaunchTemplateVersionCommand, DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import { resourceName } from "../../infra/names";
import { describeGroup, launchSource, launchTemplateOf } from "../fleet/group";
import { counts } from "../fleet/member";
import { waitFor } from "../region/wait";
import { EDGE } from "./groups";
import { towline } from "./packages";
import { membersOf, type Note, type Stage } from "./stage";
import { Client, noFailures } from "./traffic";

const WEB = "web";

/** A changed launch template reaches a group, or does not. @throws Error at the first promise that does not hold. */
export async function tellReplacement(stage: Stage): Promise<void> {
  await stage.progress.step(
    "the web group is replaced host by host, new ones first; another, whose new hosts never become healthy, goes back",
    (note) => Promise.all([replaceGroup(stage, note), goBack(stage, note)]),
  );
}

function replace({ region }: Stage, group: string, ...options: string[]): Promise<string> {
  return towline(region, "group", "replace", group, "--stack", "staging", ...options);
}

async function replaceGroup(stage: Stage, note: Note): Promise<void> {
  const version = await changeTemplate(stage, WEB, "TOWLINE_HEALTH_TIMEOUT='12'", "TOWLINE_HEALTH_TIMEOUT='13'");
  const client = new Client(stage.staging.address);
  const before = membersOf(stage, WEB);
  const heard = stage.region.slack.messages.length;
  note(await replace(stage, WEB, "--bake", "5s"));
  note(noFailures(await client.stop()));
  const kept = membersOf(stage, WEB).filter((member) => before.includes(member));
  if (kept.length > 0) throw new Error(`${kept.map((member) => member.spec.id).join(", ")} were not replaced`);
  await standsOn(stage, WEB, version, before.length);
  const told = new RegExp(`Instance refresh of ${resourceName("staging", WEB)} succeeded`);
  note(`Slack: ${await stage.staging.slackSays(told, heard)}`);
}

async function goBack(stage: Stage, note: Note): Promise<void> {
  const [before] = membersOf(stage, EDGE);
  if (before === undefined) throw new Error(`${EDGE} has no host`);
  await changeTemplate(stage, EDGE, "TOWLINE_HEALTH_PATH='/health'", "TOWLINE_HEALTH_PATH='/nowhere'");
  const client = new Client(`http://${await stage.region.elasticAddress(before.spec)}:6000/`);
  const failure = await replace(stage, EDGE).then(
    (printed) => Promise.reject(new Error(`the broken template was taken: ${printed}`)),
    (error: Error) => error.message,
  );
  const said = /towline: (staging\/edge: went back to launch template version [\s\S]*)/.exec(failure)?.[1];
  if (said === undefined) throw new Error(failure);
  note(said);
  note(noFailures(await client.stop()));
  await standsOn(stage, EDGE, before.templateVersion, 1);
}

/** Gives a group another version of its launch template, as `pulumi up` would, with one line of its user data changed. */
async function changeTemplate({ region, staging }: Stage, name: string, from: string, to: string): Promise<string> {
  const clients = region.clients(staging.stack.config.region);
  const AutoScalingGroupName = resourceName("staging", name);
  const group = await describeGroup(clients, AutoScalingGroupName);
  const { LaunchTemplateId } = launchTemplateOf(group);
  const described = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ["$Latest"] });
  const data = (await clients.ec2.send(described)).LaunchTemplateVersions?.[0]?.LaunchTemplateData;
  const userData = Buffer.from(data?.UserData ?? "", "base64").toString("utf8");
  if (!userData.includes(from)) throw new Error(`the user data of ${name} has no ${from}`);
  const UserData = Buffer.from(userData.replace(from, to)).toString("base64");
  const change = { LaunchTemplateId, SourceVersion: "$Latest", LaunchTemplateData: { UserData } };
  const made = await clients.ec2.send(new CreateLaunchTemplateVersionCommand(change));
  const version = String(made.LaunchTemplateVersion?.VersionNumber);
  const source = launchSource(group, version);
  await clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...source }));
  return version;
}

/** @throws Error unless the group has its size, one version of the template everywhere, and nothing under way. */
async function standsOn(stage: Stage, name: string, version: string, count: number): Promise<void> {
  const { region, staging } = stage;
  const clients = region.clients(staging.stack.config.region);
  const AutoScalingGroupName = resourceName("staging", name);
  const { Version } = launchTemplateOf(await describeGroup(clients, AutoScalingGroupName));
  // Hosts that never served are still being switched off when the command has long seen the group healthy.
  await waitFor(`the last host of ${name} to be off`, () => membersOf(stage, name).every(counts));
  const versions = [Version, ...membersOf(stage, name).map((member) => member.templateVersion)];
  if (versions.length !== count + 1 || versions.some((one) => one !== version))
    throw new Error(`${name} and its hosts have the template's versions ${versions.join(", ")}, not ${version}`);
  const command = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName });
  const { InstanceRefreshes = [] } = await clients.autoScaling.send(command);
  const open = InstanceRefreshes.filter(({ EndTime }) => EndTime === undefined);
  if (open.length > 0) throw new Error(`a refresh of ${name} is still ${open[0]?.Status}`);
}
