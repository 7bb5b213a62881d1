import type { Host } from "../host";
import { type Beginning, type Version, World } from "../world";

/** What goes on in a world, and what has to be true once it is over. */
export interface Scenario {
  readonly name: string;
  /** Seconds until everything that was set on foot has to have ended well. */
  readonly until: number;
  make(seed: number): World;
  /** What is not as it has to be; empty in a good run. */
  judge(world: World): string[];
}

export const OLD: Version = { name: "1.0.0", kind: "good" };
export const NEW: Version = { name: "1.1.0", kind: "good" };
export const NEWER: Version = { name: "1.2.0", kind: "good" };

/** An hour from the beginning of the world on, 2027-01-15 08:00 UTC, a Friday. */
export const FREEZE = { cron: "0 9 * * FRI", timeZone: "Europe/Berlin", hours: 1 };
export const FREEZE_END = 3600;

/** A group that bakes for so many seconds, and gets a release after 100. */
export function baking(
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
export function alone(made: World): void {
  const hosts = made.reached.get("1.1.0")?.size ?? 0;
  if (hosts > 1 && made.s3.json("rollout/web/verdicts/hello/1.1.0.json") === undefined)
    made.breaks(`${hosts} hosts had 1.1.0 while it baked`);
}

/** What a canary that serves holds is as fresh as what one that is out holds. */
export function fresh(made: World): void {
  const age = made.time - (made.s3.get("rollout/web/lease.json")?.modified ?? made.time);
  if (made.s3.json("rollout/web/lease.json")?.holder && age > 75)
    made.breaks(`the lease had not been renewed for ${Math.round(age)} s`);
}

/** Has something happen to the host that has slot 0, and is out, once so many others have come through with it. */
export function whoHasSlot0(made: World, done: number, happen: (host: Host, second: number) => void): void {
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

export function world(
  seed: number,
  beginning: Partial<Beginning>,
  happen: (world: World) => void = () => undefined,
): World {
  const made = new World({ seed, hosts: 3 + (seed % 6), versions: [OLD], runs: "1.0.0", skew: 600, ...beginning });
  happen(made);
  return made;
}

/** All hosts run a version, and serve, and nobody holds the lease. */
export function converged(version: string): (world: World) => string[] {
  return (made) => [
    ...made.hosts
      .filter((host) => host.installed !== version || !host.serves)
      .map((host) => `${host.id} runs ${host.installed || "nothing"}, not ${version}, and is ${made.state(host)}`),
    // One that a host let expire is free.
    ...made.held().map((key) => `${key} is still held`),
  ];
}

/** The same, of 1.0.0 where 1.1.0 was found bad, which may be for hosts that vanished with it, and of 1.1.0 otherwise. */
export function convergedAsJudged(made: World): string[] {
  const bad = made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict === "bad";
  return converged(bad ? "1.0.0" : "1.1.0")(made);
}

/** So many hosts were out at once at some time. */
export function wide(hosts: number): (world: World) => string[] {
  return (made) => (made.mostOut === hosts ? [] : [`${made.mostOut} hosts were out at once, not ${hosts}`]);
}

/** A version reached no more hosts than this. */
export function reached(version: string, most: number): (world: World) => string[] {
  return (made) => {
    const hosts = made.reached.get(version)?.size ?? 0;
    return hosts > most ? [`${version} reached ${hosts} hosts, not ${most} at most`] : [];
  };
}

/** What the group has found of its versions, and of no other. */
export function verdicts(expected: Readonly<Record<string, string>>): (world: World) => string[] {
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
export const second = (kind: Version["kind"] = "good"): Version[] => [
  { name: "2.1.0", kind },
  { name: "2.0.0", kind: "good" },
];

/** All hosts run this version of the second package, too. */
export function both(version: string, other: string): (world: World) => string[] {
  return (made) => [
    ...converged(version)(made),
    ...made.hosts.filter((host) => host.other !== other).map((host) => `${host.id} runs ${host.other}, not ${other}`),
  ];
}

/** Two versions, of which the second package's is published with the first one's. */
export function together(made: World, version: Version): void {
  const others = made.others;
  made.others = others.slice(-1);
  made.publish(...made.listed);
  made.after(100, () => {
    made.others = others;
    publish(made, version, OLD);
  });
}

export const all =
  (...judges: ((world: World) => string[])[]) =>
  (made: World) =>
    judges.flatMap((judge) => judge(made));

export function publish(made: World, ...versions: Version[]): void {
  for (const version of versions) made.versions.set(version.name, version);
  made.publish(...versions.map(({ name }) => name));
}
