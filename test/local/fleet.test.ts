import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { Announcements } from "../../local/fleet/announcements";
import { Fleet } from "../../local/fleet/fleet";
import { nextMarket } from "../../local/fleet/group";
import type { Member } from "../../local/fleet/member";
import { GroupSettings } from "../../local/fleet/settings";
import { TargetGroups } from "../../local/fleet/target-groups";
import { Balancer } from "../../local/region/balancer";
import type { BusEvent } from "../../local/region/events";
import type { HostSpec } from "../../local/region/host";
import { waitFor } from "../../local/region/wait";
import { FakeHaproxy } from "./fake-haproxy";
import { FakeHosts, FakeMoto, GROUP, REGION, TARGET_GROUP, TOPIC } from "./fake-region";

const created = () => "a user request created an AutoScalingGroup changing the desired capacity from 0 to 1";
const resized = ({ from, to }: { from: number; to: number }) => `somebody went from ${from} to ${to}`;

let haproxy: FakeHaproxy;
let moto: FakeMoto;
let hosts: FakeHosts;
let fleet: Fleet;
let emitted: string[];
let released: string[];
let told: { Event: string; EC2InstanceId: string; Cause: string; StatusMessage: string }[];
const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);

beforeEach(async () => {
  haproxy = new FakeHaproxy();
  await haproxy.start();
  moto = new FakeMoto();
  hosts = new FakeHosts();
  told = [];
  const targetGroups = new TargetGroups(new Balancer());
  const backend = { name: "web", healthPath: "/", matcher: "200", interval: 10, unhealthyThreshold: 2 };
  targetGroups.add({ arn: TARGET_GROUP, port: 8080, deregistrationDelay: 1, backend });
  const publish = async (_topic: string, _group: string, _subject: string, message: string) =>
    told.push(JSON.parse(message)) > 0;
  const settings = new GroupSettings();
  [emitted, released] = [[], []];
  const emit = ({ detailType, detail }: BusEvent) => void emitted.push(`${detailType} ${detail.EC2InstanceId}`);
  const belongings = { release: async ({ id }: HostSpec) => void released.push(id) };
  fleet = new Fleet(
    moto.clients,
    targetGroups,
    settings,
    new Announcements({ publish }, { emit }, settings),
    belongings,
    hosts.boot,
  );
  const types = ["LAUNCH", "LAUNCH_ERROR", "TERMINATE"].map((kind) => `autoscaling:EC2_INSTANCE_${kind}`);
  const form = new URLSearchParams({ AutoScalingGroupName: GROUP, TopicARN: TOPIC });
  for (const [index, type] of types.entries()) form.set(`NotificationTypes.member.${index + 1}`, type);
  fleet.settings.readNotification(form);
  errors.mockClear();
});

afterEach(async () => {
  for (const member of fleet.members()) member.hold?.cancel();
  await haproxy.stop();
});

function hook(seconds: number, defaultResult = "ABANDON", transition = "LAUNCHING"): void {
  const first = "LifecycleHookSpecificationList.member.1";
  fleet.settings.readHooks(
    new URLSearchParams({
      AutoScalingGroupName: GROUP,
      [`${first}.LifecycleHookName`]: transition === "LAUNCHING" ? "launch" : "terminate",
      [`${first}.LifecycleTransition`]: `autoscaling:EC2_INSTANCE_${transition}`,
      [`${first}.HeartbeatTimeout`]: String(seconds),
      [`${first}.DefaultResult`]: defaultResult,
    }),
  );
}

async function until(what: string, check: () => unknown): Promise<void> {
  await waitFor(what, () => Boolean(check()), { timeout: 60_000, interval: 5 });
}

async function resize(count: number, reason = resized): Promise<void> {
  moto.resize(count);
  fleet.reconcile(REGION, GROUP, reason);
  await until(`${count} members`, () => fleet.members().length === count);
}

const states = () => Object.fromEntries(fleet.members().map((member) => [member.spec.id, member.lifecycle]));
const events = () => told.map(({ Event, EC2InstanceId }) => `${Event.split("INSTANCE_")[1]} ${EC2InstanceId}`);
const waiting = (id: string) => fleet.waiting(GROUP, "launch", id);
const answer = (id: string, result: string) => waiting(id)?.answer(result);
const booted = (id: string) => until(`${id} to boot`, () => fleet.member(id)?.host);

describe("a group without a launch hook", () => {
  test("takes instances into service and the load balancer, and says why", async () => {
    moto.resize(2);
    fleet.reconcile(REGION, GROUP, created);
    await until("two launches", () => told.length === 2);
    expect(states()).toEqual({ "i-1": "InService", "i-2": "InService" });
    expect(haproxy.commands).toEqual(
      expect.arrayContaining([
        "set server web/target1 addr 10.0.0.1 port 8080",
        "set server web/target2 addr 10.0.0.2 port 8080",
      ]),
    );
    const time = String.raw`At \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
    expect(told[0]?.Cause).toMatch(
      new RegExp(
        `^${time} ${created()}\\.  ${time} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 2\\.$`,
      ),
    );
  });

  test("takes an instance out of the load balancer before it stops it", async () => {
    await resize(2);
    await until("both launches", () => told.length === 2);
    moto.resize(1);
    fleet.reconcile(REGION, GROUP, resized);
    await until("the termination", () => told.length === 3);
    expect(haproxy.commands.slice(-2)).toEqual([
      "set server web/target2 state drain",
      "set server web/target2 state maint",
    ]);
    expect(hosts.stopped).toEqual(["i-2"]);
    expect(states()).toEqual({ "i-1": "InService" });
    expect(told[2]?.Cause).toMatch(
      /somebody went from 2 to 1\. {2}At .* shrinking the capacity from 2 to 1\. {2}At .* instance i-2 was selected for termination\.$/,
    );
  });

  test("counts changes that follow each other at once one after the other", async () => {
    moto.resize(1);
    fleet.reconcile(REGION, GROUP, resized);
    await until("the first member", () => fleet.members().length === 1);
    moto.resize(2);
    fleet.reconcile(REGION, GROUP, resized);
    fleet.reconcile(REGION, GROUP, resized);
    await until("two launches", () => told.length === 2);
    expect(told.map(({ Cause }) => /somebody went from \d to \d/.exec(Cause)?.[0])).toEqual([
      "somebody went from 0 to 1",
      "somebody went from 1 to 2",
    ]);
  });

  test("says so when it cannot compare a group, and goes on with the next", async () => {
    moto.resize(1);
    fleet.reconcile(REGION, GROUP, () => {
      throw new Error("no reason");
    });
    fleet.reconcile(REGION, GROUP, resized);
    await until("the launch", () => told.length === 1);
    expect(errors.mock.calls[0]?.[0]).toContain(`fleet: ${GROUP}: Error: no reason`);
  });
});

describe("an instance", () => {
  test("that is told to go before its boot has ended is ended after it, and never serves", async () => {
    hosts.quick = false;
    await resize(1);
    expect(fleet.atAddress("10.0.0.1")).toMatchObject({ id: "i-1", targetState: "InService" });
    moto.resize(0);
    fleet.reconcile(REGION, GROUP, resized);
    await until("the member to be on its way", () => fleet.member("i-1")?.lifecycle === "Terminating");
    expect(fleet.atAddress("10.0.0.1")).toMatchObject({ id: "i-1", targetState: "Terminated" });
    expect(hosts.stopped).toEqual([]);
    hosts.finish("i-1");
    await until("the termination", () => told.length === 1);
    expect(hosts.stopped).toEqual(["i-1"]);
    expect(events()).toEqual(["TERMINATE i-1"]);
    expect(fleet.members()).toEqual([]);
    expect(haproxy.commands).toEqual([]);
  });

  test("that goes off by itself is replaced, with EC2's health check as the reason", async () => {
    await resize(1);
    await until("the launch", () => told.length === 1);
    hosts.switchOff("i-1");
    await until("its replacement", () => told.length === 3);
    expect(events()).toEqual(["LAUNCH i-1", "TERMINATE i-1", "LAUNCH i-2"]);
    expect(told[1]?.Cause).toMatch(
      /^At \S+ an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped\.$/,
    );
    expect(told[2]?.Cause).toMatch(
      /^At \S+ an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 1\.$/,
    );
    expect(errors.mock.calls).toEqual([[`fleet: i-1 of ${GROUP} went off by itself; another takes its place`]]);
  });

  test("that somebody ends is dismissed with the given cause and replaced", async () => {
    await resize(1);
    await until("the launch", () => told.length === 1);
    moto.ids = ["i-9"];
    fleet.dismiss(fleet.member("i-1") as Member, "because");
    await until("both events", () => told.length === 3);
    expect(events().sort()).toEqual(["LAUNCH i-1", "LAUNCH i-9", "TERMINATE i-1"]);
    expect(told.find(({ Event }) => Event.endsWith("TERMINATE"))?.Cause).toBe("because");
  });

  test("whose requests do not end in time leaves the load balancer all the same", async () => {
    await resize(1);
    await until("the launch", () => told.length === 1);
    haproxy.sessions.set("web/target1", 1);
    haproxy.status.set("web/target1", "DRAIN");
    moto.resize(0);
    fleet.reconcile(REGION, GROUP, resized);
    await until("the termination", () => told.length === 2);
    expect(haproxy.commands.at(-1)).toBe("set server web/target1 state maint");
  });
});

describe("a launch hook", () => {
  test("holds an instance until CONTINUE", async () => {
    hook(600);
    await resize(1);
    await booted("i-1");
    expect(states()).toEqual({ "i-1": "Pending:Wait" });
    expect(haproxy.commands).toEqual([]);
    answer("i-1", "CONTINUE");
    await until("the launch", () => told.length === 1);
    expect(states()).toEqual({ "i-1": "InService" });
    expect(events()).toEqual(["LAUNCH i-1"]);
  });

  test("that is answered before the boot has ended is answered once", async () => {
    hook(600);
    hosts.quick = false;
    await resize(1);
    answer("i-1", "CONTINUE");
    await until("its way on", () => waiting("i-1") === undefined);
    hosts.finish("i-1");
    await until("the launch", () => told.length === 1);
    await booted("i-1");
    expect(events()).toEqual(["LAUNCH i-1"]);
  });

  test("answered with ABANDON ends the instance, says so, and brings another", async () => {
    hook(600);
    await resize(1);
    await booted("i-1");
    answer("i-1", "ABANDON");
    await until("its replacement", () => states()["i-2"] === "Pending:Wait" && hosts.stopped.length === 1);
    expect(moto.terminated).toEqual(["i-1"]);
    expect(hosts.stopped).toEqual(["i-1"]);
    expect(events()).toEqual(["LAUNCH_ERROR i-1"]);
    expect(told[0]?.StatusMessage).toMatch(
      /^Instance failed to complete user's Lifecycle Action: Lifecycle Action with token [0-9a-f-]{36} was abandoned: Lifecycle Action Completed with ABANDON Result$/,
    );
  });

  test("that nobody answers takes its default result, and an abandoned instance is replaced", async () => {
    hook(0.05);
    await resize(1);
    await until("its replacement", () => fleet.member("i-2"));
    expect(told[0]?.StatusMessage).toMatch(/ was abandoned: Heartbeat Timeout$/);
  });

  test("that nobody answers may let the instance into service", async () => {
    hook(0.05, "CONTINUE");
    await resize(1);
    await until("the launch", () => told.length === 1);
    expect(states()).toEqual({ "i-1": "InService" });
  });

  test("ends with an instance that is told to go meanwhile", async () => {
    hook(0.1);
    await resize(1);
    await booted("i-1");
    moto.resize(0);
    fleet.reconcile(REGION, GROUP, resized);
    await until("the termination", () => told.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(events()).toEqual(["TERMINATE i-1"]);
    expect(moto.terminated).toEqual([]);
  });

  test("waits only under its own name, for its own group's instance", async () => {
    hook(600);
    await resize(1);
    expect(fleet.waiting(GROUP, "launch", "i-1")?.hook.name).toBe("launch");
    expect(fleet.waiting(GROUP, "terminate", "i-1")).toBeUndefined();
    expect(fleet.waiting("towline-test-other", "launch", "i-1")).toBeUndefined();
    expect(fleet.waiting(GROUP, "launch", "i-7")).toBeUndefined();
  });
});

describe("a spot instance", () => {
  test("that EC2 takes back is told so, as everybody is, and is replaced when it is off", async () => {
    await resize(1);
    await until("the launch", () => told.length === 1);
    const [member] = fleet.members();
    if (!member) throw new Error("there is no instance");
    const ending = fleet.interrupt(member, 20);
    expect(emitted.at(-1)).toBe("EC2 Spot Instance Interruption Warning undefined");
    expect(fleet.atAddress("10.0.0.1")?.interruption).toEqual(member.interruption);
    expect(states()).toEqual({ "i-1": "InService" });
    await ending;
    await until("its replacement", () => told.length === 3);
    expect(events()).toEqual(["LAUNCH i-1", "TERMINATE i-1", "LAUNCH i-2"]);
  });

  test("goes before its notice is over once nothing waits for it any more", async () => {
    await resize(1);
    await until("the launch", () => told.length === 1);
    const [member] = fleet.members();
    if (!member) throw new Error("there is no instance");
    const ready = new AbortController();
    const ending = fleet.interrupt(member, 3_600_000, ready.signal);
    ready.abort();
    await ending;
    await until("its replacement", () => told.length === 3);
  });

  test.each([
    ["without a share of them", {}, 2, "on-demand"],
    ["below the base", { OnDemandBaseCapacity: 2, OnDemandPercentageAboveBaseCapacity: 0 }, 1, "on-demand"],
    ["above the base", { OnDemandBaseCapacity: 2, OnDemandPercentageAboveBaseCapacity: 0 }, 2, "spot"],
    ["below its share, rounded up", { OnDemandPercentageAboveBaseCapacity: 50 }, 1, "on-demand"],
    ["above its share", { OnDemandPercentageAboveBaseCapacity: 50 }, 2, "spot"],
    ["of nothing but spot instances", { OnDemandPercentageAboveBaseCapacity: 0 }, 0, "spot"],
  ])("is bought or not by a group of three %s", (_, InstancesDistribution, onDemand, market) => {
    const group = {
      DesiredCapacity: 3,
      MixedInstancesPolicy: { InstancesDistribution },
    } as unknown as AutoScalingGroup;
    expect(nextMarket(group, onDemand)).toBe(market);
  });
});

describe("a termination hook", () => {
  const leaving = (id: string) => fleet.waiting(GROUP, "terminate", id);

  test("holds an instance that has drained, until it lets go; then it is off and its belongings are free", async () => {
    hook(600, "CONTINUE", "TERMINATING");
    await resize(1);
    await until("the launch", () => told.length === 1);
    moto.resize(0);
    fleet.reconcile(REGION, GROUP, resized);
    await until("the hook", () => leaving("i-1"));
    expect(states()).toEqual({ "i-1": "Terminating:Wait" });
    expect(fleet.atAddress("10.0.0.1")).toMatchObject({ targetState: "Terminated" });
    expect(haproxy.commands.at(-1)).toBe("set server web/target1 state maint");
    expect(hosts.stopped).toEqual([]);
    expect(emitted).toEqual(["EC2 Instance Launch Successful i-1", "EC2 Instance-terminate Lifecycle Action i-1"]);
    leaving("i-1")?.answer("CONTINUE");
    await until("the termination", () => told.length === 2);
    expect(hosts.stopped).toEqual(["i-1"]);
    expect(released).toEqual(["i-1"]);
    expect(emitted.at(-1)).toBe("EC2 Instance Terminate Successful i-1");
  });

  test("that nobody answers lets the instance go when its time is up", async () => {
    hook(0.05, "CONTINUE", "TERMINATING");
    await resize(1);
    await until("the launch", () => told.length === 1);
    moto.resize(0);
    fleet.reconcile(REGION, GROUP, resized);
    await until("the termination", () => told.length === 2);
  });

  test("does not hold an instance that went off by itself", async () => {
    hook(600, "CONTINUE", "TERMINATING");
    await resize(1);
    await until("the launch", () => told.length === 1);
    hosts.switchOff("i-1");
    await until("its replacement", () => told.length === 3);
    expect(events()).toEqual(["LAUNCH i-1", "TERMINATE i-1", "LAUNCH i-2"]);
  });
});
