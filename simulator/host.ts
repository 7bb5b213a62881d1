import { type Answer, Conversation, type Core, type Event } from "./core";
import { date } from "./s3";
import type { Row, Thread, Version, World } from "./world";
import { zoneRows } from "./zones";

/** What a host waits for: an answer of the core, or time to pass. */
export type Want =
  | { readonly ask: { readonly conversation: Conversation; readonly event: Event } }
  | { readonly seconds: number };

/** A host's program: it yields what it waits for, and gets the core's answer where it asked. */
export type Program<T = void> = Generator<Want, T, Answer | undefined>;

type Rows = readonly Row[];
/** How an effect is answered; undefined where it is not. */
type Answered = { readonly event: string; readonly rows: Rows } | undefined;

const PACKAGE = "hello";
/** The second package of a world that has one. */
const OTHER = "other";
const AGENT = "towline-agent";
/** What apt reads of a repository that has changed: InRelease and an index. */
const LISTS_READS = 2;
const SUITE = "dists/stable/InRelease";
/** Seconds from one poll to the next. */
export const POLL_PAUSE = 60;
const RENEWAL_PAUSE = 30;
const RETRY_PAUSE = 900;
/** How often the load balancer is asked whether others are unhealthy as well. */
const ASKED = 5;
/** After so many seconds an app of a version that is ill late falls ill, or its processes begin to crash. */
const LATE_SECONDS = 100;
/** What apt may take. */
const APT_SECONDS = 600;

/** Under which name a host speaks: the ARN of its instance, with which IAM has it write. */
export const arnOf = (id: string): string => `arn:aws:ec2:eu-west-1:123456789012:instance/${id}`;

/** What becomes of one package in a change. */
export interface Part {
  readonly name: string;
  readonly version: string;
  readonly previous: string;
}

/** The record of an upgrade that has not ended: the part that it goes by, and the others of its set. */
interface Record_ extends Part {
  readonly set: readonly Part[];
  outcome: "" | "bad";
  /** When it failed, nobody could say that it was the version. */
  excused?: boolean;
}

/** One instance: what the shell of the agent does around the core, on a model of its disk, its app and the load balancer. */
export class Host {
  /** On disk, and there again after a reboot. */
  installed = "";
  /** What is installed of the second package. */
  other = "";
  private installedAt = 0;
  /** What apt has of the repository. */
  private index: { readonly signed: number; readonly listed: readonly string[]; readonly others: readonly string[] } = {
    signed: 0,
    listed: [],
    others: [],
  };
  private remembered: [string, string][] = [];
  private record: Record_ | undefined;
  private turn = "{}";
  private pauses: { readonly spec: string; readonly end: number }[] = [];
  /** What it has said is ok, "package version" each. */
  private vouched: readonly string[] = [];
  /** Gone with a reboot. */
  private renewal: object | undefined;
  /** Out of the load balancer for a change. */
  out = false;
  /** Auto Scaling takes it away. */
  leaving = false;
  /** It is no more. */
  gone = false;
  /** Since when it is in the load balancer's target group; undefined outside. */
  registered: number | undefined;
  /** It could not come back, as a database was away. */
  stuckByOutage = false;
  /** Whether it has said that it serves with what bakes; gone with a reboot. */
  private baking = false;
  /** The version with which its app is not healthy, for reasons of its own. */
  sickWith: string | undefined;
  /** The package that it cannot install as it is. */
  unable: string | undefined;
  launched = false;
  /** Its requests to the bucket, in order, without those that renew its lease; where somebody wants to know them. */
  requests: string[] | undefined;
  /** Hosts that did not serve when it last looked. */
  saw: readonly Host[] | undefined;
  /** How often in a row the load balancer did not answer it. */
  private unanswered = 0;
  /** What the load balancer said of it when somebody last asked. */
  row: Row = ["", ""];
  /** The core of its agent, where that is an older one. */
  core: Core | undefined;
  /** Until when nothing on it goes on, nor answers. */
  frozenUntil = 0;
  /** Since when it has not stood still. */
  movesSince = 0;
  /** What runs on it. */
  readonly threads = new Set<Thread>();

  constructor(
    readonly id: string,
    protected readonly world: World,
    /** What its clock is ahead of the world's, in seconds. */
    private readonly skew: number,
  ) {}

  /** From the launch, or a reboot, on. */
  *life(): Program {
    this.renewal = undefined;
    this.baking = false;
    if (!this.launched) yield* this.boot();
    while (this.launched) {
      yield* this.poll();
      // A run that has ended renews nothing.
      this.renewal = undefined;
      yield { seconds: POLL_PAUSE };
    }
  }

  /** Whether what is installed is of this kind. */
  has(kind: Version["kind"]): boolean {
    const { installed, other, world } = this;
    return world.versions.get(installed)?.kind === kind || world.versions.get(other)?.kind === kind;
  }

  /** Whether its app answers its own host well. In a large group it is asked for more often than anything else: it makes nothing. */
  get healthy(): boolean {
    const { installed, other, sickWith, world } = this;
    if (world.outage || !this.runsWell(installed) || (other !== "" && !this.runsWell(other))) return false;
    return sickWith === undefined || (sickWith !== installed && sickWith !== other);
  }

  /** Whether a version that is installed runs well, as far as that is the version's own. */
  private runsWell(name: string): boolean {
    const version = this.world.versions.get(name);
    if (version === undefined || version.kind === "bad" || version.kind === "killer") return false;
    if (version.kind === "late" && this.aged) return false;
    return name !== this.installed || version.lasts === undefined || this.world.time < this.installedAt + version.lasts;
  }

  /** Whether its app answers the load balancer well. */
  get answers(): boolean {
    return this.world.time >= this.frozenUntil && this.healthy && !this.has("unserved");
  }

  /** Whether what shows late has shown by now. */
  private get aged(): boolean {
    return this.world.time - this.installedAt > LATE_SECONDS;
  }

  /** Auto Scaling ends its service in the ordinary way: what it was taking says nothing of the version. */
  *farewell(): Program {
    this.leaving = true;
    this.renewal = undefined;
    yield* this.tell();
    this.registered = undefined;
    yield { seconds: 5 };
    if (this.record) {
      yield* this.converse("judge", [
        ...this.about(this.record),
        ...[
          ["outcome", "off"],
          ["serving", "no"],
          ["ending", "no"],
          ["reason", "the host leaves service"],
        ],
      ]);
    }
    yield* this.end();
    this.world.ends(this);
  }

  /** One that does not become healthy is abandoned, and another launched in its place. */
  private *boot(): Program {
    let version = "";
    let answers: Rows | undefined;
    while (version === "") {
      this.turn = "{}";
      answers = yield* this.converse("boot", []);
      version = answers?.find(([name]) => name === PACKAGE)?.[1] ?? "";
      yield { seconds: version === "" ? 10 : 20 };
    }
    this.install(version);
    if (this.world.packages.includes(OTHER)) this.install(answers?.find(([name]) => name === OTHER)?.[1] ?? "", OTHER);
    if (!(yield* this.gate())) {
      yield* this.booted("failed");
      this.world.kill(this);
      return;
    }
    this.launched = true;
    this.registered = this.world.time;
    this.world.joined(this);
    // Where it counts, the load balancer has to find it healthy.
    for (let second = 0; this.turn !== "{}" && second < 180 && !this.serves; second += 5) yield { seconds: 5 };
    if (!this.leaving) yield* this.booted(this.serves ? "ok" : "failed");
    yield { seconds: this.world.random.between(1, 60) };
  }

  /** What becomes of a boot is heard where it counts. */
  private *booted(outcome: "ok" | "failed"): Program {
    if (this.turn === "{}") return;
    const reason = outcome === "ok" ? "" : "not healthy";
    yield* this.converse("booted", [
      ["turn", this.turn],
      ["outcome", outcome],
      ["reason", reason],
      ["blamed", ""],
    ]);
  }

  private *poll(): Program {
    if (this.record) yield* this.resume(this.record);
    if (this.baking) return;
    for (let changes = 0; changes < 4; changes++) {
      // A poll that finds nothing new ends here: it asks the core nothing.
      const seen = this.remembered.length > 0 ? this.remembered : [[SUITE, undefined] as const];
      yield { seconds: this.world.latency() };
      const fault = this.world.fault();
      if (fault !== "none" && fault !== "conflict") return;
      let changed = false;
      let suite = "";
      for (const [key, tag] of seen) {
        if (key === "wake") {
          changed ||= this.clock >= Number(tag);
          continue;
        }
        this.asked("GET", key);
        const now = this.world.s3.look(key);
        if (key === SUITE) suite = now;
        if (now !== tag) changed = true;
      }
      if (!changed) return;
      const rows = [
        ...this.world.packages.map((name) => ["packages", name]),
        ["suite", SUITE, suite],
        ["patience", "600"],
      ];
      for (const { spec, end } of this.pauses) rows.push(["pause", spec, String(end)]);
      const answers = yield* this.converse("poll", rows);
      if (!answers) this.world.leavesMark(this);
      if (answers?.[0]?.[0] !== "changed" || this.baking) return;
    }
  }

  /** One conversation; the rows of its answers, undefined where it failed. */
  private *converse(event: string, rows: Rows): Program<Rows | undefined> {
    const answers: string[][] = [];
    const named = [
      ...[
        ["instance", this.id],
        ["group", this.world.group],
        ["balanced", this.world.balanced ? "yes" : "no"],
        ["arn", arnOf(this.id)],
        ...this.vouched.map((named) => ["vouched", named]),
      ],
      ...[
        ["nonce", `${this.id}-${this.world.random.between(0, 1e9)}`],
        ["span", "900"],
      ],
    ];
    const conversation = new Conversation();
    let next: Answered = { event, rows: [...named, ...rows] };
    while (next) {
      const effects: Answer | undefined = yield { ask: { conversation, event: { ...next, now: this.clock } } };
      next = undefined;
      for (const [effect, ...texts] of effects ?? []) {
        if (effect === "fail") return undefined;
        if (effect === "answer") answers.push(texts);
        else next = yield* this.execute(effect ?? "", texts, event !== "renew");
      }
    }
    return answers;
  }

  get clock(): number {
    return this.world.time + this.skew;
  }

  private *execute(effect: string, texts: readonly string[], own: boolean): Program<Answered> {
    const { world } = this;
    switch (effect) {
      case "get": {
        yield { seconds: world.latency() };
        const keys = texts.filter((_, i) => i % 2 === 0);
        if (own) for (const key of keys) this.asked("GET", key);
        const foreign = keys.find((key) => key.startsWith("rollout/") && !key.startsWith(`rollout/${world.group}/`));
        // IAM refuses that, and the conversation would end there.
        if (foreign !== undefined && this.core === undefined) world.breaks(`${this.id} asked for ${foreign}`);
        const fault = world.fault();
        if (fault === "unavailable" || fault === "lost") return { event: "failed", rows: [["HTTP 503"]] };
        if (fault === "forbidden") return { event: "failed", rows: [["HTTP 403"]] };
        return { event: "got", rows: keys.map((key, i) => world.s3.row(key, texts[2 * i + 1] ?? "", world.s3Time)) };
      }
      case "put": {
        yield { seconds: world.latency() };
        const [key = "", condition = "", body = ""] = texts;
        if (own) this.asked("PUT", key);
        const fault = world.mayWrite(this, key) ? world.fault() : "forbidden";
        const rows = world.s3.put(key, condition, body, world.s3Time, fault);
        world.written(this, key);
        return { event: "put", rows };
      }
      case "lists":
        yield { seconds: 1 };
        world.s3.aptGets += LISTS_READS;
        return { event: "lists", rows: [yield* this.update(), ...this.lists()] };
      case "targets":
        yield { seconds: world.latency() };
        return { event: "targets", rows: this.look() };
      case "wait":
        yield { seconds: Number(texts[0]) };
        return { event: "waited", rows: [] };
      case "zones": {
        const [from, to, ...zones] = texts;
        return {
          event: "zones",
          rows: zones.flatMap((zone) => zoneRows(zone, Math.floor(Number(from)), Math.floor(Number(to)))),
        };
      }
      case "able":
        return { event: "able", rows: [[this.leaving || texts[0] === this.unable ? "no" : "yes"]] };
      case "confirm": {
        yield { seconds: 2 };
        const answer =
          !this.healthy || world.state(this) === "unhealthy"
            ? ["no", "not healthy"]
            : [this.serves ? "yes" : "unknown", ""];
        const restarts = this.has("crasher") && this.aged ? "1" : "0";
        return { event: "confirmed", rows: [answer, ["restarts", restarts]] };
      }
      case "change":
        return { event: "changed", rows: yield* this.change(texts) };
      case "renew":
        this.renewal = undefined;
        if (texts[0]) world.start(this, this.renew(texts[0]));
        return undefined;
      case "vouched":
        this.vouched = [...texts];
        return undefined;
      case "record":
        this.turn = texts[0] ?? "{}";
        return undefined;
      case "remember":
        this.remembered = texts.flatMap((key, i) =>
          i % 2 === 0 ? [[key, texts[i + 1] ?? ""] as [string, string]] : [],
        );
        return undefined;
      default:
        return undefined;
    }
  }

  /** Whether nobody can say that it was the version: others are unhealthy too, or the load balancer does not answer, however often it is asked. */
  private get excused(): boolean {
    const others = [...(this.saw ?? [])].filter((host) => host !== this && host.row[1] === "unhealthy");
    return this.unanswered >= ASKED || (this.world.balanced && others.length > 0);
  }

  /** What the load balancer says of everybody; nothing where it does not answer. */
  private look(): readonly Row[] {
    if (this.world.silent || this.world.fault() !== "none") {
      this.unanswered++;
      return [];
    }
    this.unanswered = 0;
    const { states, ill } = this.world.targets();
    this.saw = ill;
    // That there are none is an answer as well.
    return states.length > 0 ? states : [["none", "unused"]];
  }

  private *lists(): Generator<string[]> {
    const { agent } = this.world.beginning;
    if (agent !== undefined) {
      yield ["package", AGENT, agent];
      yield ["version", AGENT, "main", agent];
    }
    yield ["package", PACKAGE, this.installed];
    for (const version of this.index.listed) yield ["version", PACKAGE, "main", version];
    if (!this.world.packages.includes(OTHER)) return;
    yield ["package", OTHER, this.other];
    for (const version of this.index.others) yield ["version", OTHER, "main", version];
  }

  /** What apt makes of the repository's index: of an older one than it has, nothing. Its row. */
  private *update(): Program<string[]> {
    const { signed, listed, others } = this.world;
    const before = this.index.signed;
    if (signed >= before) this.index = { signed, listed, others };
    // Nothing came: it may be that what is there is older. A boot does not ask.
    let served = "";
    if (this.launched && before === this.index.signed) {
      yield { seconds: this.world.latency() };
      this.asked("GET", SUITE);
      this.world.s3.look(SUITE);
      served = date(this.world.signed);
    }
    return ["index", SUITE, date(this.index.signed), served];
  }

  /** A request to the bucket. */
  private asked(method: "GET" | "PUT", key: string): void {
    this.requests?.push(`${method} ${key}`);
  }

  /** Puts its status, of which nobody in this world hears. */
  private *tell(): Program {
    yield { seconds: this.world.latency() };
    this.asked("PUT", `hosts/${this.world.group}/${this.id}.json`);
    this.world.s3.puts++;
  }

  private *renew(nonce: string): Program {
    const own = {};
    this.renewal = own;
    for (;;) {
      yield { seconds: RENEWAL_PAUSE };
      if (this.renewal !== own) return;
      const answers = yield* this.converse("renew", [["nonce", nonce]]);
      if (answers?.[0]?.[0] === "lost") return;
    }
  }

  /** The shell's packages_change; the rows with which it is answered. */
  private *change(texts: readonly string[]): Program<string[][]> {
    const [name = "", version = "", previous = "", , ...rest] = texts;
    const set = rest.flatMap((one, i) => {
      const [next = "", before = ""] = rest.slice(i + 1);
      return i % 3 === 0 ? [{ name: one, version: next, previous: before }] : [];
    });
    const record: Record_ = { name, version, previous, set, outcome: "" };
    this.record = record;
    if (!(yield* this.takes(record))) return [["not done"]];
    return [
      ["done", this.serves ? "yes" : ""],
      ...this.parts(record).map((part) => [part.name, this.installedOf(part.name)]),
    ];
  }

  private parts(record: Record_): readonly Part[] {
    return [record, ...record.set];
  }

  /** What it is taking, or comes back from. */
  get changes(): readonly Part[] {
    return this.record ? this.parts(this.record) : [];
  }

  installedOf(name: string): string {
    return name === OTHER ? this.other : this.installed;
  }

  private *takes(record: Record_): Program<boolean> {
    yield* this.tell();
    this.world.s3.aptGets++;
    yield { seconds: this.world.random.between(1, 4) };
    const leave = yield* this.converse("leaving", this.about(record));
    if (leave?.[0]?.[0] !== "go") {
      yield* this.putOff(record);
      return false;
    }
    yield* this.leave();
    const slow = this.parts(record).some((part) => this.world.versions.get(part.version)?.kind === "slow");
    if (slow) {
      // The timeout begins when it leaves.
      yield { seconds: Math.min(APT_SECONDS, Number(leave[0]?.[1] ?? APT_SECONDS) - 5) };
      return yield* this.goBack(record);
    }
    yield { seconds: this.world.random.between(3, 12) };
    for (const { name, version } of this.parts(record)) this.install(version, name);
    return yield* this.prove(record);
  }

  private about({ name, version }: Part): string[][] {
    return [
      ["package", name],
      ["version", version],
      ["turn", this.turn],
    ];
  }

  protected *leave(): Program {
    this.world.departs(this);
    this.out = true;
    this.registered = undefined;
    yield { seconds: 5 };
  }

  protected install(version: string, name = PACKAGE): void {
    if (name === OTHER) this.other = version;
    else this.installed = version;
    this.installedAt = this.world.time;
    this.world.installs(this, version);
  }

  private *prove(record: Record_): Program<boolean> {
    if (!this.baking) {
      if (!(yield* this.gate())) return yield* this.goBack(record);
      yield* this.join();
      if (this.has("unserved") && !this.leaving) return yield* this.goBack(record);
    }
    const judged = yield* this.converse("judge", [
      ...this.about(record),
      ...record.set.map(({ name, version }) => ["with", name, version]),
      ...[
        ["outcome", "ok"],
        ["serving", this.serves ? "yes" : "no"],
        ["watching", this.baking ? "yes" : "no"],
        ["ending", "no"],
        ["reason", ""],
      ],
    ]);
    if (!judged) {
      this.lost(record);
      return false;
    }
    if (judged[0]?.[0] === "bake") {
      if (!this.baking) yield* this.tell();
      this.baking = true;
      return false;
    }
    this.baking = false;
    if (judged[0]?.[0] === "alarm") {
      record.excused = this.excused;
      yield* this.leave();
      return yield* this.goBack(record);
    }
    yield* this.tell();
    yield* this.end();
    return true;
  }

  /** Healthy within its time. */
  protected *gate(): Program<boolean> {
    for (let second = 0; second < 20; second++) {
      yield { seconds: 1 };
      if (second >= 2 && this.healthy) return true;
    }
    return false;
  }

  protected *join(): Program {
    if (this.leaving) return;
    this.registered = this.world.time;
    this.stuckByOutage = false;
    yield { seconds: 6 };
    this.world.joined(this);
    this.out = false;
  }

  /** What it remembers of a change is lost. */
  forget(): void {
    this.record = undefined;
    this.turn = "{}";
    this.baking = false;
    this.remembered = [];
  }

  /** The version it is taking, or comes back from. */
  get changing(): string | undefined {
    return this.changes[0]?.version;
  }

  /** Whether the load balancer sends it clients. */
  get serves(): boolean {
    return !this.leaving && this.world.state(this) === "healthy";
  }

  private *goBack(record: Record_): Program<boolean> {
    if (record.outcome !== "bad") {
      yield* this.converse("failing", this.about(record));
      record.excused ||= this.excused;
    }
    record.outcome = "bad";
    if (record.previous === "") return false;
    yield { seconds: 4 };
    for (const { name, previous } of this.parts(record)) this.install(previous, name);
    if (!(yield* this.gate())) {
      // Stuck: every poll tries again.
      this.renewal = undefined;
      this.stuckByOutage = this.world.outage;
      // It could not take its mark back.
      for (const { version } of this.stuckByOutage ? this.parts(record) : []) this.world.leavesMark(this, version);
      yield* this.tell();
      return false;
    }
    yield* this.join();
    const judged = yield* this.converse("judge", [
      ...this.about(record),
      ...[
        ["outcome", "failed"],
        ["serving", "no"],
        ["ending", this.leaving ? "yes" : "no"],
        ["reason", "not healthy"],
      ],
    ]);
    // Nobody else can know what became of it, either.
    const own = judged?.[0]?.[0] === "own";
    if (!judged || (own && (record.excused || this.excused)))
      for (const { version } of this.parts(record)) this.world.excuses(version);
    if (!judged) {
      this.lost(record);
      return false;
    }
    if (own) this.paused(record);
    yield* this.tell();
    yield* this.end();
    return true;
  }

  /** Nobody heard how it ended: its mark stays, and the group counts it as one that the version took. */
  private lost(record: Record_): void {
    for (const { version } of this.parts(record)) this.world.loses(version, this.id);
  }

  /** The disk loses what was written last. */
  losesRecord(): void {
    this.record = undefined;
    this.turn = "{}";
    this.baking = false;
  }

  /** The shell's change_pause. */
  private paused(record: Record_): void {
    const specs = this.parts(record).map(({ name, version }) => `${name}=${version}`);
    this.pauses = [
      ...specs.map((spec) => ({ spec, end: this.clock + RETRY_PAUSE })),
      ...this.pauses.filter(({ spec }) => !specs.includes(spec)),
    ];
  }

  private *putOff(record: Record_): Program {
    for (const { name, previous } of this.parts(record)) {
      if (this.installedOf(name) !== previous) this.install(previous, name);
    }
    yield* this.join();
    const judged = yield* this.converse("judge", [
      ...this.about(record),
      ...[
        ["outcome", "off"],
        ["serving", "no"],
        ["ending", "no"],
        ["reason", "put off"],
      ],
    ]);
    if (!judged) this.lost(record);
    yield* this.tell();
    yield* this.end();
  }

  private *end(): Program {
    yield* this.converse("release", [["turn", this.turn]]);
    this.record = undefined;
  }

  private *resume(record: Record_): Program {
    if ((yield* this.converse("resume", [["turn", this.turn]])) === undefined) return;
    if (!this.baking) yield { seconds: 2 };
    if (record.outcome === "bad") yield* this.goBack(record);
    else if (this.parts(record).every(({ name, version }) => this.installedOf(name) === version))
      yield* this.prove(record);
    else yield* this.putOff(record);
  }
}
