import { answerAutoScaling, asTheyAre, followAutoScaling } from "../../local/answers/autoscaling";
import { Announcements } from "../../local/fleet/announcements";
import { Fleet } from "../../local/fleet/fleet";
import { GroupSettings } from "../../local/fleet/settings";
import { TargetGroups } from "../../local/fleet/target-groups";
import type { Balancer } from "../../local/region/balancer";
import type { ApiCall } from "../../local/region/calls";
import { waitFor } from "../../local/region/wait";
import { queryCall } from "./calls";
import { FakeHosts, FakeMoto, GROUP, TARGET_GROUP, TOPIC } from "./fake-region";

const published: { topic: string; subject: string; message: Record<string, string> }[] = [];
const topics = {
  publish: async (topic: string, _group: string, subject: string, message: string) =>
    published.push({ topic, subject, message: JSON.parse(message) }) > 0,
};
const balancer = { register: async () => undefined, registered: () => [] } as unknown as Balancer;
const nobody = { mark: () => undefined };
const HOOK = "LifecycleHookSpecificationList.member.1";

let moto: FakeMoto;
let hosts: FakeHosts;
let fleet: Fleet;

beforeEach(() => {
  published.length = 0;
  moto = new FakeMoto();
  hosts = new FakeHosts();
  const groups = new TargetGroups(balancer);
  const backend = { name: "web", healthPath: "/", matcher: "200", interval: 10, unhealthyThreshold: 2 };
  groups.add({ arn: TARGET_GROUP, port: 8080, deregistrationDelay: 1, backend });
  const settings = new GroupSettings();
  const announcements = new Announcements(topics, { emit: () => undefined }, settings);
  fleet = new Fleet(moto.clients, groups, settings, announcements, { release: async () => undefined }, hosts.boot);
});
afterEach(() => {
  for (const member of fleet.members()) member.hold?.cancel();
});

const query = (action: string, fields: Record<string, string> = {}): ApiCall =>
  queryCall("autoscaling", action, { AutoScalingGroupName: GROUP, ...fields });
const answer = (action: string, fields: Record<string, string> = {}) =>
  answerAutoScaling(fleet, topics, moto.clients("eu-west-1"), query(action, fields));
const refusal = async (action: string, fields: Record<string, string>) =>
  /<Code>(.*)<\/Code><Message>(.*)<\/Message>/.exec((await answer(action, fields))?.body ?? "")?.slice(1);

async function create(count: number, hooked: boolean): Promise<void> {
  moto.resize(count);
  const hook = {
    [`${HOOK}.LifecycleHookName`]: "launch",
    [`${HOOK}.LifecycleTransition`]: "autoscaling:EC2_INSTANCE_LAUNCHING",
  };
  await followAutoScaling(fleet, nobody, query("CreateAutoScalingGroup", hooked ? hook : {}), "");
  await waitFor("the group", () => fleet.members().filter(({ host }) => host).length === count, {
    timeout: 60_000,
    interval: 5,
  });
}

describe("a launch hook's answer", () => {
  const complete = { LifecycleHookName: "launch", InstanceId: "i-1", LifecycleActionResult: "CONTINUE" };

  test("takes the instance into service, once", async () => {
    await create(1, true);
    expect((await answer("RecordLifecycleActionHeartbeat", complete))?.status).toBe(200);
    expect(fleet.member("i-1")?.lifecycle).toBe("Pending:Wait");
    expect((await answer("CompleteLifecycleAction", complete))?.status).toBe(200);
    const inService = () => fleet.member("i-1")?.lifecycle === "InService";
    await waitFor("the instance to enter service", inService, { timeout: 60_000, interval: 5 });
    const none = ["ValidationError", "No active Lifecycle Action found with instance ID i-1"];
    expect(await refusal("CompleteLifecycleAction", complete)).toEqual(none);
    expect(await refusal("RecordLifecycleActionHeartbeat", complete)).toEqual(none);
  });

  test.each([
    [{ ...complete, LifecycleHookName: "other" }, "No active Lifecycle Action found with instance ID i-1"],
    [{ ...complete, InstanceId: "i-<7" }, "No active Lifecycle Action found with instance ID i-&lt;7"],
    [{ ...complete, AutoScalingGroupName: "other" }, "No active Lifecycle Action found with instance ID i-1"],
    [{ ...complete, LifecycleActionResult: "continue" }, "Invalid LifecycleActionResult: continue"],
  ])("%j is refused", async (fields, message) => {
    await create(1, true);
    expect(await refusal("CompleteLifecycleAction", fields)).toEqual(["ValidationError", message]);
    expect(fleet.member("i-1")?.lifecycle).toBe("Pending:Wait");
  });
});

describe("notifications", () => {
  test("begin with a test message to the topic, and can be listed", async () => {
    const types = { "NotificationTypes.member.1": "autoscaling:EC2_INSTANCE_LAUNCH" };
    expect((await answer("PutNotificationConfiguration", { TopicARN: TOPIC, ...types }))?.status).toBe(200);
    expect(published).toEqual([
      {
        topic: TOPIC,
        subject: `Auto Scaling: test notification for group "${GROUP}"`,
        message: expect.objectContaining({ Event: "autoscaling:TEST_NOTIFICATION", AutoScalingGroupName: GROUP }),
      },
    ]);
    const listed = await answer("DescribeNotificationConfigurations", { "AutoScalingGroupNames.member.1": GROUP });
    expect(listed?.body).toContain(
      `<member><AutoScalingGroupName>${GROUP}</AutoScalingGroupName><TopicARN>${TOPIC}</TopicARN><NotificationType>autoscaling:EC2_INSTANCE_LAUNCH</NotificationType></member>`,
    );
  });
});

describe("calls that change a group", () => {
  const cause = (id: string) => fleet.member(id)?.activity.cause;

  test.each([
    [
      "SetDesiredCapacity",
      "a user request explicitly set group desired capacity changing the desired capacity from 1 to 2",
    ],
    [
      "UpdateAutoScalingGroup",
      "a user request update of AutoScalingGroup constraints to min: 1, max: 4, desired: 2 changing the desired capacity from 1 to 2",
    ],
  ])("%s is the reason of a launch", async (action, reason) => {
    await create(1, false);
    expect(cause("i-1")).toContain(
      " a user request created an AutoScalingGroup changing the desired capacity from 0 to 1.",
    );
    moto.resize(2);
    expect(await followAutoScaling(fleet, nobody, query(action), "reply")).toBe("reply");
    await waitFor("the launch", () => fleet.member("i-2"), { timeout: 60_000, interval: 5 });
    expect(cause("i-2")).toContain(` ${reason}.  At `);
  });

  test.each([
    ["false", ["i-2", "i-3"], /^At \S+ instance i-1 was taken out of service in response to a user request\.$/],
    [
      "true",
      ["i-2"],
      /^At \S+ instance i-1 was taken out of service in response to a user request, shrinking the capacity from 2 to 1\.$/,
    ],
  ])("an instance that is ended, decrement %s", async (decrement, left, expected) => {
    await create(2, false);
    const member = fleet.member("i-1");
    moto.ids = left;
    const fields = { InstanceId: "i-1", ShouldDecrementDesiredCapacity: decrement };
    await followAutoScaling(fleet, nobody, query("TerminateInstanceInAutoScalingGroup", fields), "");
    expect(member?.lifecycle).toBe("Terminating");
    expect(member?.activity.cause).toMatch(expected);
    const ids = () => fleet.members().map(({ spec }) => spec.id);
    await waitFor("the others", () => ids().join() === left.join(), { timeout: 60_000, interval: 5 });
    expect(hosts.stopped).toEqual(["i-1"]);
  });

  test.each(["DetachInstances", "DeleteAutoScalingGroup", "DeleteLifecycleHook"])(
    "%s, which nobody would carry out, is refused",
    async (action) => {
      expect(await refusal(action, {})).toEqual([
        "UnsupportedOperation",
        `the local region does not carry out ${action}`,
      ]);
    },
  );

  test("the rest is left to moto", async () => {
    expect(await answer("DescribePolicies")).toBeUndefined();
    expect(await followAutoScaling(fleet, nobody, query("PutScalingPolicy"), "reply")).toBe("reply");
  });
});

test("moto's descriptions say where each instance really is, and what it was launched from", () => {
  const member = (id: string, state: string, version: string) =>
    `<member><InstanceId>${id}</InstanceId><LifecycleState>${state}</LifecycleState><LaunchTemplate><Version>${version}</Version></LaunchTemplate></member>`;
  const reply = (first: string) =>
    `<AutoScalingGroups><member><AutoScalingGroupName>web</AutoScalingGroupName><LaunchTemplate><Version>3</Version></LaunchTemplate><Instances>${first}${member("i-2", "InService", "1")}</Instances><Tags><member><Key>Name</Key></member></Tags></member></AutoScalingGroups>`;
  const sight = { lifecycle: "Pending:Wait", templateVersion: "2" } as const;
  const found = asTheyAre(reply(member("i-1", "InService", "1")), (id) => (id === "i-1" ? sight : undefined));
  expect(found).toBe(reply(member("i-1", "Pending:Wait", "2")));
});
