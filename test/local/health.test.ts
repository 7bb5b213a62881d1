import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { answerAutoScaling, followAutoScaling } from "../../local/answers/autoscaling";
import { Announcements } from "../../local/fleet/announcements";
import { Fleet } from "../../local/fleet/fleet";
import { HealthChecks, isReplaced } from "../../local/fleet/health";
import type { Member } from "../../local/fleet/member";
import { GroupSettings } from "../../local/fleet/settings";
import { TargetGroups } from "../../local/fleet/target-groups";
import { Balancer } from "../../local/region/balancer";
import { waitFor } from "../../local/region/wait";
import { queryCall } from "./calls";
import { FakeHaproxy } from "./fake-haproxy";
import { FakeHosts, FakeMoto, GROUP, REGION, TARGET_GROUP, TOPIC } from "./fake-region";

let haproxy: FakeHaproxy;
let moto: FakeMoto;
let hosts: FakeHosts;
let fleet: Fleet;
let targetGroups: TargetGroups;
let health: HealthChecks;
let told: { Event: string; EC2InstanceId: string; Cause: string }[];
const topics = {
  publish: async (_topic: string, _group: string, _subject: string, message: string) =>
    told.push(JSON.parse(message)) > 0,
};
const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);

beforeEach(async () => {
  haproxy = new FakeHaproxy();
  await haproxy.start();
  [moto, hosts, told] = [new FakeMoto(), new FakeHosts(), []];
  targetGroups = new TargetGroups(new Balancer());
  const backend = { name: "web", healthPath: "/", matcher: "200", interval: 5, unhealthyThreshold: 2 };
  targetGroups.add({ arn: TARGET_GROUP, port: 8080, deregistrationDelay: 1, backend });
  const settings = new GroupSettings();
  const announcements = new Announcements(topics, { emit: () => undefined }, settings);
  fleet = new Fleet(
    moto.clients,
    targetGroups,
    settings,
    announcements,
    { release: async () => undefined },
    hosts.boot,
  );
  health = new HealthChecks(fleet, targetGroups, moto.clients, 0);
  const form = new URLSearchParams({ AutoScalingGroupName: GROUP, TopicARN: TOPIC });
  form.set("NotificationTypes.member.1", "autoscaling:EC2_INSTANCE_TERMINATE");
  settings.readNotification(form);
  moto.settings = { HealthCheckType: "ELB", HealthCheckGracePeriod: 0 };
  errors.mockClear();
});
afterEach(() => haproxy.stop());

const until = (what: string, check: () => unknown) =>
  waitFor(what, () => Boolean(check()), { timeout: 60_000, interval: 5 });
const states = () => Object.fromEntries(fleet.members().map((member) => [member.spec.id, member.lifecycle]));
const both = { "i-1": "InService", "i-2": "InService" };

/** Two instances in service; the load balancer has seen the first healthy, and finds it ill now. */
async function oneIll(): Promise<void> {
  moto.resize(2);
  fleet.reconcile(REGION, GROUP);
  await until("both in service", () => fleet.members().length === 2 && !Object.values(states()).includes("Pending"));
  await until("both targets", () => haproxy.commands.length === 4);
  for (const target of ["web/target1", "web/target2"]) haproxy.status.set(target, "UP");
  await health.look();
  haproxy.status.set("web/target1", "DOWN");
}

describe("an instance that the load balancer finds unhealthy", () => {
  test("gives its place to another, for AWS's reason, also where it is protected from scale-in", async () => {
    moto.settings = { ...moto.settings, NewInstancesProtectedFromScaleIn: true };
    await oneIll();
    await health.look();
    await until("its replacement", () => states()["i-3"] === "InService" && told.length === 1);
    expect(moto.terminated).toEqual(["i-1"]);
    expect(states()).toEqual({ "i-2": "InService", "i-3": "InService" });
    expect(told[0]?.EC2InstanceId).toBe("i-1");
    expect(told[0]?.Cause).toMatch(
      /^At \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ an instance was taken out of service in response to an ELB system health check failure\.$/,
    );
  });

  test("meets its termination hook while the new one boots already", async () => {
    const hook = { LifecycleHookName: "end", LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING" };
    fleet.settings.readHook(new URLSearchParams({ AutoScalingGroupName: GROUP, ...hook }));
    await oneIll();
    await health.look();
    await until("its hook", () => states()["i-1"] === "Terminating:Wait" && states()["i-3"] === "InService");
    expect(hosts.stopped).toEqual([]);
    fleet.waiting(GROUP, "end", "i-1")?.answer("CONTINUE");
    await until("its end", () => hosts.stopped.includes("i-1"));
  });

  test("stays where it is healthy again, or out of the load balancer, before it was unhealthy for long enough", async () => {
    health = new HealthChecks(fleet, { unhealthy: async () => ill }, moto.clients, 60_000);
    const ill = new Set<string>();
    await oneIll();
    const clock = jest.spyOn(Date, "now");
    const [at, look] = [Date.now(), (ms: number) => clock.mockReturnValue(at + ms) && health.look()];
    ill.add("i-1");
    await look(0);
    await look(59_000);
    ill.clear();
    await look(60_000);
    ill.add("i-1");
    await look(61_000);
    await look(120_000);
    expect(states()).toEqual(both);
    await look(121_000);
    clock.mockRestore();
    expect(moto.terminated).toEqual(["i-1"]);
  });

  test("that is draining is not unhealthy", async () => {
    await oneIll();
    haproxy.sessions.set("web/target1", 1);
    await targetGroups.deregister(TARGET_GROUP, "i-1");
    await health.look();
    expect(states()).toEqual(both);
  });
});

describe("whether an instance is replaced", () => {
  const elb: Partial<AutoScalingGroup> = { HealthCheckType: "ELB", HealthCheckGracePeriod: 60 };
  const suspended = (ProcessName: string) => ({ ...elb, SuspendedProcesses: [{ ProcessName }] });
  test.each([
    ["by the load balancer's word, after the grace period", elb, "elb", 60_000, true],
    ["not in its grace period", elb, "elb", 59_999, false],
    ["not where only EC2's checks count", { ...elb, HealthCheckType: "EC2" }, "elb", 60_000, false],
    ["not where health checks are suspended", suspended("HealthCheck"), "elb", 60_000, false],
    ["not where replacement is suspended", suspended("ReplaceUnhealthy"), "elb", 60_000, false],
    ["not where terminations are suspended", suspended("Terminate"), "elb", 60_000, false],
    ["where something else is suspended", suspended("AZRebalance"), "elb", 60_000, true],
    ["by hand, whatever is checked", { HealthCheckType: "EC2" }, "user", 0, true],
    ["by hand, though health checks are suspended", suspended("HealthCheck"), "user", 60_000, true],
    ["not by hand where replacement is suspended", suspended("ReplaceUnhealthy"), "user", 60_000, false],
  ] as const)("%s", (_title, group, accuser, served, replaced) => {
    expect(isReplaced(group as AutoScalingGroup, accuser, served)).toBe(replaced);
  });
});

describe("SetInstanceHealth", () => {
  const set = async (id: string, HealthStatus: string, fields: Record<string, string> = {}) => {
    const call = queryCall("autoscaling", "SetInstanceHealth", { InstanceId: id, HealthStatus, ...fields });
    const reply = await answerAutoScaling(fleet, topics, moto.clients(REGION), call);
    if (reply === undefined) await followAutoScaling(fleet, health, call, "");
    return reply?.status;
  };
  const served = (ago: number) => Object.assign(fleet.member("i-2") as Member, { inServiceAt: Date.now() - ago });

  test("has an instance replaced that called itself unhealthy, whatever its load balancer says", async () => {
    await oneIll();
    haproxy.status.set("web/target1", "UP");
    expect(await set("i-2", "Unhealthy")).toBeUndefined();
    await health.look();
    await until("its replacement", () => states()["i-3"] === "InService" && told.length === 1);
    expect(told[0]?.Cause).toMatch(/ an instance was taken out of service in response to a user health-check\.$/);
    expect(states()).toEqual({ "i-1": "InService", "i-3": "InService" });
  });

  test("counts for nothing in the grace period, unless it is to", async () => {
    moto.settings = { HealthCheckType: "EC2", HealthCheckGracePeriod: 60 };
    await oneIll();
    served(10_000);
    expect(await set("i-2", "Unhealthy")).toBe(200);
    await health.look();
    expect(states()).toEqual(both);
    expect(await set("i-2", "Unhealthy", { ShouldRespectGracePeriod: "false" })).toBeUndefined();
    await health.look();
    expect(moto.terminated).toEqual(["i-2"]);
  });

  test("can be taken back, and knows no strangers", async () => {
    moto.settings = { HealthCheckType: "EC2" };
    await oneIll();
    await set("i-2", "Unhealthy");
    await set("i-2", "Healthy");
    await health.look();
    expect(states()).toEqual(both);
    expect(await set("i-9", "Unhealthy")).toBe(400);
  });
});
