import type { Core } from "./core";
import { Random } from "./random";
import { type Version, World } from "./world";

/** A group of which nothing is proven, drawn from a seed: all its hosts boot, with versions of every kind and whatever goes wrong meanwhile. */
export interface NewGroup {
  readonly world: World;
  /** What was drawn, for people. */
  readonly story: string[];
}

const FAULTS_END = 2000;
/** Rounds of boots that vanish take 20 minutes each, and a canary that does takes a host. */
const PATIENCE = 14_000;

export function newGroup(seed: number): NewGroup {
  const random = new Random(seed * 7919 + 5);
  const versions: Version[] = [{ name: "1.0.0", kind: "good" }];
  for (let i = random.between(0, 3); i > 0; i--)
    versions.unshift({ name: `1.${versions.length}.0`, kind: random.pick(["good", "bad", "killer", "unserved"]) });
  // Without a load balancer nobody finds a version unhealthy there.
  const balanced = versions.some(({ kind }) => kind === "unserved") || random.chance(0.85);
  const hosts = random.between(1, 30);
  const world = new World({
    ...{ seed, hosts, versions, balanced, runs: undefined, skew: 600 },
    ...(random.chance(0.5) ? { policy: { maxUnavailable: random.pick([1, 2, "25%"]) } } : {}),
  });
  world.blamable = true;
  const story = [`${hosts} hosts`, ...versions.map(({ name, kind }) => `${name} is ${kind}`)];
  if (random.chance(0.4)) {
    world.faults = random.pick([0.02, 0.05, 0.2]);
    story.push(`${world.faults} of the requests go wrong`);
    world.after(FAULTS_END, () => {
      world.faults = 0;
    });
  }
  if (random.chance(0.4)) {
    const [from, seconds] = [random.between(0, 600), random.between(50, 1400)];
    story.push(`a database is away from ${from} s on, for ${seconds} s`);
    world.after(from, () => {
      world.outage = true;
    });
    world.after(from + seconds, () => {
      world.outage = false;
    });
  }
  const trouble = (what: string, happens: () => void) => {
    if (!random.chance(0.3)) return;
    story.push(what);
    for (let i = 0; i < 4; i++) world.after(random.between(1, FAULTS_END), happens);
  };
  trouble("hosts are terminated", () => world.hosts.length > 0 && world.kill(random.pick(world.hosts)));
  trouble("hosts reboot", () => world.hosts.length > 0 && world.reboot(random.pick(world.hosts), 30));
  trouble("scale-out", () => world.launch());
  return { world, story };
}

/** What is wrong once the group had its time: all run the highest version that is left, which is good, and serve. Empty in a good run. */
export function playNewGroup(core: Core, { world }: NewGroup): string[] {
  const wrong = () => {
    const wanted = world.wanted() ?? "";
    const kind = world.versions.get(wanted)?.kind;
    return [
      ...(kind === "good" ? [] : [`${wanted}, which is ${kind}, is not bad`]),
      ...world.hosts
        .filter((host) => host.installed !== wanted || !host.serves)
        .map((host) => `${host.id} runs ${host.installed || "nothing"}, not ${wanted}, and is ${world.state(host)}`),
    ];
  };
  for (let end = FAULTS_END; end < FAULTS_END + PATIENCE && (end === FAULTS_END || wrong().length > 0); end += 250)
    world.run(core, end + 250);
  return [...world.broken, ...wrong()];
}
