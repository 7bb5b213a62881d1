import type { Core } from "./core";
import { POLL_PAUSE } from "./host";
import { type Policy, World } from "./world";

/** What is asked: how many hosts take a release, and under which policy. */
export interface Question {
  readonly hosts: number;
  readonly policy: Policy;
  /** Whether a load balancer says who serves. */
  readonly balanced: boolean;
  readonly seed: number;
  /** Simulated seconds after which it is not followed further. */
  readonly within: number;
}

/** What becomes of a release. */
export interface Forecast {
  /** Seconds from its publication until all hosts are where they have to be; undefined where that takes longer than was asked. */
  readonly seconds: number | undefined;
  /** Hosts that are where they have to be. */
  readonly converged: number;
  /** Hosts that had it installed. */
  readonly reached: number;
  /** The most hosts that were out at once. */
  readonly out: number;
  /** What was promised and not kept. */
  readonly broken: readonly string[];
  /** Requests to the bucket since the publication: the agents', and apt's. */
  readonly gets: number;
  readonly aptGets: number;
  readonly puts: number;
}

const RELEASED_AT = 120;
const STEP = 10;

/** Plays one release, good or one that is not healthy anywhere, on a group that runs the version before. */
export function forecast(core: Core, question: Question, kind: "good" | "bad"): Forecast {
  const { hosts, policy, balanced, seed, within } = question;
  const old = { name: "1.0.0", kind: "good" } as const;
  const world = new World({ seed, hosts, policy, balanced, versions: [old], runs: old.name, agent: "0.1.0" });
  world.after(RELEASED_AT, () => {
    world.versions.set("1.1.0", { name: "1.1.0", kind });
    world.publish("1.1.0", old.name);
  });
  world.run(core, RELEASED_AT - 1);
  const before = { ...world.s3 };
  const wanted = kind === "good" ? "1.1.0" : old.name;
  const there = () => world.hosts.filter((host) => host.installed === wanted && host.serves && !host.changing).length;
  const judged = () => kind === "good" || world.wanted() === wanted;
  let now = RELEASED_AT;
  while (now - RELEASED_AT < within && !(judged() && there() === world.hosts.length && now > RELEASED_AT)) {
    now += STEP;
    world.run(core, now);
  }
  const converged = there();
  return {
    seconds: judged() && converged === world.hosts.length ? now - RELEASED_AT : undefined,
    converged,
    reached: world.reached.get("1.1.0")?.size ?? 0,
    out: world.mostOut,
    broken: world.broken,
    gets: world.s3.gets - before.gets,
    aptGets: world.s3.aptGets - before.aptGets,
    puts: world.s3.puts - before.puts,
  };
}

/** How many objects a host asks for in each poll that finds nothing new, beside the settings of its apps. */
export function watched(core: Core): number {
  const old = { name: "1.0.0", kind: "good" } as const;
  const world = new World({ seed: 1, hosts: 1, versions: [old], runs: old.name, agent: "0.1.0" });
  world.run(core, RELEASED_AT);
  const before = world.s3.gets;
  world.run(core, RELEASED_AT + 10 * POLL_PAUSE);
  return Math.round((world.s3.gets - before) / 10);
}
