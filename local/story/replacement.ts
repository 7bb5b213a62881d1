import { DescribeInstanceRefreshesCommand, UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { CreateLaunchTemplateVersionCommand, DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import { describeGroup, launchSource, launchTemplateOf } from "../fleet/group";
import { towline } from "./packages";
import type { Note, Stage } from "./stage";
import { Client, noFailures } from "./traffic";

/** A changed launch template reaches a group, or does not. @throws Error at the first promise that does not hold. */
export async function tellReplacement(stage: Stage): Promise<void> {
  const { progress } = stage;
  await progress.step("the web group is replaced host by host, new ones first, no request fails", (note) =>
    replaceGroup(stage, note),
  );
  await progress.step(
    "a launch template whose hosts never become healthy goes back, and leaves nothing behind",
    (note) => goBack(stage, note),
  );
}

const REPLACE = ["group", "replace", "web", "--stack", "staging"];

async function replaceGroup(stage: Stage, note: Note): Promise<void> {
  const { region, staging } = stage;
  const version = await changeTemplate(stage, "TOWLINE_HEALTH_TIMEOUT='12'", "TOWLINE_HEALTH_TIMEOUT='13'");
  const client = new Client(staging.address);
  const before = staging.members();
  note(await towline(region, ...REPLACE, "--bake", "5s"));
  note(noFailures(await client.stop()));
  const kept = staging.members().filter((member) => before.includes(member));
  if (kept.length > 0) throw new Error(`${kept.map((member) => member.spec.id).join(", ")} were not replaced`);
  await standsOn(stage, version, before.length);
}

async function goBack(stage: Stage, note: Note): Promise<void> {
  const { region, staging } = stage;
  const [before] = staging.members();
  const count = staging.members().length;
  await changeTemplate(stage, "TOWLINE_HEALTH_PATH='/health'", "TOWLINE_HEALTH_PATH='/nowhere'");
  const client = new Client(staging.address);
  const failure = await towline(region, ...REPLACE).then(
    (printed) => Promise.reject(new Error(`the broken template was taken: ${printed}`)),
    (error: Error) => error.message,
  );
  const said = /towline: (staging\/web: went back to launch template version .*)/.exec(failure)?.[1];
  if (said === undefined) throw new Error(failure);
  note(said);
  note(noFailures(await client.stop()));
  await standsOn(stage, before?.templateVersion ?? "", count);
}

/** Gives the web group another version of its launch template, as `pulumi up` would, with one line of its user data changed. */
async function changeTemplate({ region, staging }: Stage, from: string, to: string): Promise<string> {
  const clients = region.clients(staging.stack.config.region);
  const group = await describeGroup(clients, staging.group);
  const { LaunchTemplateId } = launchTemplateOf(group);
  const described = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ["$Latest"] });
  const data = (await clients.ec2.send(described)).LaunchTemplateVersions?.[0]?.LaunchTemplateData;
  const userData = Buffer.from(data?.UserData ?? "", "base64").toString("utf8");
  if (!userData.includes(from)) throw new Error(`the user data of ${staging.group} has no ${from}`);
  const UserData = Buffer.from(userData.replace(from, to)).toString("base64");
  const change = { LaunchTemplateId, SourceVersion: "$Latest", LaunchTemplateData: { UserData } };
  const made = await clients.ec2.send(new CreateLaunchTemplateVersionCommand(change));
  const version = String(made.LaunchTemplateVersion?.VersionNumber);
  const source = launchSource(group, version);
  await clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: staging.group, ...source }));
  return version;
}

/** @throws Error unless the group has its size, one version of the template everywhere, and nothing under way. */
async function standsOn({ region, staging }: Stage, version: string, count: number): Promise<void> {
  const clients = region.clients(staging.stack.config.region);
  const group = await describeGroup(clients, staging.group);
  const versions = [launchTemplateOf(group).Version, ...staging.members().map((member) => member.templateVersion)];
  if (staging.members().length !== count || versions.some((one) => one !== version))
    throw new Error(`the group and its hosts have the template's versions ${versions.join(", ")}, not ${version}`);
  const command = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: staging.group });
  const { InstanceRefreshes = [] } = await clients.autoScaling.send(command);
  const open = InstanceRefreshes.filter(({ EndTime }) => EndTime === undefined);
  if (open.length > 0) throw new Error(`a refresh is still ${open[0]?.Status}`);
}
