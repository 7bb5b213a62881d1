import type { Answer, Core, Step } from "./core";
import { Host, type Program, type Want } from "./host";
import { Random } from "./random";
import { type Fault, S3 } from "./s3";

/** What becomes of a host that takes a version: nothing, an unhealthy app, one that the load balancer finds unhealthy, or the host's end. */
export interface Version {
  readonly name: string;
  readonly kind: "good" | "bad" | "unserved" | "killer";
}

/** What a world begins with. */
export interface Beginning {
  readonly seed: number;
  readonly hosts: number;
  /** Highest first. */
  readonly versions: readonly Version[];
  /** What the hosts run, and the group has proven; undefined: they are launched. */
  readonly runs?: string;
  /** Probability of each way in which a request to S3 goes wrong, until `faultsEnd`. */
  readonly faults?: number;
  /** The most that a host's clock is wrong, in seconds. */
  readonly skew?: number;
}

/** One of a host's programs. */
interface Thread {
  readonly host: Host;
  readonly program: Program;
  due: number;
  want: Want | undefined;
}

const START = 1_800_000_000;
const BOOT_SECONDS = 40;
const DRAIN_SECONDS = 5;
const HEALTHY_AFTER = 4;

/** A group of hosts, its bucket and its load balancer, in virtual time. */
export class World {
  readonly group = "web";
  readonly s3 = new S3();
  readonly random: Random;
  readonly versions = new Map<string, Version>();
  readonly hosts: Host[] = [];
  /** What broke a promise; empty in a good run. */
  readonly broken: string[] = [];
  /** Hosts that have had each version installed. */
  readonly reached = new Map<string, Set<string>>();
  time = START;
  /** The database is away: no app is healthy. */
  outage = false;
  faults: number;
  /** Versions in the repository, highest first. */
  listed: string[];
  private readonly drained = new Map<Host, number>();
  private readonly events: { readonly at: number; readonly happen: () => void }[] = [];
  private threads: Thread[] = [];
  private launched = 0;

  constructor(readonly beginning: Beginning) {
    this.random = new Random(beginning.seed);
    this.faults = beginning.faults ?? 0;
    for (const version of beginning.versions) this.versions.set(version.name, version);
    this.listed = beginning.versions.map(({ name }) => name);
    this.publish(...this.listed);
    const { runs } = beginning;
    if (runs !== undefined) this.verdict(runs, "ok");
    for (let i = 0; i < beginning.hosts; i++) this.launch(runs);
  }

  /** S3's clock, which is right. */
  get s3Time(): number {
    return this.time;
  }

  /** Has something happen after so many seconds. */
  after(seconds: number, happen: () => void): void {
    this.events.push({ at: START + seconds, happen });
    this.events.sort((a, b) => a.at - b.at);
  }

  publish(...versions: string[]): void {
    this.listed = versions;
    this.s3.set("dists/stable/InRelease", versions.join(" "), this.time);
  }

  verdict(version: string, verdict: string): void {
    this.s3.set(`rollout/${this.group}/verdicts/hello/${version}.json`, JSON.stringify({ verdict }), this.time);
  }

  recall(version: string): void {
    const recalled = { hello: { [version]: { reason: "customers complain" } } };
    this.s3.set(`rollout/${this.group}/control.json`, JSON.stringify({ generation: 1, recalled }), this.time);
  }

  /** Sets one alarm of the group on, or takes them away. */
  alarm(name?: string): void {
    const key = `rollout/${this.group}/control.json`;
    const alarms = name === undefined ? {} : { [name]: { reason: "too many errors", at: "2026-01-31T12:00:00Z" } };
    this.s3.set(key, JSON.stringify({ ...this.s3.json(key), alarms }), this.time);
  }

  launch(runs?: string): Host {
    const skew = this.beginning.skew ?? 0;
    const host = new Host(`i-${String(++this.launched).padStart(5, "0")}`, this, this.random.between(-skew, skew));
    this.hosts.push(host);
    if (runs !== undefined) {
      host.installed = runs;
      host.launched = true;
      host.registered = this.time - 60;
    }
    this.start(host, host.life(), runs === undefined ? BOOT_SECONDS : this.random.between(0, 59));
    return host;
  }

  /** Ends a host, whatever it is doing; Auto Scaling launches another in its place. */
  kill(host: Host): void {
    this.stop(host);
    this.hosts.splice(this.hosts.indexOf(host), 1);
    this.drained.delete(host);
    this.launch();
  }

  /** Ends everything that runs on a host, and starts it again after so many seconds. */
  reboot(host: Host, seconds: number): void {
    if (!this.hosts.includes(host)) return;
    this.stop(host);
    this.start(host, host.life(), seconds);
  }

  /** Stops a host's time for so many seconds. */
  freeze(host: Host, seconds: number): void {
    for (const thread of this.threads) {
      if (thread.host === host) thread.due = Math.max(thread.due, this.time + seconds);
    }
  }

  start(host: Host, program: Program, delay = 0): void {
    this.threads.push({ host, program, due: this.time + delay, want: undefined });
  }

  private stop(host: Host): void {
    this.threads = this.threads.filter((thread) => thread.host !== host);
  }

  latency(): number {
    return this.random.chance(this.faults) ? this.random.between(1, 20) : this.random.next() / 4;
  }

  fault(): Fault {
    return this.random.chance(this.faults) ? this.random.pick(["unavailable", "lost", "conflict"] as const) : "none";
  }

  state(host: Host): string {
    if (host.registered === undefined) {
      return this.time - (this.drained.get(host) ?? -1e9) < DRAIN_SECONDS ? "draining" : "absent";
    }
    if (this.time - host.registered < HEALTHY_AFTER) return "initial";
    return host.healthy && this.versions.get(host.installed)?.kind !== "unserved" ? "healthy" : "unhealthy";
  }

  /** The rows of the event `targets`. */
  targets(): string[][] {
    return this.hosts.map((host) => [host.id, this.state(host)]).filter(([, state]) => state !== "absent");
  }

  /** A host leaves the load balancer for a change: no more may be out than the policy says, itself among them. */
  departs(host: Host): void {
    const others = this.hosts.filter((other) => other !== host && other.out);
    this.mostOut = Math.max(this.mostOut, others.length + 1);
    if (others.length + 1 > this.allowed && this.state(host) === "healthy") {
      this.broken.push(
        `${host.id} left the load balancer at ${this.time - START} s while ${others.map(({ id }) => id)} was out`,
      );
    }
    this.drained.set(host, this.time);
  }

  installs(host: Host, version: string): void {
    const reached = this.reached.get(version) ?? new Set();
    this.reached.set(version, reached.add(host.id));
    if (this.versions.get(version)?.kind === "killer")
      this.after(this.time - START, () => this.hosts.includes(host) && this.kill(host));
  }

  /** A host is in the load balancer again; one that is not healthy there is replaced. */
  joined(host: Host): void {
    if (this.versions.get(host.installed)?.kind !== "unserved") return;
    host.leaving = true;
    this.after(this.time - START + 8, () => this.hosts.includes(host) && this.kill(host));
  }

  /** Called after each write. */
  written(host: Host, key: string): void {
    if (/\/(lease|slots\/\d+)\.json$/.test(key)) this.holds(key);
    const [, version] = /\/verdicts\/hello\/(.*)\.json$/.exec(key) ?? [];
    if (version === undefined) return;
    const word = this.s3.json(key)?.verdict;
    const kind = this.versions.get(version)?.kind;
    if (word === "ok" && kind !== "good") this.broken.push(`${host.id} wrote ok for ${version}, which is ${kind}`);
    if (word === "bad" && kind === "good" && !this.blamable)
      this.broken.push(`${host.id} wrote bad for ${version}, which is good`);
  }

  /** The most hosts that were out at once. */
  mostOut = 0;
  private policies: { readonly most: number | string; until: number }[] = [];

  /** What `pulumi up` writes. Hosts that are out by the policy before may be so for as long as a change takes. */
  policy(policy: { readonly maxUnavailable?: number | string } & Record<string, unknown>): void {
    const last = this.policies.at(-1);
    if (last) last.until = this.time + 60;
    this.policies.push({ most: policy.maxUnavailable ?? 1, until: Number.POSITIVE_INFINITY });
    this.s3.set(`rollout/${this.group}/policy.json`, JSON.stringify(policy), this.time);
  }

  /** How many hosts may be out now. */
  private get allowed(): number {
    const most = this.policies
      .filter(({ until }) => until >= this.time)
      .map((one) =>
        typeof one.most === "number" ? one.most : Math.floor((this.hosts.length * Number.parseInt(one.most, 10)) / 100),
      );
    return Math.max(1, ...most);
  }

  private readonly held = new Map<string, { readonly holder: string; readonly at: number }>();

  /** A slot goes from a host to another one only once the first gave it back, or has not renewed it for long. */
  private holds(key: string): void {
    const holder = String(this.s3.json(key)?.holder ?? "");
    const before = this.held.get(key);
    if (before?.holder && holder && holder !== before.holder && this.time - before.at < 60)
      this.broken.push(`${holder} took ${key} of ${before.holder}, written ${this.time - before.at} s before`);
    this.held.set(key, { holder, at: this.time });
  }

  /** Whether hosts vanish in this world, so that a good version may be blamed for it. */
  blamable = false;

  /** The next time something happens. */
  private get next(): number {
    return Math.min(this.events[0]?.at ?? Number.POSITIVE_INFINITY, ...this.threads.map(({ due }) => due));
  }

  /** Goes to the next time something happens; the threads that want an answer of the core then. */
  advance(until: number): Thread[] | undefined {
    const next = this.next;
    if (next > START + until) return undefined;
    this.time = Math.max(this.time, next);
    while (this.events[0] && this.events[0].at <= this.time) this.events.shift()?.happen();
    for (const thread of this.threads.filter(({ due }) => due <= this.time)) {
      if (!thread.want) this.resume(thread, undefined);
    }
    return this.threads.filter(({ due, want }) => want && "ask" in want && due <= this.time);
  }

  resume(thread: Thread, answer: Answer | undefined): void {
    if (!this.threads.includes(thread)) return;
    thread.want = undefined;
    const { done, value } = thread.program.next(answer);
    if (done || value === undefined) {
      this.threads = this.threads.filter((other) => other !== thread);
    } else if ("seconds" in value) {
      thread.due = Math.max(thread.due, this.time) + value.seconds;
    } else {
      thread.want = value;
    }
  }
}

/** Lets worlds go on side by side until so many seconds have passed in each, every round with one batch for the core. */
export async function run(core: Core, worlds: readonly World[], until: number): Promise<void> {
  let alive = [...worlds];
  while (alive.length > 0) {
    const steps: Step[] = [];
    const asking: [World, Thread][] = [];
    alive = alive.filter((world) => {
      const due = world.advance(until);
      for (const thread of due ?? []) {
        steps.push((thread.want as { readonly ask: Step }).ask);
        asking.push([world, thread]);
      }
      return due !== undefined;
    });
    if (steps.length === 0) continue;
    const answers = await core.ask(steps);
    asking.forEach(([world, thread], i) => {
      world.resume(thread, answers[i]);
    });
  }
}
