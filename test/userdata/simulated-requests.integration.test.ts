import { Core } from "../../simulator/core";
import type { Host as SimulatedHost } from "../../simulator/host";
import { type Version, World } from "../../simulator/world";
import { INSTANCE } from "./fake-aws";
import { Host } from "./host";

/**
 * The simulator says what hosts do only if its hosts ask what real ones ask: here the agent runs beside one of the simulator's hosts, in
 * the same situation, and both send the same requests to the bucket.
 */

const OLD: Version = { name: "1.0.0", kind: "good" };
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";

/** What a simulated host that runs 1.0.0 asks in a poll of up to so many seconds, beside one whose agent stands still. */
function simulated(happen: (world: World) => void, seconds = 80, second: Version[] = []): string[] {
  const world = new World({ seed: 1, hosts: 2, versions: [OLD], runs: "1.0.0", agent: "0.1.0", spread: 0, second });
  const core = new Core();
  world.run(core, 30);
  const [host, other] = world.hosts as [SimulatedHost, SimulatedHost];
  world.freeze(other, 1000);
  host.requests = [];
  happen(world);
  world.run(core, 30 + seconds);
  expect(world.broken).toEqual([]);
  return host.requests;
}

let host: Host;

beforeEach(async () => {
  host = await Host.start("1.0.0", ["1.0.0"]);
  host.aws.others["i-00002"] = "healthy";
  host.sign(Date.now() - 3_600_000);
  expect((await host.agent("poll")).code).toBe(0);
  host.forget();
});
afterEach(async () => expect(await host.stop()).toEqual([]));

/** What the agent asks the bucket for in one poll; a listing by the folder that it is of. */
async function asked(): Promise<string[]> {
  await host.agent("poll");
  return host.aws
    .s3()
    .map((request) => decodeURIComponent(request).replace(/hosts\/web\/.*/, "hosts/web/i-00001.json"))
    .map((request) => request.replaceAll(INSTANCE, "i-00001"))
    .map((request) => request.replace(/^GET \?list-type=2&prefix=/, "GET "));
}

function publish(world: World, version: Version): void {
  world.versions.set(version.name, version);
  world.publish(version.name, "1.0.0");
}

test("a quiet poll", async () => {
  expect(await asked()).toEqual(simulated(() => undefined));
});

test("a canary that upgrades", async () => {
  host.candidates("hello", ["1.1.0", "1.0.0"]);
  host.sign(Date.now());
  expect(await asked()).toEqual(simulated((world) => publish(world, { name: "1.1.0", kind: "good" })));
});

test("an upgrade to a version that is ok", async () => {
  host.candidates("hello", ["1.1.0", "1.0.0"]);
  host.verdict("1.1.0", "ok");
  host.sign(Date.now());
  const same = simulated((world) => {
    world.verdict("1.1.0", "ok");
    publish(world, { name: "1.1.0", kind: "good" });
  });
  expect(same).not.toContain(`PUT ${VERDICT}`);
  expect(await asked()).toEqual(same);
});

test("a version that is not healthy, and the way back", async () => {
  host.candidates("hello", ["1.1.0", "1.0.0"]);
  host.broken("1.1.0");
  host.sign(Date.now());
  expect(await asked()).toEqual(simulated((world) => publish(world, { name: "1.1.0", kind: "bad" }), 130));
});

test("a version that is not healthy on the only host of a group", async () => {
  host.aws.others = {};
  host.candidates("hello", ["1.1.0", "1.0.0"]);
  host.broken("1.1.0");
  host.sign(Date.now());
  const same = simulated((world) => {
    world.hosts.splice(1);
    publish(world, { name: "1.1.0", kind: "bad" });
  }, 130);
  expect(await asked()).toEqual(same);
  expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad" });
});

test("a recall of what runs", async () => {
  host.candidates("hello", ["1.0.0", "0.9.0"]);
  host.verdict("0.9.0", "ok");
  const recalled = { hello: { "1.0.0": { reason: "customers complain" } } };
  for (const name of ["orders", "control"])
    host.aws.objects.set(`rollout/web/${name}.json`, JSON.stringify({ generation: 1, recalled }));
  host.write("var/cache/apt/archives/hello_0.9.0_amd64.deb", "deb\n");
  const same = simulated((world) => {
    world.versions.set("0.9.0", { name: "0.9.0", kind: "good" });
    world.listed.push("0.9.0");
    world.verdict("0.9.0", "ok");
    world.recall("1.0.0");
  });
  expect(same).toContain("PUT rollout/web/lease.json");
  expect(await asked()).toEqual(same);
});

test("a word against what runs, which other hosts that serve with it deny, and what was heard of it elsewhere", async () => {
  const says = (id: string) =>
    `rollout/web/voices/hello/1.0.0/ok/arn:aws:ec2:eu-west-1:123456789012:instance/${id}.json`;
  const control = JSON.stringify({ generation: 1, recalled: { hello: { "1.0.0": { reason: "made up" } } } });
  host.candidates("hello", ["1.0.0", "0.9.0"]);
  for (const id of ["i-00008", "i-00009"]) host.aws.objects.set(says(id), "{}");
  host.aws.objects.set("rollout/web/control.json", control);
  host.verdict("1.0.0", "bad");
  const same = simulated((world) => {
    world.versions.set("0.9.0", { name: "0.9.0", kind: "good" });
    world.listed.push("0.9.0");
    for (const id of ["i-00008", "i-00009"]) world.s3.set(says(id), "{}", world.time);
    world.s3.set("rollout/web/control.json", control, world.time);
    world.verdict("1.0.0", "bad");
  });
  expect(same).toContain("GET rollout/web/voices/hello/1.0.0/");
  expect(same).not.toContain("PUT rollout/web/lease.json");
  expect(await asked()).toEqual(same);
  expect(host.installed()).toBe("1.0.0");
});

test("a hold", async () => {
  host.candidates("hello", ["1.1.0", "1.0.0"]);
  host.aws.objects.set("rollout/web/control.json", JSON.stringify({ hold: { reason: "the sale" } }));
  host.sign(Date.now());
  const same = simulated((world) => {
    world.hold("the sale");
    publish(world, { name: "1.1.0", kind: "good" });
  });
  expect(same).not.toContain("PUT rollout/web/lease.json");
  expect(await asked()).toEqual(same);
});

test("a frozen time", async () => {
  const policy = { freeze: [{ cron: "* * * * *", timeZone: "Europe/Berlin", hours: 1 }] };
  host.candidates("hello", ["1.1.0", "1.0.0"]);
  host.aws.objects.set("rollout/web/policy.json", JSON.stringify(policy));
  host.sign(Date.now());
  const same = simulated((world) => {
    world.policy(policy);
    publish(world, { name: "1.1.0", kind: "good" });
  });
  expect(same).not.toContain("PUT rollout/web/lease.json");
  expect(await asked()).toEqual(same);
});

test("a canary whose version bakes", async () => {
  const policy = { bake: 3600 };
  host.candidates("hello", ["1.1.0", "1.0.0"]);
  host.aws.objects.set("rollout/web/policy.json", JSON.stringify(policy));
  host.sign(Date.now());
  const same = simulated((world) => {
    world.policy(policy);
    publish(world, { name: "1.1.0", kind: "good" });
  });
  expect(same).not.toContain(`PUT ${VERDICT}`);
  expect(same.at(-1)).toBe("PUT hosts/web/i-00001.json");
  expect(await asked()).toEqual(same);
});

describe("two packages", () => {
  const NEW: Version = { name: "2.1.0", kind: "good" };

  beforeEach(async () => {
    host.second();
    host.write("state/installed/other", "2.0.0\n");
    host.write("var/cache/apt/archives/other_2.0.0_amd64.deb", "deb\n");
    host.candidates("other", ["2.0.0"]);
    host.aws.objects.set("rollout/web/verdicts/other/2.0.0.json", JSON.stringify({ verdict: "ok" }));
    expect((await host.agent("poll")).code).toBe(0);
    host.forget();
    host.candidates("hello", ["1.1.0", "1.0.0"]);
    host.candidates("other", ["2.1.0", "2.0.0"]);
    host.sign(Date.now());
    host.publish("two");
  });

  const beside = (kind: Version["kind"], seconds?: number) =>
    simulated(
      (world) => {
        world.versions.set(NEW.name, NEW);
        world.others = [NEW.name, "2.0.0"];
        publish(world, { name: "1.1.0", kind });
      },
      seconds,
      [{ name: "2.0.0", kind: "good" }],
    );

  test("a canary that takes both", async () => {
    expect(await asked()).toEqual(beside("good"));
  });

  test("a canary that fails at both together, and then at each it tries alone", async () => {
    host.broken("1.1.0");
    expect(await asked()).toEqual(beside("bad", 180));
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad" });
    expect(host.aws.json("rollout/web/verdicts/other/2.1.0.json")).toMatchObject({ verdict: "ok" });
  });
});
