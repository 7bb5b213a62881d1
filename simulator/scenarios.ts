import type { Host } from "./host";
import { type Beginning, type Version, World } from "./world";

/** What goes on in a world, and what has to be true once it is over. */
export interface Scenario {
  readonly name: string;
  /** Seconds until everything that was set on foot has to have ended well. */
  readonly until: number;
  make(seed: number): World;
  /** What is not as it has to be; empty in a good run. */
  judge(world: World): string[];
}

const OLD: Version = { name: "1.0.0", kind: "good" };
const NEW: Version = { name: "1.1.0", kind: "good" };
const NEWER: Version = { name: "1.2.0", kind: "good" };

/** An hour from the beginning of the world on, 2027-01-15 08:00 UTC, a Friday. */
const FREEZE = { cron: "0 9 * * FRI", timeZone: "Europe/Berlin", hours: 1 };
const FREEZE_END = 3600;

/** A group that bakes for so many seconds, and gets a release after 100. */
function baking(
  seed: number,
  beginning: Partial<Beginning>,
  bake: number,
  version: Version,
  happen: (world: World) => void = () => undefined,
): World {
  return world(seed, beginning, (made) => {
    made.policy({ bake });
    if (beginning.runs === undefined) made.after(100, () => publish(made, version, OLD));
    happen(made);
  });
}

/** Until somebody says that it is good, a release is on one host. */
function alone(made: World): void {
  const hosts = made.reached.get("1.1.0")?.size ?? 0;
  if (hosts > 1 && made.s3.json("rollout/web/verdicts/hello/1.1.0.json") === undefined)
    made.breaks(`${hosts} hosts had 1.1.0 while it baked`);
}

/** What a canary that serves holds is as fresh as what one that is out holds. */
function fresh(made: World): void {
  const age = made.time - (made.s3.get("rollout/web/lease.json")?.modified ?? made.time);
  if (made.s3.json("rollout/web/lease.json")?.holder && age > 75)
    made.breaks(`the lease had not been renewed for ${Math.round(age)} s`);
}

/** Has something happen to the host that has slot 0, and is out, once so many others have come through with it. */
function whoHasSlot0(made: World, done: number, happen: (host: Host, second: number) => void): void {
  let happened = false;
  for (let second = 101; second < 600; second++) {
    made.after(second, () => {
      const lease = made.s3.json("rollout/web/lease.json");
      const host = made.hosts.find((one) => one.out && one.id === lease?.holder);
      if (happened || host === undefined || lease?.done !== done) return;
      happened = true;
      happen(host, second);
    });
  }
}

function world(seed: number, beginning: Partial<Beginning>, happen: (world: World) => void = () => undefined): World {
  const made = new World({ seed, hosts: 3 + (seed % 6), versions: [OLD], runs: "1.0.0", skew: 600, ...beginning });
  happen(made);
  return made;
}

/** All hosts run a version, and serve, and nobody holds the lease. */
function converged(version: string): (world: World) => string[] {
  return (made) => [
    ...made.hosts
      .filter((host) => host.installed !== version || !host.serves)
      .map((host) => `${host.id} runs ${host.installed || "nothing"}, not ${version}, and is ${made.state(host)}`),
    // One that a host let expire is free.
    ...made.held().map((key) => `${key} is still held`),
  ];
}

/** So many hosts were out at once at some time. */
function wide(hosts: number): (world: World) => string[] {
  return (made) => (made.mostOut === hosts ? [] : [`${made.mostOut} hosts were out at once, not ${hosts}`]);
}

/** A version reached no more hosts than this. */
function reached(version: string, most: number): (world: World) => string[] {
  return (made) => {
    const hosts = made.reached.get(version)?.size ?? 0;
    return hosts > most ? [`${version} reached ${hosts} hosts, not ${most} at most`] : [];
  };
}

/** What the group has found of its versions, and of no other. */
function verdicts(expected: Readonly<Record<string, string>>): (world: World) => string[] {
  return (made) => {
    const found = made.s3.keys().flatMap((key) => {
      const [, version] = /\/verdicts\/hello\/(.*)\.json$/.exec(key) ?? [];
      return version === undefined ? [] : [[version, made.s3.json(key)?.verdict]];
    });
    const [is, wanted] = [Object.fromEntries(found), expected].map((one) => JSON.stringify(Object.entries(one).sort()));
    return is === wanted ? [] : [`verdicts are ${is}, not ${wanted}`];
  };
}

/** The versions of a second package, the newer of which is of this kind. */
const second = (kind: Version["kind"] = "good"): Version[] => [
  { name: "2.1.0", kind },
  { name: "2.0.0", kind: "good" },
];

/** All hosts run this version of the second package, too. */
function both(version: string, other: string): (world: World) => string[] {
  return (made) => [
    ...converged(version)(made),
    ...made.hosts.filter((host) => host.other !== other).map((host) => `${host.id} runs ${host.other}, not ${other}`),
  ];
}

/** Two versions, of which the second package's is published with the first one's. */
function together(made: World, version: Version): void {
  const others = made.others;
  made.others = others.slice(-1);
  made.publish(...made.listed);
  made.after(100, () => {
    made.others = others;
    publish(made, version, OLD);
  });
}

const all =
  (...judges: ((world: World) => string[])[]) =>
  (made: World) =>
    judges.flatMap((judge) => judge(made));

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "a good version comes to all",
    until: 1500,
    make: (seed) => world(seed, {}, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: converged("1.1.0"),
  },
  {
    name: "a good version comes to all of a group without a load balancer",
    until: 1500,
    make: (seed) => world(seed, { balanced: false }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: all(converged("1.1.0"), wide(1)),
  },
  {
    name: "a good version comes to all while S3 fails now and then",
    until: 4000,
    make: (seed) =>
      world(seed, { faults: 0.05 }, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        made.after(1500, () => {
          made.faults = 0;
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a version that is not healthy reaches its canary alone",
    until: 1500,
    make: (seed) => world(seed, {}, (made) => made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD))),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version that is not healthy reaches its canary alone though the load balancer does not always answer",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD));
        let [tried, back] = [0, 0];
        for (let second = 101; second < 300; second++) {
          made.after(second, () => {
            const canary = made.hosts.find((host) => host.out);
            if (canary?.installed === "1.1.0") tried ||= second;
            else if (canary && tried > 0) back ||= second;
            // When the canary finds that it failed, and again when it is back.
            made.silent =
              (tried > 0 && second >= tried + 17 && second < tried + 24) || (back > 0 && second < back + 13);
          });
        }
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a canary that comes back late takes nothing from the one that tries after it",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 60 }, (made) => {
        // So many that two failures beside the canary's convict nobody.
        made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD));
        let first: Host | undefined;
        for (let second = 101; second < 600; second++) {
          made.after(second, () => {
            const canary = made.s3.json("rollout/web/trials/hello/1.1.0.json")?.canary;
            if (first === undefined) {
              first = made.hosts.find((host) => host.out && host.installed === "1.1.0");
              // One more: the first one seems replaced.
              if (first) made.launch();
              if (first) made.freeze(first, 70);
            }
            // Its agent stands still until another tries the version.
            if (first && canary === first.id) made.freeze(first, 2);
          });
        }
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 2), verdicts({ "1.1.0": "bad", "1.0.0": "ok" })),
  },
  {
    name: "a canary that loses its record during a hold finds nothing good before it has baked",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 4 }, (made) => {
        made.policy({ bake: 300 });
        made.after(100, () => publish(made, NEW, OLD));
        let canary: Host | undefined;
        for (let second = 101; second < 400; second++) {
          made.after(second, () => {
            if (canary) return;
            canary = made.hosts.find((host) => !host.out && host.installed === "1.1.0" && host.serves);
            if (!canary) return;
            made.hold("the sale");
            made.reboot(canary, 5);
            canary.losesRecord();
          });
        }
        made.after(1000, () => made.hold(undefined));
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a version that ends its hosts reaches two",
    until: 3000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, { ...NEW, kind: "killer" }, OLD));
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 2)),
  },
  {
    name: "a version that was found good is recalled from all",
    until: 3000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        made.after(1200, () => made.recall("1.1.0"));
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a version that is superseded while hosts wait is taken by no further one",
    until: 2500,
    make: (seed) =>
      world(seed, { hosts: 12 }, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        made.after(190, () => publish(made, NEWER, NEW, OLD));
      }),
    judge: all(converged("1.2.0"), reached("1.1.0", 7)),
  },
  {
    name: "hosts that wait ask a bounded number of times",
    until: 1800,
    make: (seed) => world(seed, { hosts: 24 }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: all(converged("1.1.0"), (made) => {
      const each = made.s3.gets / made.hosts.length;
      return each > 250 ? [`each host read ${Math.round(each)} objects`] : [];
    }),
  },
  {
    name: "while a database is away, no version is convicted",
    until: 3500,
    make: (seed) =>
      world(seed, {}, (made) => {
        const from = 95 + (seed % 40);
        made.after(100, () => publish(made, NEW, OLD));
        made.after(from, () => {
          made.outage = true;
        });
        made.after(from + 45 + (seed % 60), () => {
          made.outage = false;
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a database that comes back while a canary leaves its bake convicts no version",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 4 }, 200, NEW, (made) => {
        let over = false;
        for (let second = 160; second < 400; second++) {
          made.after(second, () => {
            const left = made.hosts.some(
              (host) => host.out && host.installed === "1.1.0" && host.registered === undefined,
            );
            over ||= second > 200 && left;
            made.outage = second >= 200 && !over;
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "hosts that cannot come back while a database is away convict no version",
    until: 6000,
    make: (seed) =>
      world(seed, { hosts: 6 }, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        made.after(110, () => {
          made.outage = true;
        });
        made.after(2400, () => {
          made.outage = false;
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "hosts that are launched during a trial take what is proven",
    until: 2000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD));
        for (let i = 0; i < 3; i++) made.after(80 + (seed % 30) + i, () => made.launch());
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version that the load balancer finds unhealthy is found good by none of the hosts that are replaced for it",
    until: 3000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, { ...NEW, kind: "unserved" }, OLD));
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 2)),
  },
  {
    name: "one host that fails at a proven version keeps it from nobody",
    until: 2500,
    make: (seed) =>
      world(seed, { versions: [NEW, OLD] }, (made) => {
        made.verdict("1.1.0", "ok");
        (made.hosts[0] as Host).sickWith = "1.1.0";
      }),
    judge: (made) =>
      made.hosts.slice(1).flatMap((host) => (host.installed === "1.1.0" ? [] : [`${host.id} has not 1.1.0`])),
  },
  {
    name: "two hosts that fail at a version that was found good take it from all",
    until: 4500,
    make: (seed) =>
      world(seed, { hosts: 6, versions: [{ ...NEW, kind: "good" }, OLD] }, (made) => {
        made.blamable = true;
        made.verdict("1.1.0", "ok");
        for (const host of made.hosts.slice(0, 2)) host.sickWith = "1.1.0";
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a withdrawn version is not what hosts end on, and nothing older is blamed for a database that is away",
    until: 4000,
    make: (seed) =>
      world(seed, { versions: [NEW, OLD], runs: "1.1.0" }, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(100, () => made.publish("1.0.0"));
        for (const host of made.hosts) host.sickWith = "1.0.0";
        made.after(1500, () => {
          for (const host of made.hosts) host.sickWith = undefined;
        });
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a group of which nothing is proven yet proves what it runs",
    until: 600,
    make: (seed) => world(seed, { runs: undefined }),
    judge: all(converged("1.0.0"), (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.0.0.json")?.verdict === "ok" ? [] : ["1.0.0 has no verdict"],
    ),
  },
  {
    name: "a new group whose highest version is not healthy comes to serve with the one below, and finds the first bad",
    until: 2000,
    make: (seed) => world(seed, { versions: [{ ...NEW, kind: "bad" }, OLD], runs: undefined }),
    judge: all(converged("1.0.0"), verdicts({ "1.1.0": "bad", "1.0.0": "ok" })),
  },
  {
    name: "a new group whose highest version the load balancer finds unhealthy comes to serve with the one below",
    until: 6000,
    make: (seed) =>
      world(seed, { versions: [{ ...NEW, kind: "unserved" }, OLD], runs: undefined }, (made) => {
        made.blamable = true;
      }),
    judge: all(converged("1.0.0"), verdicts({ "1.1.0": "bad", "1.0.0": "ok" })),
  },
  {
    name: "a new group whose highest version ends its hosts comes to serve with the one below",
    until: 8000,
    make: (seed) =>
      world(seed, { versions: [{ ...NEW, kind: "killer" }, OLD], runs: undefined }, (made) => {
        made.blamable = true;
      }),
    judge: all(converged("1.0.0"), verdicts({ "1.1.0": "bad", "1.0.0": "ok" })),
  },
  {
    name: "a new group whose database is away finds nothing bad, and comes to its highest version",
    until: 4000,
    make: (seed) =>
      world(seed, { versions: [NEWER, NEW, OLD], runs: undefined }, (made) => {
        made.outage = true;
        made.after(500 + 40 * seed, () => {
          made.outage = false;
        });
      }),
    judge: all(converged("1.2.0"), verdicts({ "1.2.0": "ok" })),
  },
  {
    name: "a new group in which boots failed with every version tries each again",
    until: 5000,
    make: (seed) =>
      world(seed, { versions: [{ ...NEWER, kind: "bad" }, NEW, OLD], runs: undefined }, (made) => {
        made.outage = true;
        made.after(500 + 40 * seed, () => {
          made.outage = false;
        });
      }),
    judge: all(converged("1.1.0"), verdicts({ "1.2.0": "bad", "1.1.0": "ok" })),
  },
  {
    name: "many hosts that boot at once count a failure twice, and ask a bounded number of times",
    until: 150,
    make: (seed) =>
      world(seed, { hosts: 200, versions: [{ ...NEW, kind: "bad" }, OLD], runs: undefined }, (made) => {
        // Those that come in place of the first ones.
        for (const seconds of [85, 90, 95]) made.after(seconds, () => made.launch());
      }),
    judge: (made) => {
      const { boots } = (made.s3.json("rollout/web/trials/hello/1.1.0.json") ?? {}) as {
        boots?: { failed: object; rounds: number };
      };
      const failed = Object.keys(boots?.failed ?? {}).length;
      const puts = made.s3.puts / 200;
      return [
        ...(boots?.rounds === 0 && failed === 2 ? [] : [`${failed} failures stand there, round ${boots?.rounds}`]),
        ...(puts > 8 ? [`each host wrote ${Math.round(puts)} times`] : []),
      ];
    },
  },
  {
    name: "an index that was put back is taken by no host that boots, nor by one that runs",
    until: 1500,
    make: (seed) =>
      world(seed, { versions: [NEW, OLD], runs: "1.1.0" }, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(200, () => made.publish("1.1.0", "1.0.0"));
        made.after(300, () => {
          made.signed -= 150;
          made.replay("1.0.0");
        });
        for (let i = 0; i < 3; i++) made.after(310 + 20 * i, () => made.launch());
        made.after(800, () => made.publish("1.1.0", "1.0.0"));
      }),
    judge: all(converged("1.1.0"), reached("1.0.0", 0), (made) =>
      made.hosts.length < 6 ? ["hosts did not boot"] : [],
    ),
  },
  {
    name: "a date far ahead in seen.json keeps nobody from anything, and is corrected",
    until: 1500,
    make: (seed) =>
      world(seed, {}, (made) => {
        const suites = { "dists/stable/InRelease": "2090-01-01T00:00:00Z" };
        made.s3.set("rollout/web/seen.json", JSON.stringify({ suites }), made.time);
        made.after(50, () => made.launch());
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: all(converged("1.1.0"), (made) => {
      const { suites } = made.s3.json("rollout/web/seen.json") as { suites: Record<string, string> };
      const seen = suites["dists/stable/InRelease"];
      return seen?.startsWith("2090") ? ["seen.json still says 2090"] : [];
    }),
  },
  {
    name: "hosts that reboot, or stand still, in the middle of a rollout come back and keep nobody out",
    until: 4000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, NEW, OLD));
        for (let i = 0; i < 4; i++) {
          made.after(110 + made.random.between(0, 120), () => {
            const host = made.random.pick(made.hosts);
            if (made.random.chance(0.5)) made.reboot(host, made.random.between(5, 60));
            else made.freeze(host, made.random.between(30, 300));
          });
        }
      }),
    judge: (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict === "bad"
        ? converged("1.0.0")(made)
        : converged("1.1.0")(made),
  },
  {
    name: "a host that stands still with the lease leaves no more once another has it",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, NEW, OLD));
        let still = false;
        for (let second = 101; second < 200; second++) {
          made.after(second, () => {
            const holder = made.hosts.find(({ id }) => id === made.s3.json("rollout/web/lease.json")?.holder);
            if (still || !holder || holder.out) return;
            still = true;
            made.freeze(holder, 100 + (seed % 10));
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a host that is killed with the lease is followed soon after the lease has ended and another took its place",
    until: 4000,
    make: (seed) =>
      world(seed, { hosts: 3 }, (made) => {
        made.verdict("1.1.0", "ok");
        made.after(100, () => publish(made, NEW, OLD));
        let [killed, free] = ["", 0];
        for (let second = 101; second < 600; second++) {
          made.after(second, () => {
            const lease = made.s3.json("rollout/web/lease.json");
            const host = made.hosts.find((one) => one.out && one.id === lease?.holder);
            if (killed === "" && host && lease?.done === 1) {
              killed = host.id;
              // Turns that take long have hosts pause for long.
              made.s3.set("rollout/web/lease.json", JSON.stringify({ ...lease, took: 300 }), made.time);
              made.ends(host);
              made.after(second + 60, () => made.launch());
            }
            if (killed === "" || free < 0) return;
            const serving = made.hosts.filter((one) => one.serves).length;
            if (free === 0 && made.held().length === 0 && serving === 3) free = second;
            if (lease?.holder === killed) return;
            if (free > 0 && second - free > 15) made.broken.push(`${killed} was followed after ${second - free} s`);
            free = -1;
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "where more may be out, a host that is killed with its slot holds the others up no longer than its lease",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.policy({ maxUnavailable: "25%" });
        made.after(100, () => publish(made, NEW, OLD));
        whoHasSlot0(made, 1, (host, second) => {
          made.ends(host);
          made.after(second + 300, () => made.launch());
          const before = made.departures;
          const left = () => made.hosts.filter(({ installed }) => installed === OLD.name).length;
          made.after(second + 120, () => made.departures > before || made.breaks("nobody has left for 120 s"));
          // One by one, while the one that is gone counts as out: by now all have gone through.
          made.after(second + 300, () => left() === 0 || made.breaks(`${left()} hosts have not had their turn`));
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "where more may be out, a host that stands still with its slot while it is out counts as out",
    until: 4000,
    make: (seed) =>
      world(seed, { hosts: 24 }, (made) => {
        made.policy({ maxUnavailable: 2 });
        made.after(100, () => publish(made, NEW, OLD));
        whoHasSlot0(made, 2, (host) => made.freeze(host, 500));
      }),
    judge: all(converged("1.1.0"), wide(2)),
  },
  {
    name: "hosts of one release are out by twos once one has come through",
    until: 600,
    make: (seed) =>
      world(seed, { hosts: 20 }, (made) => {
        made.policy({ maxUnavailable: 20 });
        made.verdict("1.1.0", "ok");
        made.after(100, () => publish(made, NEW, OLD));
        for (let second = 101; second < 300; second++) {
          made.after(second, () => {
            const through = made.hosts.filter((host) => host.installed === "1.1.0" && !host.out).length;
            const out = made.hosts.filter((host) => host.out).length;
            if (out > 2 * through + 1) made.broken.push(`${out} hosts were out when ${through} had come through`);
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "half of three hosts is one",
    until: 600,
    make: (seed) =>
      world(seed, { hosts: 3 }, (made) => {
        made.policy({ maxUnavailable: "50%" });
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: all(converged("1.1.0"), wide(1)),
  },
  {
    name: "a fleet takes a version at 25 %",
    until: 600,
    make: (seed) =>
      world(seed, { hosts: 24 }, (made) => {
        made.policy({ maxUnavailable: "25%" });
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: all(converged("1.1.0"), (made) => (made.mostOut < 4 ? [`only ${made.mostOut} hosts were out at once`] : [])),
  },
  {
    name: "a fleet at 25 % stays within it while S3 fails and hosts stand still and reboot",
    until: 5000,
    make: (seed) =>
      world(seed, { hosts: 24, faults: 0.05 }, (made) => {
        made.blamable = true;
        made.policy({ maxUnavailable: "25%" });
        made.after(100, () => publish(made, NEW, OLD));
        for (let i = 0; i < 8; i++) {
          made.after(150 + made.random.between(0, 300), () => {
            const host = made.random.pick(made.hosts);
            if (made.random.chance(0.5)) made.reboot(host, made.random.between(5, 60));
            else made.freeze(host, made.random.between(30, 300));
          });
        }
        made.after(1500, () => {
          made.faults = 0;
        });
      }),
    judge: (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict === "bad"
        ? converged("1.0.0")(made)
        : converged("1.1.0")(made),
  },
  {
    name: "a version that is not healthy reaches its canary alone, however many may be out",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 20 }, (made) => {
        made.policy({ maxUnavailable: "50%" });
        made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD));
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1), wide(1)),
  },
  {
    name: "a recall goes at full width at once",
    until: 500,
    make: (seed) =>
      world(seed, { hosts: 20, versions: [NEW, OLD], runs: "1.1.0" }, (made) => {
        made.verdict("1.0.0", "ok");
        made.policy({ maxUnavailable: 10 });
        made.after(100, () => made.recall("1.1.0"));
        let atOnce = false;
        for (let second = 101; second < 180; second++) {
          made.after(second, () => {
            const through = made.hosts.filter((host) => host.installed === "1.0.0" && !host.out).length;
            atOnce ||= made.hosts.filter((host) => host.out).length > 2 * through + 1;
          });
        }
        made.after(
          180,
          () => atOnce || made.broken.push("no more hosts went back at once than a release would let out"),
        );
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a policy that becomes narrower holds back those that are not out yet",
    until: 2500,
    make: (seed) =>
      world(seed, { hosts: 30 }, (made) => {
        made.verdict("1.1.0", "ok");
        made.policy({ maxUnavailable: "50%" });
        made.after(100, () => publish(made, NEW, OLD));
        made.after(125 + (seed % 10), () => made.policy({ maxUnavailable: 1 }));
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a policy that is not of its form lets one host out at a time",
    until: 2500,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.s3.set("rollout/web/policy.json", '{"maxUnavailable":"900%"}', made.time);
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: all(converged("1.1.0"), wide(1)),
  },
  {
    name: "an alarm keeps new versions away, and hosts go on once it is over",
    until: 2500,
    make: (seed) =>
      world(seed, { hosts: 12 }, (made) => {
        made.policy({ maxUnavailable: 3, alarms: ["errors"] });
        made.alarm("errors");
        made.after(100, () => publish(made, NEW, OLD));
        made.after(800, () => {
          const hosts = made.reached.get("1.1.0")?.size ?? 0;
          if (hosts > 0) made.broken.push(`${hosts} hosts took 1.1.0 during an alarm`);
          made.alarm();
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "an alarm while the canary is out ends the version",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.blamable = true;
        made.policy({ maxUnavailable: 3, alarms: ["errors"] });
        made.after(100, () => publish(made, NEW, OLD));
        for (let second = 101; second < 300; second++) {
          made.after(second, () => {
            if (made.hosts.some((host) => host.out && host.installed === "1.1.0")) made.alarm("errors");
          });
        }
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "during an alarm one host that fails at a version that was found good takes it from all",
    until: 3500,
    make: (seed) =>
      world(seed, { hosts: 6, versions: [{ ...NEW, kind: "good" }, OLD] }, (made) => {
        made.blamable = true;
        made.policy({ alarms: ["errors"] });
        made.verdict("1.1.0", "ok");
        (made.hosts[0] as Host).sickWith = "1.1.0";
        for (let second = 1; second < 200; second++) {
          made.after(second, () => {
            if (made.hosts[0]?.out) made.alarm("errors");
          });
        }
      }),
    judge: all(converged("1.0.0"), (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict === "bad" ? [] : ["1.1.0 was not found bad"],
    ),
  },
  {
    name: "a version that does not install within the policy's timeout is bad by then",
    until: 400,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.policy({ timeout: 120 });
        made.after(100, () => publish(made, { ...NEW, kind: "slow" }, OLD));
      }),
    judge: all(converged("1.0.0"), (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict === "bad" ? [] : ["1.1.0 was not found bad"],
    ),
  },
  {
    name: "a version bakes on its canary alone, which keeps its slot, and comes to all then",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 5, balanced: seed % 3 !== 0 }, 400, NEW, (made) => {
        for (let second = 101; second < 480; second++) {
          made.after(second, () => alone(made));
          made.after(second, () => fresh(made));
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "the only host of a group bakes as well",
    until: 900,
    make: (seed) => baking(seed, { hosts: 1, balanced: seed % 2 === 0 }, 200, NEW),
    judge: converged("1.1.0"),
  },
  {
    name: "hosts that wait for a long bake look no more often than they would without it",
    until: 12_000,
    make: (seed) => baking(seed, { hosts: 12 }, 7200, NEW),
    judge: all(converged("1.1.0"), (made) => {
      const each = made.s3.gets / made.hosts.length;
      return each > 1300 ? [`each host read ${Math.round(each)} objects`] : [];
    }),
  },
  {
    name: "a version that falls ill while it bakes reaches its canary alone",
    until: 1500,
    make: (seed) => baking(seed, { hosts: 6, balanced: seed % 3 !== 0 }, 300, { ...NEW, kind: "late" }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version whose processes crash while it bakes reaches its canary alone",
    until: 1500,
    make: (seed) => baking(seed, { hosts: 6 }, 300, { ...NEW, kind: "crasher" }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "an alarm in the middle of a bake ends the version",
    until: 1500,
    make: (seed) =>
      baking(seed, { hosts: 6 }, 600, NEW, (made) => {
        made.blamable = true;
        made.policy({ bake: 600, alarms: ["errors"] });
        made.after(400, () => made.alarm("errors"));
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version that is recalled in the middle of its bake is gone within two minutes",
    until: 600,
    make: (seed) =>
      baking(seed, { hosts: 6 }, 86_400, NEW, (made) => made.after(400 + (seed % 60), () => made.recall("1.1.0"))),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version that is superseded in the middle of its bake makes room",
    until: 6000,
    make: (seed) =>
      baking(seed, { hosts: 6 }, 3600, NEW, (made) => {
        made.after(400 + (seed % 60), () => publish(made, NEWER, NEW, OLD));
        made.after(700, () => {
          if (!made.reached.has("1.2.0")) made.broken.push("1.2.0 waited for the bake of 1.1.0");
        });
      }),
    judge: all(converged("1.2.0"), reached("1.1.0", 1)),
  },
  {
    name: "a bake goes on though the repository changes, where nothing else is wanted",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 6 }, 900, NEW, (made) => {
        for (const second of [300, 420, 700])
          made.after(second, () => made.s3.set("dists/stable/InRelease", `${second}`, made.time));
        for (let second = 101; second < 950; second++) made.after(second, () => alone(made));
        made.after(1300, () => {
          if (made.s3.json("rollout/web/verdicts/hello/1.1.0.json") === undefined)
            made.broken.push("the bake began anew");
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a canary that reboots, stands still or is cut off in the middle of its bake finds nothing good before its time",
    until: 6000,
    make: (seed) =>
      baking(seed, { hosts: 5 }, 500, NEW, (made) => {
        made.blamable = true;
        for (let i = 0; i < 3; i++) {
          made.after(200 + made.random.between(0, 400), () => {
            const canary = made.hosts.find(({ changing }) => changing === "1.1.0");
            if (!canary) return;
            if (seed % 3 === 0) made.reboot(canary, made.random.between(5, 300));
            else if (seed % 3 === 1) made.freeze(canary, made.random.between(20, 300), made.random.chance(0.5));
            else made.faults = 0.3;
          });
        }
        made.after(900, () => {
          made.faults = 0;
        });
      }),
    judge: (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict === "bad"
        ? converged("1.0.0")(made)
        : converged("1.1.0")(made),
  },
  {
    name: "time that a canary is off is no time of its bake",
    until: 2000,
    make: (seed) =>
      baking(seed, { hosts: 1 }, 500, NEW, (made) => {
        made.after(300 + (seed % 50), () => made.reboot(made.hosts[0] as Host, 250));
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a canary that is scaled in during its bake says nothing of the version",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 5 }, 300, NEW, (made) => {
        for (const second of [250, 500]) {
          made.after(second, () => {
            const canary = made.hosts.find(({ changing }) => changing === "1.1.0");
            if (canary) made.retire(canary);
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a canary whose record is lost in the middle of its bake tries its version anew",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 3 + (seed % 3) }, 400, NEW, (made) => {
        made.after(300, () => {
          const canary = made.hosts.find(({ changing }) => changing === "1.1.0");
          if (!canary) return;
          canary.forget();
          made.reboot(canary, 20);
        });
        for (let second = 301; second < 650; second++) {
          made.after(second, () => {
            const verdict = made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict;
            if (verdict !== undefined) made.broken.push(`1.1.0 was found ${verdict} after ${second} s`);
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "hosts on what is bad do not wait for a bake",
    until: 700,
    make: (seed) =>
      baking(seed, { hosts: 4, versions: [NEW, OLD], runs: "1.1.0" }, 3600, NEW, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(100, () => made.recall("1.1.0"));
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "what takes the place of a bad version bakes where nobody has proven it",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 4, versions: [NEW, OLD], runs: "1.1.0" }, 400, NEW, (made) => {
        made.after(100, () => made.recall("1.1.0"));
        made.after(460, () => made.reached.get("1.0.0")?.size === 1 || made.breaks("1.0.0 did not bake on one host"));
      }),
    judge: all(converged("1.0.0"), verdicts({ "1.1.0": "ok", "1.0.0": "ok" })),
  },
  {
    name: "hosts on what is bad go back to what is proven at once, and try what is higher from there",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 4, versions: [NEWER, NEW, OLD], runs: "1.2.0" }, 1000, NEW, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(100, () => made.recall("1.2.0"));
        made.after(500, () => {
          const away = made.hosts.filter(({ installed }) => installed === "1.2.0");
          if (away.length > 0) made.breaks(`${away.map(({ id }) => id)} waited with 1.2.0 for a bake`);
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "an alarm, which may be of what is bad, keeps no host on it",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 4, versions: [NEW, OLD], runs: "1.1.0" }, (made) => {
        made.policy({ alarms: ["errors"] });
        made.after(100, () => {
          made.alarm("errors");
          made.recall("1.1.0");
        });
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "in a frozen time nothing new is taken, and hosts go on by themselves once it is over",
    until: 6000,
    make: (seed) =>
      world(seed, { hosts: 6, skew: 0 }, (made) => {
        made.policy({ freeze: [FREEZE] });
        made.after(100, () => publish(made, NEW, OLD));
        made.after(FREEZE_END, () => {
          const hosts = made.reached.get("1.1.0")?.size ?? 0;
          if (hosts > 0) made.broken.push(`${hosts} hosts took 1.1.0 in a frozen time`);
        });
        // Nothing but the time says that it is over.
        made.after(FREEZE_END + 200, () => {
          if (!made.reached.has("1.1.0")) made.broken.push("no host took 1.1.0 though the frozen time was over");
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a recall goes through a frozen time",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 6, versions: [NEW, OLD], runs: "1.1.0", skew: 0 }, (made) => {
        made.verdict("1.0.0", "ok");
        made.policy({ freeze: [FREEZE] });
        made.after(100, () => made.recall("1.1.0"));
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a freeze that begins when a host has its turn keeps it from leaving",
    until: 6000,
    make: (seed) =>
      world(seed, { hosts: 12, skew: 0 }, (made) => {
        made.policy({ freeze: [{ ...FREEZE, cron: "5 9 15 1 *" }] });
        made.after(150, () => publish(made, NEW, OLD));
        // From 9:05 in Berlin on; one that had left before comes back by then.
        made.after(300, () => {
          const before = made.reached.get("1.1.0")?.size ?? 0;
          made.after(FREEZE_END, () => {
            const more = (made.reached.get("1.1.0")?.size ?? 0) - before;
            if (more > 1) made.broken.push(`${more} hosts left in a frozen time`);
          });
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a freeze in a time zone that hosts do not know keeps everything new away",
    until: 900,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.policy({ freeze: [{ ...FREEZE, timeZone: "Europe/Atlantis" }] });
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a group that grows and shrinks during a rollout at 20 % comes through",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 20 }, (made) => {
        made.blamable = true;
        made.policy({ maxUnavailable: "20%" });
        made.after(100, () => publish(made, NEW, OLD));
        for (let i = 0; i < 6; i++) made.after(120 + 30 * i, () => made.launch());
        for (let i = 0; i < 4; i++) made.after(400 + 30 * i, () => made.kill(made.random.pick(made.hosts)));
      }),
    judge: (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict === "bad"
        ? converged("1.0.0")(made)
        : converged("1.1.0")(made),
  },
  {
    name: "two packages that are released together come to all in one turn of each host",
    until: 1500,
    make: (seed) => world(seed, { second: second() }, (made) => together(made, NEW)),
    judge: all(both("1.1.0", "2.1.0"), (made) =>
      made.departures === made.hosts.length ? [] : [`${made.departures} turns of ${made.hosts.length} hosts`],
    ),
  },
  {
    name: "two packages that are released together come to all while S3 fails now and then",
    until: 4000,
    make: (seed) =>
      world(seed, { second: second(), faults: 0.05 }, (made) => {
        together(made, NEW);
        made.after(1500, () => {
          made.faults = 0;
        });
      }),
    judge: both("1.1.0", "2.1.0"),
  },
  {
    name: "of two packages that are released together the one that is not healthy is convicted alone",
    until: 2500,
    make: (seed) =>
      seed % 2 === 0
        ? world(seed, { second: second() }, (made) => together(made, { ...NEW, kind: "bad" }))
        : world(seed, { second: second("bad") }, (made) => together(made, NEW)),
    judge: (made) =>
      made.beginning.seed % 2 === 0
        ? all(both("1.0.0", "2.1.0"), reached("1.1.0", 2))(made)
        : all(both("1.1.0", "2.0.0"), reached("2.1.0", 2))(made),
  },
  {
    name: "of two packages that are released together the one that ends its hosts is convicted alone",
    until: 5000,
    make: (seed) =>
      seed % 2 === 0
        ? world(seed, { second: second() }, (made) => {
            made.blamable = true;
            together(made, { ...NEW, kind: "killer" });
          })
        : world(seed, { second: second("killer") }, (made) => {
            made.blamable = true;
            together(made, NEW);
          }),
    judge: (made) =>
      made.beginning.seed % 2 === 0
        ? all(both("1.0.0", "2.1.0"), reached("1.1.0", 2))(made)
        : all(both("1.1.0", "2.0.0"), reached("2.1.0", 2))(made),
  },
  {
    name: "of two packages that are released together the one that the load balancer finds unhealthy is convicted alone",
    until: 5000,
    make: (seed) =>
      world(seed, { second: second() }, (made) => {
        made.blamable = true;
        together(made, { ...NEW, kind: "unserved" });
      }),
    judge: all(both("1.0.0", "2.1.0"), reached("1.1.0", 2)),
  },
  {
    name: "one host that fails at one of two proven packages keeps neither from the others",
    until: 4000,
    make: (seed) =>
      world(seed, { second: second() }, (made) => {
        made.verdict("1.1.0", "ok");
        made.verdict("2.1.0", "ok", "other");
        const sick = made.hosts[0] as Host;
        sick.sickWith = "2.1.0";
        made.after(1500, () => {
          sick.sickWith = undefined;
        });
        together(made, NEW);
      }),
    judge: both("1.1.0", "2.1.0"),
  },
  {
    name: "of two proven packages hosts that agree take the one from all that they fail at",
    until: 6000,
    make: (seed) =>
      world(seed, { hosts: 6, second: second() }, (made) => {
        made.blamable = true;
        made.verdict("1.1.0", "ok");
        made.verdict("2.1.0", "ok", "other");
        for (const host of made.hosts.slice(0, 2)) host.sickWith = "2.1.0";
        together(made, NEW);
      }),
    judge: both("1.1.0", "2.0.0"),
  },
  {
    name: "a host that cannot take one of two packages takes the other",
    until: 1500,
    make: (seed) =>
      world(seed, { second: second() }, (made) => {
        for (const host of made.hosts) host.unable = seed % 2 === 0 ? "hello" : "other";
        together(made, NEW);
      }),
    judge: (made) => (made.beginning.seed % 2 === 0 ? both("1.0.0", "2.1.0")(made) : both("1.1.0", "2.0.0")(made)),
  },
  {
    name: "hosts that stop and start in the middle of a set come through",
    until: 6000,
    make: (seed) =>
      world(seed, { second: second(), faults: 0.03 }, (made) => {
        made.blamable = true;
        together(made, NEW);
        for (let i = 0; i < 8; i++)
          made.after(105 + made.random.between(0, 200), () => made.reboot(made.random.pick(made.hosts), 20));
        made.after(1500, () => {
          made.faults = 0;
        });
      }),
    judge: both("1.1.0", "2.1.0"),
  },
  {
    name: "a canary that is terminated is followed by another, and a good version comes to all",
    until: 2500,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        let killed = false;
        for (let second = 101; second < 300; second++) {
          made.after(second, () => {
            const canary = made.hosts.find(({ out }) => out);
            if (killed || !canary) return;
            killed = true;
            made.kill(canary);
          });
        }
      }),
    judge: all(converged("1.1.0"), verdicts({ "1.0.0": "ok", "1.1.0": "ok" })),
  },
  {
    name: "S3 is away in the middle of a rollout, which goes on once it is back",
    until: 3500,
    make: (seed) =>
      world(seed, {}, (made) => {
        const from = 100 + ((seed * 13) % 120);
        made.after(100, () => publish(made, NEW, OLD));
        made.after(from, () => {
          made.faults = 1;
        });
        made.after(from + 300, () => {
          made.faults = 0;
        });
      }),
    judge: all(converged("1.1.0"), verdicts({ "1.0.0": "ok", "1.1.0": "ok" })),
  },
  {
    name: "hosts whose clocks are hours wrong take a version one after the other",
    until: 2500,
    make: (seed) => world(seed, { skew: 20_000 }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: converged("1.1.0"),
  },
  {
    name: "an instance refresh in the middle of a rollout",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 6 }, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, NEW, OLD));
        const old = [...made.hosts];
        old.forEach((host, i) => {
          made.after(120 + 90 * i, () => made.launch());
          made.after(200 + 90 * i, () => made.retire(host));
        });
      }),
    judge: all(converged("1.1.0"), (made) => (made.hosts.length === 6 ? [] : [`there are ${made.hosts.length} hosts`])),
  },
  {
    name: "hosts that all look in the same second",
    until: 2000,
    make: (seed) => world(seed, { hosts: 20, spread: 1 }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: all(converged("1.1.0"), (made) => {
      const each = made.s3.puts / made.hosts.length;
      return each > 30 ? [`each host wrote ${Math.round(each)} objects`] : [];
    }),
  },
  {
    name: "a group of one host",
    until: 600,
    make: (seed) => world(seed, { hosts: 1 }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: converged("1.1.0"),
  },
  {
    name: "a group that has no host while a version is published, and one later",
    until: 900,
    make: (seed) =>
      world(seed, { hosts: 0, runs: undefined }, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(100, () => publish(made, NEW, OLD));
        made.after(200, () => made.launch());
      }),
    // It boots with what is proven, and is the canary of what is not.
    judge: all(converged("1.1.0"), verdicts({ "1.0.0": "ok", "1.1.0": "ok" })),
  },
  {
    name: "a version that ends after ten minutes comes to no further host then, and goes from all once it is recalled",
    until: 4000,
    make: (seed) =>
      world(seed, { hosts: 40 }, (made) => {
        made.after(100, () => publish(made, { ...NEW, lasts: 600 }, OLD));
        let before = 0;
        made.after(850, () => {
          before = made.reached.get("1.1.0")?.size ?? 0;
        });
        made.after(1500, () => {
          const now = made.reached.get("1.1.0")?.size ?? 0;
          if (now > before) made.broken.push(`${now - before} hosts took 1.1.0 though others no longer served`);
          if (now === 40) made.broken.push("all hosts have 1.1.0");
          made.recall("1.1.0");
        });
      }),
    judge: converged("1.0.0"),
  },
];

function publish(made: World, ...versions: Version[]): void {
  for (const version of versions) made.versions.set(version.name, version);
  made.publish(...versions.map(({ name }) => name));
}
