import type { Host } from "../host";
import type { Version, World } from "../world";
import { all, both, NEW, reached, type Scenario, second, together, world } from "./scenario";

/** Two packages that are released together, of which one is of this kind: by the seed the first or the second. */
function oneOfTwo(seed: number, kind: Version["kind"]): World {
  const first = seed % 2 === 0;
  return world(seed, { second: second(first ? "good" : kind) }, (made) => {
    made.blamable = kind === "killer";
    together(made, first ? { ...NEW, kind } : NEW);
  });
}

/** That one is on no host in the end, and was on two at most; the other came to all. */
function oneConvicted(made: World): string[] {
  return made.beginning.seed % 2 === 0
    ? all(both("1.0.0", "2.1.0"), reached("1.1.0", 2))(made)
    : all(both("1.1.0", "2.0.0"), reached("2.1.0", 2))(made);
}

/** Two packages that are released together. */
export const SETS: readonly Scenario[] = [
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
    make: (seed) => oneOfTwo(seed, "bad"),
    judge: oneConvicted,
  },
  {
    name: "of two packages that are released together the one that ends its hosts is convicted alone",
    until: 5000,
    make: (seed) => oneOfTwo(seed, "killer"),
    judge: oneConvicted,
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
];
