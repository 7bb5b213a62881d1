import type { Core } from "./core";
import type { Host } from "./host";
import { Random } from "./random";
import { type Freeze, type Policy, START, type Version, World } from "./world";

/** A world of which everything is drawn from its seed: its size, its policy, what is released and what goes wrong. */
export interface Schedule {
  readonly world: World;
  /** What was drawn, for people. */
  readonly story: string[];
  /** Seconds after which nothing goes wrong any more. */
  readonly faultsEnd: number;
  /** Seconds until which all have to have converged. */
  readonly until: number;
}

const OLD: Version = { name: "1.0.0", kind: "good" };
const OTHER: Version = { name: "2.0.0", kind: "good" };
const RELEASED_AT = 100;
const FAULTS_END = 900;
/** What a release takes beside the turns of its hosts: pauses after a failure (900 s), leases of hosts that vanished (600 s). */
const PATIENCE = 6000;
/** The most that one turn takes. */
const TURN_SECONDS = 70;

/** A number of hosts from 1 to `most`; small groups, in which most faults show, more often than large ones. */
function size(random: Random, most: number): number {
  return Math.min(most, Math.floor((most + 1) ** (random.next() ** 1.5)));
}

/** What is given of a schedule, and not drawn. */
export interface Given {
  readonly hosts?: number;
  readonly policy?: Policy;
  /** That there is a load balancer. */
  readonly balanced?: true;
  /** What becomes of hosts that take the release. */
  readonly kind?: Version["kind"];
}

/** The schedule of a seed. */
export function schedule(seed: number, given: Given = {}): Schedule {
  const random = new Random(seed * 7919 + 17);
  const beginning = {
    seed,
    hosts: given.hosts ?? size(random, 100),
    versions: [OLD],
    runs: "1.0.0",
    skew: 600,
    spread: random.chance(0.2) ? 1 : 60,
    balanced: random.chance(0.85) || given.balanced === true,
    policy: given.policy ?? drawnPolicy(random),
    ...drawnSecond(seed, given),
  };
  const world = new World(beginning);
  world.guarded = true;
  const story = [
    `${beginning.hosts} hosts${beginning.balanced ? "" : " without a load balancer"}, ${JSON.stringify(beginning.policy ?? {})}`,
  ];
  release(world, random, story, given.kind);
  releaseSecond(world, story);
  const troubles = TROUBLES.filter(() => random.chance(0.2));
  for (const trouble of troubles) trouble(world, random, story);
  const slots = world.maxUnavailable;
  for (const freeze of beginning.policy?.freeze ?? []) world.quiet.freezes.push(hoursOf(freeze));
  const frozen = Math.max(0, ...world.quiet.freezes.map(({ to }) => to - START));
  const until = Math.max(FAULTS_END, frozen) + PATIENCE + Math.ceil((beginning.hosts * TURN_SECONDS) / slots) * 2;
  return { world, story, faultsEnd: FAULTS_END, until };
}

function drawnPolicy(random: Random): Policy | undefined {
  if (random.chance(0.3)) return undefined;
  const maxUnavailable = random.pick([1, 2, 3, "10%", "25%", "50%"]);
  const freeze = random.chance(0.15) ? [drawnFreeze(random)] : [];
  return { maxUnavailable, bake: random.pick([0, 0, 60, 200]), timeout: 900, alarms: ["errors"], freeze };
}

/** An hour that ends, or one that begins, while other things go wrong: the world begins at eight o'clock. */
function drawnFreeze(random: Random): Freeze {
  const [minute, hour] = [random.between(1, 14), random.pick([7, 8])];
  return { cron: `${minute} ${hour} * * *`, timeZone: "Etc/UTC", hours: 1 };
}

/** When a drawn freeze is on. */
function hoursOf({ cron, hours }: Freeze): { from: number; to: number } {
  const [minute = 0, hour = 0] = cron.split(" ").map(Number);
  const from = START + (hour - 8) * 3600 + minute * 60;
  return { from, to: from + hours * 3600 };
}

function release(world: World, random: Random, story: string[], given?: Version["kind"]): void {
  const drawn = random.pick(["good", "good", "good", "bad", "bad", "unserved", "killer"] as const);
  const kind = given ?? drawn;
  const released: Version = { name: "1.1.0", kind };
  story.push(`${released.name} is ${kind}`);
  if (kind === "unserved" || kind === "killer") world.blamable = true;
  world.after(RELEASED_AT, () => publish(world, released, OLD));
  if (random.chance(0.25)) {
    const at = RELEASED_AT + random.between(1, 300);
    story.push(`1.2.0 follows at ${at} s`);
    world.after(at, () => publish(world, { name: "1.2.0", kind: "good" }, released, OLD));
  }
  if (random.chance(0.15)) {
    const at = RELEASED_AT + random.between(30, 600);
    story.push(`1.1.0 is recalled at ${at} s`);
    world.after(at, () => world.recall("1.1.0"));
  }
}

/** Of some groups a second package. It is drawn apart, so that what else a seed says stays as it was. */
function drawnSecond(seed: number, given: Given): { second?: readonly Version[] } {
  const random = new Random(seed * 6151 + 29);
  if (!random.chance(0.2) || given.kind !== undefined) return {};
  const kind = random.pick(["good", "good", "bad", "unserved", "killer"] as const);
  return { second: [{ name: "2.1.0", kind }, OTHER] };
}

/** With the first package's release, or before or after it. */
function releaseSecond(world: World, story: string[]): void {
  const { second: [released] = [], seed } = world.beginning;
  if (released === undefined) return;
  const random = new Random(seed * 6151 + 31);
  const at = RELEASED_AT + (random.chance(0.6) ? 0 : random.between(-40, 200));
  const { others } = world;
  world.others = [OTHER.name];
  world.publish(...world.listed);
  story.push(`2.1.0 of a second package is ${released.kind}, from ${at} s on`);
  if (released.kind === "unserved" || released.kind === "killer") world.blamable = true;
  world.after(at, () => {
    world.others = others;
    world.publish(...world.listed);
  });
}

function publish(world: World, ...versions: Version[]): void {
  for (const version of versions) world.versions.set(version.name, version);
  world.publish(...versions.map(({ name }) => name));
}

type Trouble = (world: World, random: Random, story: string[]) => void;

/** Has something happen a few times while faults go on. */
function times(world: World, random: Random, most: number, happen: () => void): void {
  for (let i = random.between(1, most); i > 0; i--) world.after(random.between(1, FAULTS_END - 1), happen);
}

function someone(world: World, random: Random, of: readonly Host[] = world.hosts): Host | undefined {
  return of.length > 0 ? random.pick(of) : undefined;
}

const TROUBLES: readonly Trouble[] = [
  (world, random, story) => {
    world.faults = random.pick([0.02, 0.05, 0.2]);
    story.push(`${world.faults} of the requests go wrong`);
    world.after(FAULTS_END, () => {
      world.faults = 0;
    });
  },
  (world, random, story) => {
    story.push("hosts reboot");
    times(world, random, 4, () => {
      const host = someone(world, random);
      if (host?.launched) world.reboot(host, random.between(5, 90));
    });
  },
  (world, random, story) => {
    story.push("agents, or whole hosts, stand still");
    times(world, random, 4, () => {
      const host = someone(world, random);
      const left = FAULTS_END - world.elapsed;
      if (host) world.freeze(host, Math.min(left, random.between(20, 400)), random.chance(0.5));
    });
  },
  (world, random, story) => {
    story.push("hosts are terminated, those that are out before others");
    world.blamable = true;
    times(world, random, 3, () => {
      const host =
        someone(
          world,
          random,
          world.hosts.filter(({ out }) => out),
        ) ?? someone(world, random);
      if (host) world.kill(host);
    });
  },
  (world, random, story) => {
    story.push("scale-out");
    times(world, random, 5, () => world.launch());
  },
  (world, random, story) => {
    story.push("scale-in");
    times(world, random, 5, () => {
      const host = someone(world, random);
      if (host && world.hosts.length > 1) world.retire(host);
    });
  },
  (world, random, story) => {
    const at = random.between(50, 300);
    const count = Math.min(4, world.hosts.length);
    story.push(`an instance refresh of ${count} hosts from ${at} s on`);
    for (let i = 0; i < count; i++) {
      world.after(at + i * 120, () => world.launch());
      world.after(at + i * 120 + 100, () => {
        const old = world.hosts[0];
        if (old && world.hosts.length > 1) world.retire(old);
      });
    }
  },
  (world, random, story) => {
    const at = random.between(60, 400);
    story.push(`a database is away from ${at} s on`);
    world.guarded = false;
    // Without others that are unhealthy too, nobody can tell that it is not the version.
    world.blamable ||= !world.balanced || world.hosts.length <= 2;
    world.after(at, () => {
      world.outage = true;
    });
    world.after(at + random.between(20, 300), () => {
      world.outage = false;
    });
  },
  (world, random, story) => {
    const at = random.between(50, 400);
    story.push(`the group is held from ${at} s on`);
    world.after(at, () => world.hold("the sale"));
    world.after(at + random.between(60, 400), () => world.hold(undefined));
  },
  (world, random, story) => {
    const at = random.between(50, 500);
    story.push(`an alarm is on from ${at} s on`);
    // What fails meanwhile is found bad by one host.
    world.blamable = true;
    world.after(at, () => world.alarm("errors"));
    world.after(at + random.between(30, 400), () => world.alarm());
  },
];

/** Plays a schedule until all have converged after its last fault. What is wrong then, or was on the way; empty in a good run. */
export function play(core: Core, schedule: Schedule): string[] {
  const { world, faultsEnd, until } = schedule;
  world.run(core, faultsEnd);
  for (let now = faultsEnd; now < until && judge(schedule).length > 0; now += 60) world.run(core, now + 60);
  return [...world.broken, ...judge(schedule)];
}

/** What is not as it has to be once faults have ended: all run the highest version that is left, and serve, and nobody holds a turn. */
function judge({ world }: Schedule): string[] {
  const [wanted, other] = [world.wanted(), world.wanted("other") ?? ""];
  return [
    ...world.hosts
      .filter((host) => host.other !== other)
      .map((host) => `${host.id} runs ${host.other || "nothing"} of the second package, not ${other}`),
    ...world.hosts
      .filter((host) => host.installed !== wanted || !host.serves)
      .map((host) => `${host.id} runs ${host.installed || "nothing"}, not ${wanted}, and is ${world.state(host)}`),
    ...world.held().map((key) => `${key} is still held`),
  ];
}
