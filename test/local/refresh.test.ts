import { answerRefreshes } from "../../local/answers/instance-refresh";
import { Announcements } from "../../local/fleet/announcements";
import { Fleet } from "../../local/fleet/fleet";
import { Refreshes } from "../../local/fleet/refreshes";
import { GroupSettings } from "../../local/fleet/settings";
import { TargetGroups } from "../../local/fleet/target-groups";
import type { Balancer } from "../../local/region/balancer";
import type { BusEvent } from "../../local/region/events";
import { waitFor } from "../../local/region/wait";
import { queryCall } from "./calls";
import { FakeHosts, FakeMoto, GROUP, REGION, TARGET_GROUP, TOPIC } from "./fake-region";

let moto: FakeMoto;
let fleet: Fleet;
let refreshes: Refreshes;
let hosts: FakeHosts;
let announcements: Announcements;
const causes: string[] = [];
const stages: string[] = [];
jest.spyOn(console, "error").mockImplementation(() => undefined);

beforeEach(async () => {
  causes.length = 0;
  stages.length = 0;
  moto = new FakeMoto();
  const balancer = { register: async () => undefined, registered: () => [] } as unknown as Balancer;
  const groups = new TargetGroups(balancer);
  const backend = { name: "web", healthPath: "/", matcher: "200", interval: 10, unhealthyThreshold: 2 };
  groups.add({ arn: TARGET_GROUP, port: 8080, deregistrationDelay: 1, backend });
  const settings = new GroupSettings();
  const publish = async (_topic: string, _group: string, _subject: string, message: string) =>
    causes.push((JSON.parse(message) as { Cause: string }).Cause.replace(/At \S+ /g, "")) > 0;
  const emit = ({ detailType, detail }: BusEvent) => {
    const stage = /^EC2 Auto Scaling Instance Refresh (.*)/.exec(detailType)?.[1];
    if (stage !== undefined) stages.push(`${detail.AutoScalingGroupName} ${stage}`);
  };
  announcements = new Announcements({ publish }, { emit }, settings);
  hosts = new FakeHosts();
  fleet = new Fleet(moto.clients, groups, settings, announcements, { release: async () => undefined }, hosts.boot);
  // What the front has the fleet do when moto has carried out a change of capacity.
  moto.resized = () => fleet.reconcile(REGION, GROUP);
  const form = new URLSearchParams({ AutoScalingGroupName: GROUP, TopicARN: TOPIC });
  ["LAUNCH", "TERMINATE"].forEach((kind, index) => {
    form.set(`NotificationTypes.member.${index + 1}`, `autoscaling:EC2_INSTANCE_${kind}`);
  });
  settings.readNotification(form);
  refreshes = new Refreshes(fleet, moto.clients, announcements);
  moto.resize(2);
  fleet.reconcile(REGION, GROUP);
  await until("two members", () => serving().length === 2);
});

const until = (what: string, check: () => boolean) => waitFor(what, check, { timeout: 60_000, interval: 5 });
const serving = () =>
  fleet
    .members()
    .filter(({ lifecycle }) => lifecycle === "InService")
    .map(({ spec, templateVersion }) => `${spec.id} ${templateVersion}`);

const answer = (action: string, fields: Record<string, string> = {}) =>
  answerRefreshes(
    refreshes,
    announcements.activities,
    queryCall("autoscaling", action, { AutoScalingGroupName: GROUP, ...fields }),
  );
const said = (action: string, element: string) =>
  new RegExp(`<${element}>([^<]*)<`).exec(answer(action)?.body ?? "")?.[1];
const status = () => said("DescribeInstanceRefreshes", "Status");

const start = (preferences: Record<string, string> = {}, version = "2") =>
  answer("StartInstanceRefresh", {
    "DesiredConfiguration.LaunchTemplate.Version": version,
    "Preferences.MinHealthyPercentage": "100",
    "Preferences.MaxHealthyPercentage": "150",
    ...preferences,
  });

test("each instance gives its place to one of the wanted version that serves already", async () => {
  let least = 2;
  const looks = setInterval(() => {
    least = Math.min(least, serving().length);
  }, 1);
  start();
  await until("the end", () => status() === "Successful");
  clearInterval(looks);
  expect(least).toBe(2);
  expect(serving()).toEqual(["i-3 2", "i-4 2"]);
  expect(moto.version).toBe("2");
  expect(causes.slice(2)).toEqual([
    "an instance was launched in response to an instance refresh.",
    "an instance was taken out of service in response to an instance refresh.  instance i-1 was selected for termination.",
    "an instance was launched in response to an instance refresh.",
    "an instance was taken out of service in response to an instance refresh.  instance i-2 was selected for termination.",
  ]);
  expect(stages).toEqual([`${GROUP} Started`, `${GROUP} Succeeded`]);
  expect(said("DescribeScalingActivities", "Description")).toBe("Terminating EC2 instance: i-2");
});

test.each([
  ["LaunchTemplate", "<LaunchTemplate><Version>2</Version></LaunchTemplate>"],
  [
    "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification",
    "<MixedInstancesPolicy><LaunchTemplate><LaunchTemplateSpecification><Version>2</Version></LaunchTemplateSpecification></LaunchTemplate></MixedInstancesPolicy>",
  ],
])("a refresh says which version it brings, as it was ordered: %s", async (form, described) => {
  answer("StartInstanceRefresh", {
    [`DesiredConfiguration.${form}.Version`]: "2",
    "Preferences.MinHealthyPercentage": "100",
    "Preferences.MaxHealthyPercentage": "150",
  });
  expect(answer("DescribeInstanceRefreshes")?.body).toContain(
    `<DesiredConfiguration>${described}</DesiredConfiguration>`,
  );
  await until("the end", () => status() === "Successful");
});

test("of a group that may not grow, an instance goes first", async () => {
  start({ "Preferences.MinHealthyPercentage": "0", "Preferences.MaxHealthyPercentage": "100" });
  await until("the end", () => status() === "Successful");
  expect(serving()).toHaveLength(2);
  expect(causes.slice(2, 4).sort()).toEqual([
    "an instance was launched in response to an instance refresh.",
    "an instance was taken out of service in response to an instance refresh.  instance i-1 was selected for termination.",
  ]);
});

test("instances that match stay where that is asked for", async () => {
  start({ "Preferences.SkipMatching": "true" }, "1");
  await until("the end", () => status() === "Successful");
  expect(serving()).toEqual(["i-1 1", "i-2 1"]);
  expect(said("DescribeInstanceRefreshes", "PercentageComplete")).toBe("100");
});

test("cancelled, it takes the additional instance back and leaves the group what it had", async () => {
  start({ "Preferences.InstanceWarmup": "60" });
  await until("the new instance", () => serving().length === 3);
  hosts.shutdown = 300;
  expect(answer("CancelInstanceRefresh")?.status).toBe(200);
  await until("the end", () => status() === "Cancelled");
  expect(fleet.members()).toHaveLength(2);
  expect(serving()).toEqual(["i-1 1", "i-2 1"]);
  expect(moto.version).toBe("1");
  expect(stages).toEqual([`${GROUP} Started`, `${GROUP} Cancelled`]);
  expect(answer("CancelInstanceRefresh")?.body).toContain("ActiveInstanceRefreshNotFound");
});

test("an alarm ends it, at the latest while it bakes", async () => {
  start({ "Preferences.BakeTime": "60", "Preferences.AlarmSpecification.Alarms.member.1": "errors" });
  await until("the bake time", () => status() === "Baking");
  moto.alarm = "errors";
  await until("the end", () => status() === "Failed");
  expect(said("DescribeInstanceRefreshes", "StatusReason")).toBe("The alarm errors is in the state ALARM.");
  expect(moto.version).toBe("1");
  expect(stages).toEqual([`${GROUP} Started`, `${GROUP} Failed`]);
});

test("a second one is refused while one is under way, and one that names no version", async () => {
  start({ "Preferences.InstanceWarmup": "60" });
  expect(start()?.body).toContain("InstanceRefreshInProgress");
  answer("CancelInstanceRefresh");
  await until("the end", () => status() === "Cancelled");
  expect(fleet.members()).toHaveLength(2);
  expect(moto.ids).toEqual(["i-1", "i-2"]);
  expect(answer("StartInstanceRefresh")?.body).toContain("ValidationError");
});

test.each([
  ["90", "150"],
  ["100", "100"],
  ["0", "150"],
])("a refresh that keeps at least %s and at most %s percent is refused, which it does not do", (least, most) => {
  const bounds = { "Preferences.MinHealthyPercentage": least, "Preferences.MaxHealthyPercentage": most };
  const reply = start(bounds);
  expect(reply?.status).toBe(400);
  expect(reply?.body).toContain("<Code>ValidationError</Code>");
  expect(reply?.body).toContain(
    `the local region replaces instances within 100 to more than 100 percent, or 0 to 100, not ${least} to ${most}`,
  );
  expect(refreshes.of(GROUP)).toEqual([]);
});
