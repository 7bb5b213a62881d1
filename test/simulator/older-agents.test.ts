import { Core, olderCoreFile } from "../../simulator/core";
import { type Version, World } from "../../simulator/world";

/** While the agent itself is rolled out, older ones and newer ones share a group: they exclude each other at lease.json. */
const OLD: Version = { name: "1.0.0", kind: "good" };
const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);
const KINDS = ["good", "bad"] as const;

const core = new Core();
const older = (["0.6", "0.7", "0.8", "0.9", "0.10"] as const).map(
  (agent) => new Core(undefined, 0, olderCoreFile(agent)),
);

/** Gives every second host an older core, one after the other. */
function mix(world: World, cores: readonly Core[]): void {
  world.hosts.forEach((host, i) => {
    if (i % 2 === 0) host.core = cores[(i / 2) % cores.length];
  });
}

/** A group of which some hosts have older agents, once a release has come to all. */
function mixed(
  seed: number,
  kind: Version["kind"],
  make: (hosts: number) => number,
  change: (world: World) => void,
): World {
  const hosts = 2 + (seed % 9);
  const world = new World({ seed, hosts, elders: make(hosts), versions: [OLD], runs: "1.0.0", skew: 300 });
  change(world);
  world.after(100, () => {
    world.versions.set("1.1.0", { name: "1.1.0", kind });
    world.publish("1.1.0", "1.0.0");
  });
  world.run(core, 3000);
  return world;
}

function wrong(world: World, version: string): string[] {
  const elsewhere = world.hosts.filter((host) => host.installed !== version || !host.serves);
  return [...world.broken, ...world.held(), ...elsewhere.map(({ id, installed }) => `${id} runs ${installed}`)].map(
    (what) => `seed ${world.beginning.seed}: ${what}`,
  );
}

describe.each([
  ["before core.jq", (hosts: number) => Math.ceil(hosts / 2), () => undefined],
  ["of 0.6", () => 0, (world: World) => mix(world, older.slice(0, 1))],
  ["of 0.7", () => 0, (world: World) => mix(world, older.slice(1, 2))],
  ["of 0.8", () => 0, (world: World) => mix(world, older.slice(2, 3))],
  ["of 0.9", () => 0, (world: World) => mix(world, older.slice(3, 4))],
  ["of 0.10", () => 0, (world: World) => mix(world, older.slice(4))],
  ["of all kinds", (hosts: number) => Math.ceil(hosts / 3), (world: World) => mix(world, older)],
])("with agents %s", (_, make, change) => {
  test.each(KINDS)("a %s version: one host is out at a time, and all end on the same", (kind) => {
    const expected = kind === "good" ? "1.1.0" : "1.0.0";
    const worlds = SEEDS.map((seed) => mixed(seed, kind, make, change));
    expect(worlds.flatMap((world) => wrong(world, expected))).toEqual([]);
    if (kind === "bad") expect(Math.max(...worlds.map((world) => world.reached.get("1.1.0")?.size ?? 0))).toBe(1);
  });
});

test("with agents of 0.8, a host that stands still with its slot while two may be out counts as out", () => {
  const worlds = SEEDS.map((seed) => {
    const world = new World({ seed, hosts: 16, versions: [OLD], runs: "1.0.0", policy: { maxUnavailable: 2 } });
    mix(world, older.slice(2, 3));
    world.after(100, () => {
      world.versions.set("1.1.0", { name: "1.1.0", kind: "good" });
      world.publish("1.1.0", "1.0.0");
    });
    let still = 0;
    for (let second = 140; second < 1000; second++) {
      world.after(second, () => {
        const host = world.hosts.find((one) => one.out && one.installed === "1.1.0");
        if (!host || still >= 3 || (second - 140) % 60 !== 0) return;
        still++;
        world.freeze(host, 300);
      });
    }
    world.run(core, 5000);
    return world;
  });
  expect(worlds.flatMap((world) => wrong(world, "1.1.0"))).toEqual([]);
});

describe("in a frozen time, of which agents of 0.7 know nothing,", () => {
  const frozen = SEEDS.map((seed) => {
    const world = new World({ seed, hosts: 8, versions: [OLD], runs: "1.0.0" });
    mix(world, older.slice(1, 2));
    world.policy({ freeze: [{ cron: "0 8 * * FRI", timeZone: "Etc/UTC", hours: 168 }] });
    world.after(100, () => {
      world.versions.set("1.1.0", { name: "1.1.0", kind: "good" });
      world.publish("1.1.0", "1.0.0");
    });
    world.run(core, 1500);
    return world;
  });

  test("they take what is new, one at a time, and newer ones do not", () => {
    for (const { hosts, broken } of frozen) {
      expect(broken).toEqual([]);
      expect(hosts.map(({ installed, core }) => installed === (core ? "1.1.0" : "1.0.0"))).not.toContain(false);
    }
  });
});

describe("of two packages that are released together, which agents of 0.7 take one by one,", () => {
  test.each([
    ["both are good", "good", "good"],
    ["the first is not healthy", "bad", "good"],
    ["the second is not healthy", "good", "bad"],
  ] as const)("%s: all end on what is", (_, hello, other) => {
    const worlds = SEEDS.map((seed) => {
      const second: Version[] = [
        { name: "2.1.0", kind: other },
        { name: "2.0.0", kind: "good" },
      ];
      const world = new World({ seed, hosts: 4 + (seed % 5), versions: [OLD], runs: "1.0.0", second });
      mix(world, older.slice(1, 2));
      const { others } = world;
      world.others = others.slice(1);
      world.publish("1.0.0");
      world.after(100, () => {
        world.others = others;
        world.versions.set("1.1.0", { name: "1.1.0", kind: hello });
        world.publish("1.1.0", "1.0.0");
      });
      world.run(core, 3500);
      return world;
    });
    expect(worlds.flatMap((world) => wrong(world, hello === "good" ? "1.1.0" : "1.0.0"))).toEqual([]);
    expect(new Set(worlds.flatMap(({ hosts }) => hosts.map((host) => host.other)))).toEqual(
      new Set([other === "good" ? "2.1.0" : "2.0.0"]),
    );
  });
});

test("a new group of older and newer agents comes to serve with the version below one that is not healthy", () => {
  const worlds = SEEDS.map((seed) => {
    const versions: Version[] = [{ name: "1.1.0", kind: "bad" }, OLD];
    const world = new World({ seed, hosts: 2 + (seed % 9), versions, skew: 300 });
    mix(world, older);
    world.run(core, 3000);
    return world;
  });
  expect(worlds.flatMap((world) => wrong(world, "1.0.0"))).toEqual([]);
});

describe("where canaries bake, of which agents of 0.7 know nothing,", () => {
  /** The world once the first host has 1.1.0, and what holds until it is found good. */
  const baked = (seed: number, canary: "older" | "newer") => {
    const world = new World({ seed, hosts: 6, versions: [OLD], runs: "1.0.0" });
    mix(world, older.slice(1, 2));
    world.policy({ bake: 500 });
    const others = world.hosts.filter(({ core }) => (core === undefined) !== (canary === "newer"));
    for (const host of others) world.freeze(host, 160);
    world.after(100, () => {
      world.versions.set("1.1.0", { name: "1.1.0", kind: "good" });
      world.publish("1.1.0", "1.0.0");
    });
    world.run(core, 450);
    return world;
  };
  const verdict = (world: World) => world.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict;

  test("they wait for a newer one that bakes, and take the version then", () => {
    for (const seed of SEEDS) {
      const world = baked(seed, "newer");
      expect([...(world.reached.get("1.1.0") ?? [])]).toHaveLength(1);
      expect(verdict(world)).toBeUndefined();
      world.run(core, 2500);
      expect(wrong(world, "1.1.0")).toEqual([]);
    }
  });

  test("they find good at once what they try first", () => {
    expect(verdict(baked(1, "older"))).toBe("ok");
  });
});

describe.each([
  ["0.9", 3],
  ["0.10", 4],
])("of agents of %s, which know no voices, and newer ones,", (_, at) => {
  const PROVEN: Version[] = [{ name: "1.1.0", kind: "good" }, OLD];
  /** A group that runs what is below a version that was found good. */
  const group = (seed: number) => {
    const world = new World({ seed, hosts: 8, versions: PROVEN, runs: "1.0.0" });
    mix(world, older.slice(at, at + 1));
    world.blamable = true;
    world.verdict("1.1.0", "ok");
    return world;
  };
  const runs = (world: World) => world.hosts.map(({ installed }) => installed);

  test("what newer ones convict, and what people recall, goes from all", () => {
    for (const seed of SEEDS) {
      const [convicted, recalled] = [group(seed), group(seed)];
      for (const host of convicted.hosts.filter(({ core }) => core === undefined).slice(0, 2)) {
        host.sickWith = "1.1.0";
        convicted.freeze(host, 700);
      }
      convicted.run(core, 5000);
      expect(wrong(convicted, "1.0.0")).toEqual([]);
      recalled.after(1500, () => recalled.recall("1.1.0"));
      recalled.run(core, 4000);
      expect(wrong(recalled, "1.0.0")).toEqual([]);
    }
  });

  test("what only older ones convict goes from them, and from none of the newer that serve with it", () => {
    for (const seed of SEEDS) {
      const world = group(seed);
      for (const host of world.hosts.filter((one) => one.core).slice(0, 2)) {
        host.sickWith = "1.1.0";
        world.freeze(host, 900);
      }
      world.run(core, 5000);
      expect(world.broken).toEqual([]);
      expect(runs(world)).toEqual(world.hosts.map((host) => (host.core ? "1.0.0" : "1.1.0")));
    }
  });
});

test("an older agent that did not heed the lease would be seen", () => {
  const seen = SEEDS.slice(0, 3).flatMap((seed) => {
    const world = new World({ seed, hosts: 8, elders: 4, versions: [OLD], runs: "1.0.0" });
    const json = world.s3.json.bind(world.s3);
    world.s3.json = (key) => (key.endsWith("/lease.json") ? undefined : json(key));
    world.after(100, () => {
      world.versions.set("1.1.0", { name: "1.1.0", kind: "good" });
      world.publish("1.1.0", "1.0.0");
    });
    world.run(core, 600);
    return world.broken;
  });
  expect(seen.join("\n")).toContain("was out, and 1 may be");
});
