import { WRITTEN_BY_HOSTS } from "../infra/access/host-policy";
import type { Answer, Core } from "./core";
import { Elder } from "./elder";
import { arnOf, Host, type Program } from "./host";
import { Liar } from "./liar";
import { Queue } from "./queue";
import { Quiet } from "./quiet";
import { Random } from "./random";
import { type Fault, S3 } from "./s3";

/**
 * What becomes of a host that takes a version: nothing, an unhealthy app, one that the load balancer finds unhealthy, or the host's end; or
 * after a while ("late") an unhealthy app, or processes that crash and are started again; or
 * an installation that does not end ("slow").
 */
export interface Version {
  readonly name: string;
  readonly kind: "good" | "bad" | "unserved" | "killer" | "late" | "crasher" | "slow";
  /** Of a good one, whose canary finds nothing: so many seconds after it was installed its app ends, for good. @default never */
  readonly lasts?: number;
}

/** A time in which nothing new is taken. */
export interface Freeze {
  readonly cron: string;
  readonly timeZone: string;
  readonly hours: number;
}

/** What the group's policy.json says. Unset: the defaults. */
export interface Policy {
  /** Hosts, or a part of them such as "25%". */
  readonly maxUnavailable?: number | string;
  /** Seconds. */
  readonly bake?: number;
  readonly timeout?: number;
  readonly alarms?: readonly string[];
  readonly freeze?: readonly Freeze[];
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
  /** How many of the hosts, the last ones, have an agent from before core.jq, and a clock that is right. @default 0 */
  readonly elders?: number;
  /** How many of the hosts, the last ones, are somebody else's. @default 0 */
  readonly liars?: number;
  /** Whether the stack's policies are from before agent 0.11. @default false */
  readonly olderStack?: boolean;
  /** @default none: as of a stack that has none */
  readonly policy?: Policy;
  /** Whether there is a load balancer. @default true */
  readonly balanced?: boolean;
  /** The version of the agent's own package, which is then one of the group's. @default the group has just one package */
  readonly agent?: string;
  /** Versions of a second package, highest first, of which the hosts run the last one, which is proven. @default the group has one app */
  readonly second?: readonly Version[];
  /** Hosts that run already poll in the first so many seconds of the world. @default 60, as their timers have them */
  readonly spread?: number;
}

/** A row of an event. */
export type Row = readonly string[];

/** One of a host's programs. */
export interface Thread {
  readonly host: Host;
  readonly program: Program;
  due: number;
}

/** 2027-01-15 08:00 UTC. */
export const START = 1_800_000_000;
const LEASE_SECONDS = 90;
const RENEWAL_PAUSE = 30;
/** The most time that a bake counts from one look to the next. */
const LOOK_SECONDS = 90;
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
  /** The load balancer says nothing of its targets. */
  silent = false;
  faults: number;
  /** Versions in the repository, highest first. */
  listed: string[];
  /** When the index that lists them was signed. */
  signed = START;
  /** The same of the second package. */
  others: string[] = [];
  readonly balanced: boolean;
  readonly packages: readonly string[];
  /** The most hosts there ever were, by which a part of them is counted. */
  private peak = 0;
  /** When nothing new is to be taken. */
  readonly quiet = new Quiet();
  private readonly policies: { readonly most: number | string; until: number }[] = [];
  private lastPolicy: Policy = {};
  /** When a host that served last took a version. */
  private readonly taken = new Map<string, number>();
  private readonly drained = new Map<Host, number>();
  /** Hosts that are out for a change, and how many there were when each left. */
  private readonly out = new Map<Host, number>();
  /** Of these, those that stood still for as long as a lease lasts. */
  private readonly still = new Set<Host>();
  /** What happens, and hosts' programs that go on. */
  private readonly agenda = new Queue<Thread | (() => void)>();
  private launched = 0;

  constructor(readonly beginning: Beginning) {
    this.random = new Random(beginning.seed);
    this.faults = beginning.faults ?? 0;
    this.balanced = beginning.balanced ?? true;
    const { second = [] } = beginning;
    this.packages = [
      ...(beginning.agent === undefined ? [] : ["towline-agent"]),
      "hello",
      ...(second.length === 0 ? [] : ["other"]),
    ];
    for (const version of beginning.versions) this.versions.set(version.name, version);
    this.listed = beginning.versions.map(({ name }) => name);
    this.publish(...this.listed);
    const { runs, policy, agent } = beginning;
    if (policy) this.policy(policy);
    if (agent !== undefined) this.verdict(agent, "ok", "towline-agent");
    if (runs !== undefined) this.verdict(runs, "ok");
    this.others = second.map(({ name }) => name);
    for (const version of second) this.versions.set(version.name, version);
    const lowest = this.others.at(-1);
    if (lowest !== undefined) this.verdict(lowest, "ok", "other");
    for (let i = 0; i < beginning.hosts; i++) this.launch(runs);
  }

  /** What `pulumi up` writes. Hosts that are out by the policy before may be so for as long as a change takes. */
  policy(policy: Policy): void {
    this.lastPolicy = policy;
    const last = this.policies.at(-1);
    if (last) last.until = this.time + 60;
    this.policies.push({ most: policy.maxUnavailable ?? 1, until: Number.POSITIVE_INFINITY });
    this.s3.set(`rollout/${this.group}/policy.json`, JSON.stringify(policy), this.time);
  }

  /** How many hosts may be out at once. */
  get maxUnavailable(): number {
    const most = this.policies
      .filter(({ until }) => until >= this.time)
      .map((one) =>
        typeof one.most === "number" ? one.most : Math.floor((this.peak * Number.parseInt(one.most, 10)) / 100),
      );
    return Math.max(1, ...most);
  }

  /** S3's clock, which is right. */
  get s3Time(): number {
    return this.time;
  }

  /** Has something happen after so many seconds. */
  after(seconds: number, happen: () => void): void {
    this.agenda.add(START + seconds, happen);
  }

  publish(...versions: string[]): void {
    this.signed = this.time;
    this.replay(...versions);
  }

  /** An index that was signed before, put back. */
  replay(...versions: string[]): void {
    this.listed = versions;
    this.s3.set("dists/stable/InRelease", [...versions, ...this.others].join(" "), this.time);
  }

  verdict(version: string, verdict: string, name = "hello"): void {
    this.s3.set(`rollout/${this.group}/verdicts/${name}/${version}.json`, JSON.stringify({ verdict }), this.time);
  }

  /** What people, or alarms, say: in the object that no host may write, then for all to hear. */
  private order(change: (said: Record<string, unknown>) => Record<string, unknown>): void {
    for (const name of ["orders", "control"]) {
      const key = `rollout/${this.group}/${name}.json`;
      this.s3.set(key, JSON.stringify({ ...change(this.s3.json(key) ?? {}), generation: this.time }), this.time);
    }
  }

  recall(version: string): void {
    this.order((said) => ({ ...said, recalled: { hello: { [version]: { reason: "customers complain" } } } }));
  }

  /** What people say of the group. @param reason why nothing new is taken; undefined: it is again */
  hold(reason: string | undefined): void {
    this.order(({ hold: _, ...said }) => ({ ...said, ...(reason === undefined ? {} : { hold: { reason } }) }));
    this.quiet.set("held", reason === undefined ? undefined : this.time);
  }

  /** Seconds since its beginning. */
  get elapsed(): number {
    return this.time - START;
  }

  /** The highest version that is neither bad nor recalled. @param name of which package. @default the first */
  wanted(name = "hello"): string | undefined {
    return this.listedOf(name).find((version) => this.isGood(version, name));
  }

  private listedOf(name: string): readonly string[] {
    return name === "hello" ? this.listed : this.others;
  }

  /** Whether a version is there, and neither bad nor recalled. */
  private isGood(version: string, name: string): boolean {
    const { recalled } = (this.s3.json(`rollout/${this.group}/control.json`) ?? {}) as {
      recalled?: Record<string, Record<string, unknown>>;
    };
    return (
      this.listedOf(name).includes(version) &&
      recalled?.[name]?.[version] === undefined &&
      this.s3.json(`rollout/${this.group}/verdicts/${name}/${version}.json`)?.verdict !== "bad"
    );
  }

  /** The leases that somebody holds; those of hosts that are gone expire. */
  held(): string[] {
    return this.s3.keys().filter((key) => {
      if (!/\/(lease|slots\/\d+)\.json$/.test(key) || !this.s3.json(key)?.holder) return false;
      return this.time - (this.s3.get(key)?.modified ?? 0) < LEASE_SECONDS;
    });
  }

  /** Whether IAM lets a host write an object. */
  mayWrite(host: Host, key: string): boolean {
    const older = this.beginning.olderStack === true;
    return WRITTEN_BY_HOSTS.filter((name) => !older || !name.startsWith("voices/")).some((name) => {
      const [begin = "", end] = name.replace(`\${ec2:SourceInstanceARN}`, arnOf(host.id)).split("*");
      const rest = key.slice(`rollout/${this.group}/`.length);
      return end === undefined ? rest === begin : rest.startsWith(begin) && rest.endsWith(end);
    });
  }

  /** Sets one alarm of the group on, or takes them away. */
  alarm(name?: string): void {
    const alarms = name === undefined ? {} : { [name]: { reason: "too many errors", at: "2026-01-31T12:00:00Z" } };
    this.order((said) => ({ ...said, alarms }));
    const named = name !== undefined && this.beginning.policy?.alarms?.includes(name);
    this.quiet.set("alarm", named ? this.time : undefined);
  }

  launch(runs?: string): Host {
    const { skew = 0, hosts, elders = 0, liars = 0 } = this.beginning;
    const id = `i-${String(++this.launched).padStart(5, "0")}`;
    const old = this.launched > hosts - elders && this.launched <= hosts;
    const lies = this.launched > hosts - liars && this.launched <= hosts;
    const ahead = this.random.between(-skew, skew);
    const host = old ? new Elder(id, this, 0) : lies ? new Liar(id, this, 0) : new Host(id, this, ahead);
    this.hosts.push(host);
    this.peak = Math.max(this.peak, this.hosts.length);
    if (runs !== undefined) {
      host.installed = runs;
      host.other = this.others.at(-1) ?? "";
      host.launched = true;
      host.registered = this.time - 60;
    }
    const { spread = 60 } = this.beginning;
    this.start(host, host.life(), runs === undefined ? BOOT_SECONDS : this.random.next() * spread);
    return host;
  }

  /** Ends a host, whatever it is doing; Auto Scaling launches another in its place. */
  kill(host: Host): void {
    if (host.gone) return;
    this.ends(host);
    this.launch();
  }

  /** A host is no more. */
  ends(host: Host): void {
    this.disturbs(host);
    this.stop(host);
    host.gone = true;
    this.hosts.splice(this.hosts.indexOf(host), 1);
    this.drained.delete(host);
    this.out.delete(host);
  }

  /** Scale-in: a host leaves service in the ordinary way, and none takes its place. */
  retire(host: Host): void {
    if (host.leaving || host.gone) return;
    this.disturbs(host);
    this.stop(host);
    this.start(host, host.farewell());
  }

  /** Ends everything that runs on a host, and starts it again after so many seconds. */
  reboot(host: Host, seconds: number): void {
    if (host.leaving || host.gone) return;
    this.disturbs(host, seconds);
    this.stop(host);
    this.unwatched(host, seconds);
    this.start(host, host.life(), seconds);
  }

  /** Nobody looks at a host for so long, which is no time of a bake, but for what counts from one look to the next. */
  private unwatched(host: Host, seconds: number): void {
    for (const [key, at] of this.taken)
      if (key.startsWith(`${host.id} `)) this.taken.set(key, at + Math.max(0, seconds - LOOK_SECONDS));
  }

  /** Stops the time of a host's agent for so many seconds, or of all that runs on it. */
  freeze(host: Host, seconds: number, all = false): void {
    this.disturbs(host, seconds);
    this.unwatched(host, seconds);
    if (all) host.frozenUntil = this.time + seconds;
    for (const thread of host.threads) thread.due = Math.max(thread.due, this.time + seconds);
  }

  /** How many more hosts than its canaries may have to try each version. */
  private readonly excused = new Map<string, number>();

  /** How many hosts may count as taken by each version. */
  private readonly lost = new Map<string, number>();
  /** Whose mark on which version is among them. */
  private readonly counted = new Set<string>();

  /** A host may be stopped in the middle of taking a version. @param seconds for so long */
  private disturbs(host: Host, seconds = 0): void {
    host.movesSince = this.time + seconds;
    if (seconds >= LEASE_SECONDS - RENEWAL_PAUSE) this.still.add(host);
    this.leavesMark(host);
    for (const { version } of host.changes) {
      this.excuses(version);
      this.loses(version, host.id);
    }
  }

  /** One more host may have to try a version, since what became of another says nothing of it. */
  excuses(version: string): void {
    this.excused.set(version, (this.excused.get(version) ?? 0) + 1);
  }

  /** A host stops in the middle of its turn: the marks it has left may count. @param only that of this version. @default all but the one it takes */
  leavesMark(host: Host, only?: string): void {
    for (const key of this.s3.keys()) {
      const [, version] = /\/trials\/[^/]+\/(.*)\.json$/.exec(key) ?? [];
      const counts = only === undefined ? !host.changes.some((one) => one.version === version) : version === only;
      if (version !== undefined && counts && this.s3.json(key)?.canary === host.id) this.loses(version, host.id);
    }
  }

  /** A host that takes a version may count as one that it took, though it is still there. */
  loses(version: string, host?: string): void {
    if (host !== undefined) this.counted.add(`${host} ${version}`);
    this.lost.set(version, (this.lost.get(version) ?? 0) + 1);
  }

  start(host: Host, program: Program, delay = 0): void {
    const thread = { host, program, due: this.time + delay };
    host.threads.add(thread);
    this.agenda.add(thread.due, thread);
  }

  private stop(host: Host): void {
    host.threads.clear();
  }

  latency(): number {
    return this.random.chance(this.faults) ? this.random.between(1, 20) : this.random.next() / 4;
  }

  fault(): Fault {
    return this.random.chance(this.faults)
      ? this.random.pick(["unavailable", "lost", "conflict", "forbidden"] as const)
      : "none";
  }

  state(host: Host): string {
    if (!this.balanced) return host.out ? "absent" : host.healthy ? "healthy" : "unhealthy";
    if (host.registered === undefined) {
      return this.time - (this.drained.get(host) ?? -1e9) < DRAIN_SECONDS ? "draining" : "absent";
    }
    if (this.time - host.registered < HEALTHY_AFTER) return "initial";
    return host.answers ? "healthy" : "unhealthy";
  }

  /** The rows of the event `targets`, and the hosts among them that do not serve. */
  targets(): { states: Row[]; ill: Host[] } {
    const [states, ill]: [Row[], Host[]] = [[], []];
    const steady = this.steady();
    for (const host of this.hosts) {
      const state = steady(host) ? "healthy" : this.state(host);
      // Most are as they were when somebody last looked.
      if (host.row[1] !== state) host.row = [host.id, state];
      if (state === "absent") continue;
      states.push(host.row);
      if (state !== "healthy") ill.push(host);
    }
    return { states, ill };
  }

  /** The test of whether a host is healthy for now in any case. Most are, of the thousands that are looked at: it is cheap. */
  private steady(): (host: Host) => boolean {
    const { time, versions, outage, balanced } = this;
    let good: string | undefined;
    return (host) => {
      const { installed, registered } = host;
      if (outage || !balanced || registered === undefined || time - registered < HEALTHY_AFTER) return false;
      if (host.other !== "" || host.sickWith !== undefined || time < host.frozenUntil) return false;
      if (installed === good) return true;
      const version = versions.get(installed);
      if (version?.kind !== "good" || version.lasts !== undefined) return false;
      good = installed;
      return true;
    };
  }

  /** A host leaves the load balancer for a change: this is when too many may be out. One that does not serve takes nothing away. */
  departs(host: Host): void {
    this.departures++;
    // One whose agent only has not yet heard that it serves is back.
    const steady = this.steady();
    const others = [...this.out.keys()].filter(
      (other) => other !== host && !steady(other) && this.state(other) !== "healthy",
    );
    if (this.state(host) === "healthy") {
      const most = this.maxUnavailable;
      const known = others.filter((other) => !this.overlooked(other));
      if (known.length >= most)
        this.breaks(`${host.id} left while ${known.map(({ id }) => id)} was out, and ${most} may be`);
      // What falls ill after the last look is the one gap that docs/rollout.md names.
      const seen = this.balanced ? this.ill(host.saw).filter((one) => one !== host) : [];
      if (seen.length >= most) this.breaks(`${host.id} left though ${seen.map(({ id }) => id)} did not serve`);
    }
    const why = this.quiet.reason(this.time, host.clock, host.movesSince);
    for (const { name, version, previous } of why === undefined ? [] : host.changes) {
      if (version !== host.installedOf(name) && this.isGood(previous, name))
        this.breaks(`${host.id} left for ${version}, which is new, though the group is ${why}`);
    }
    this.out.set(host, this.booted);
    this.still.delete(host);
    this.mostOut = Math.max(this.mostOut, others.length + 1);
    this.drained.set(host, this.time);
  }

  /**
   * Whether the protocol does not see that a host is out, as docs/rollout.md says where it names what is not promised: one that stands still
   * for as long as a lease lasts, where there is no load balancer or the group has grown meanwhile, and one that an outage keeps out.
   */
  private overlooked(host: Host): boolean {
    if (host.stuckByOutage) return true;
    return this.still.has(host) && (!this.balanced || this.booted > (this.out.get(host) ?? 0));
  }

  /** How many hosts there are whose first boot has ended. */
  private get booted(): number {
    let count = 0;
    for (const { launched } of this.hosts) if (launched) count++;
    return count;
  }

  /** Those of some hosts that do not serve. @param of @default all */
  private ill(of: readonly Host[] = this.hosts): Host[] {
    const steady = this.steady();
    return of.filter((host) => !host.gone && !steady(host) && this.state(host) !== "healthy");
  }

  /** The most hosts that were out at once. */
  mostOut = 0;
  /** How often a host left. */
  departures = 0;

  /** A promise is broken, now. */
  breaks(what: string): void {
    this.broken.push(`${what}, at ${Math.round(this.time - START)} s`);
  }

  installs(host: Host, version: string): void {
    const reached = this.reached.get(version) ?? new Set();
    this.reached.set(version, reached.add(host.id));
    if (host.launched) this.taken.set(`${host.id} ${version}`, this.time);
    const { kind } = this.versions.get(version) ?? {};
    // One with the set it came in, and one by itself.
    const most =
      (kind === "bad" ? 1 : 2) + (this.packages.includes("other") ? 1 : 0) + (this.excused.get(version) ?? 0);
    if (this.guarded && kind !== "good" && reached.size > most)
      this.breaks(`${version}, which is ${kind}, reached ${reached.size} hosts, not ${most} at most`);
    if (this.versions.get(version)?.kind === "killer") this.after(this.time - START, () => this.kill(host));
  }

  /** Whether it is watched that what is not good reaches no more than its canaries. @default the scenario says so at its end */
  guarded = false;

  /** A host is in the load balancer again; one that is not healthy there is replaced. */
  joined(host: Host): void {
    this.out.delete(host);
    if (!host.has("unserved")) return;
    host.leaving = true;
    this.after(this.time - START + 8, () => this.kill(host));
  }

  /** Called after each write. */
  written(host: Host, key: string): void {
    if (/\/(lease|slots\/\d+)\.json$/.test(key)) this.holds(key);
    const [, tried] = /\/trials\/(?:hello|other)\/(.*)\.json$/.exec(key) ?? [];
    if (tried !== undefined && this.s3.json(key)?.canary === host.id) this.counted.delete(`${host.id} ${tried}`);
    const [, version] = /\/verdicts\/(?:hello|other)\/(.*)\.json$/.exec(key) ?? [];
    if (version === undefined) return;
    const word = this.s3.json(key)?.verdict;
    const kind = this.versions.get(version)?.kind;
    if (word === "ok" && kind !== "good") this.broken.push(`${host.id} wrote ok for ${version}, which is ${kind}`);
    const { bake = 0 } = this.lastPolicy;
    const since = this.taken.get(`${host.id} ${version}`);
    const baked = bake === 0 || since === undefined || this.time - since >= bake;
    if (word === "ok" && !host.core && !baked)
      this.breaks(
        `${host.id} found ${version} good ${Math.round(this.time - (since ?? 0))} s after it took it, not ${bake}`,
      );
    // The second host that counts as taken makes a version bad.
    if (word === "bad" && kind === "good" && !this.blamable && (this.lost.get(version) ?? 0) < 2)
      this.broken.push(`${host.id} wrote bad for ${version}, which is good`);
  }

  private readonly holders = new Map<string, { readonly holder: string; readonly at: number }>();

  /** A slot goes from a host to another one only once the first gave it back, or has not renewed it for long. */
  private holds(key: string): void {
    const holder = String(this.s3.json(key)?.holder ?? "");
    const before = this.holders.get(key);
    if (before?.holder && holder && holder !== before.holder && this.time - before.at < 60)
      this.broken.push(`${holder} took ${key} of ${before.holder}, written ${this.time - before.at} s before`);
    // Who could not renew it for so long counts as one that vanished, though it may still watch itself.
    if (before?.holder && holder && holder !== before.holder) this.vanishes(before.holder);
    // A write that failed changes nothing.
    this.holders.set(key, { holder, at: this.s3.get(key)?.modified ?? 0 });
  }

  private vanishes(host: string): void {
    for (const key of this.s3.keys()) {
      const [, version] = /\/trials\/[^/]+\/(.*)\.json$/.exec(key) ?? [];
      const counts = version !== undefined && !this.counted.has(`${host} ${version}`);
      if (counts && this.s3.json(key)?.canary === host) this.loses(version, host);
    }
  }

  /** Whether hosts vanish in this world, so that a good version may be blamed for it. */
  blamable = false;

  /** Goes on until so many seconds have passed since its beginning, or nothing is left to happen. */
  run(core: Core, until: number): void {
    const { agenda } = this;
    while (agenda.next <= START + until) {
      this.time = Math.max(this.time, agenda.next);
      const next = agenda.take();
      if (typeof next === "function") next();
      else if (next?.host.threads.has(next)) {
        // Its time was stopped meanwhile.
        if (next.due > this.time) agenda.add(next.due, next);
        else this.resume(core, next);
      }
    }
    this.time = Math.max(this.time, START + until);
  }

  /** Lets a program go on up to its next pause. */
  private resume(core: Core, thread: Thread): void {
    let answer: Answer | undefined;
    for (;;) {
      const { done, value } = thread.program.next(answer);
      if (done || value === undefined) {
        thread.host.threads.delete(thread);
        return;
      }
      // What it did may have been its end.
      if (!thread.host.threads.has(thread)) return;
      if ("seconds" in value) {
        thread.due = Math.max(thread.due, this.time + value.seconds);
        this.agenda.add(thread.due, thread);
        return;
      }
      answer = (thread.host.core ?? core).answer(value.ask.conversation, value.ask.event);
    }
  }
}

/** Lets worlds go on until so many seconds have passed in each. */
export function run(core: Core, worlds: readonly World[], until: number): void {
  for (const world of worlds) world.run(core, until);
}
