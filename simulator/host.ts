import type { Answer, Step } from "./core";
import type { Version, World } from "./world";

/** What a host waits for: an answer of the core, or time to pass. */
export type Want = { readonly ask: Step } | { readonly seconds: number };

/** A host's program: it yields what it waits for, and gets the core's answer where it asked. */
export type Program<T = void> = Generator<Want, T, Answer | undefined>;

type Rows = readonly (readonly string[])[];
/** How an effect is answered; undefined where it is not. */
type Answered = { readonly event: string; readonly rows: Rows } | undefined;

const PACKAGE = "hello";
const SUITE = "dists/stable/InRelease";
const POLL_PAUSE = 60;
const RENEWAL_PAUSE = 30;
const RETRY_PAUSE = 900;

/** The record of an upgrade that has not ended. */
interface Record_ {
  readonly version: string;
  readonly previous: string;
  outcome: "" | "bad";
}

/** One instance: what the shell of the agent does around the core, on a model of its disk, its app and the load balancer. */
export class Host {
  /** On disk, and there again after a reboot. */
  installed = "";
  private remembered: [string, string][] = [];
  private record: Record_ | undefined;
  private turn = "{}";
  private pause: { readonly spec: string; readonly end: number } | undefined;
  /** Gone with a reboot. */
  private renewal: object | undefined;
  /** Out of the load balancer for a change. */
  out = false;
  /** Auto Scaling takes it away. */
  leaving = false;
  /** Since when it is in the load balancer's target group; undefined outside. */
  registered: number | undefined;
  /** The version with which its app is not healthy, for reasons of its own. */
  sickWith: string | undefined;
  launched = false;

  constructor(
    readonly id: string,
    private readonly world: World,
    /** What its clock is ahead of the world's, in seconds. */
    private readonly skew: number,
  ) {}

  /** From the launch, or a reboot, on. */
  *life(): Program {
    this.renewal = undefined;
    if (!this.launched) yield* this.boot();
    for (;;) {
      yield* this.poll();
      yield { seconds: POLL_PAUSE };
    }
  }

  private get version(): Version | undefined {
    return this.world.versions.get(this.installed);
  }

  /** Whether its app answers its own host well. */
  get healthy(): boolean {
    const { version } = this;
    return (
      version?.kind !== "bad" &&
      version?.kind !== "killer" &&
      !this.world.outage &&
      this.installed !== (this.sickWith ?? "")
    );
  }

  private *boot(): Program {
    for (;;) {
      const answers = yield* this.converse("boot", []);
      const chosen = answers?.find(([name]) => name === PACKAGE);
      if (chosen?.[1]) {
        yield { seconds: 20 };
        this.install(chosen[1]);
        if (this.healthy) break;
      }
      yield { seconds: 10 };
    }
    this.launched = true;
    this.registered = this.world.time;
    yield { seconds: this.world.random.between(1, 60) };
  }

  private *poll(): Program {
    if (this.record) yield* this.resume(this.record);
    for (let changes = 0; changes < 4; changes++) {
      const tags = this.remembered.map(([key, tag]) => [key, tag, this.world.s3.row(key, tag, 0)[2]]);
      if (this.remembered.length > 0 && tags.every(([, before, now]) => before === now)) return;
      const suite = this.world.s3.get(SUITE)?.tag ?? "";
      const rows = [
        ["packages", PACKAGE],
        ["suite", SUITE, suite],
        ["patience", "600"],
      ];
      if (this.pause) rows.push(["pause", this.pause.spec, String(this.pause.end)]);
      const answers = yield* this.converse("poll", rows);
      if (answers?.[0]?.[0] !== "changed") return;
    }
  }

  /** One conversation; the rows of its answers, undefined where it failed. */
  private *converse(event: string, rows: Rows): Program<Rows | undefined> {
    const answers: string[][] = [];
    const named = [
      ...[
        ["instance", this.id],
        ["group", this.world.group],
        ["balanced", "yes"],
      ],
      ...[
        ["nonce", `${this.id}-${this.world.random.between(0, 1e9)}`],
        ["span", "900"],
      ],
    ];
    let state: unknown = null;
    let next: Answered = { event, rows: [...named, ...rows] };
    while (next) {
      const answer: Answer | undefined = yield { ask: { state, event: { ...next, now: this.clock } } };
      next = undefined;
      state = answer?.state ?? null;
      for (const [effect, ...texts] of answer?.do ?? []) {
        if (effect === "fail") return undefined;
        if (effect === "answer") answers.push(texts);
        else next = yield* this.execute(effect ?? "", texts);
      }
    }
    return answers;
  }

  private get clock(): number {
    return this.world.time + this.skew;
  }

  private *execute(effect: string, texts: readonly string[]): Program<Answered> {
    const { world } = this;
    switch (effect) {
      case "get": {
        yield { seconds: world.latency() };
        if (world.fault() === "unavailable") return { event: "failed", rows: [["HTTP 503"]] };
        const keys = texts.filter((_, i) => i % 2 === 0);
        return { event: "got", rows: keys.map((key, i) => world.s3.row(key, texts[2 * i + 1] ?? "", world.s3Time)) };
      }
      case "put": {
        yield { seconds: world.latency() };
        const [key = "", condition = "", body = ""] = texts;
        const rows = world.s3.put(key, condition, body, world.s3Time, world.fault());
        world.written(this, key);
        return { event: "put", rows };
      }
      case "lists":
        yield { seconds: 1 };
        return {
          event: "lists",
          rows: [
            ["package", PACKAGE, this.installed],
            ...world.listed.map((version) => ["version", PACKAGE, "main", version]),
          ],
        };
      case "targets":
        yield { seconds: world.latency() };
        return { event: "targets", rows: world.fault() === "none" ? world.targets() : [] };
      case "wait":
        yield { seconds: Number(texts[0]) };
        return { event: "waited", rows: [] };
      case "able":
        return { event: "able", rows: [["yes"]] };
      case "confirm":
        yield { seconds: 2 };
        return { event: "confirmed", rows: [[this.healthy && this.serves ? "yes" : "no"]] };
      case "change":
        if (!(yield* this.change(texts[1] ?? "", texts[2] ?? ""))) return { event: "changed", rows: [["not done"]] };
        return { event: "changed", rows: [["done"], [PACKAGE, this.installed]] };
      case "renew":
        this.renewal = undefined;
        if (texts[0]) world.start(this, this.renew(texts[0]));
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

  /** The shell's upgrade_run. */
  private *change(version: string, previous: string): Program<boolean> {
    this.record = { version, previous, outcome: "" };
    yield { seconds: this.world.random.between(1, 4) };
    const leave = yield* this.converse("leaving", this.about(version));
    if (leave?.[0]?.[0] !== "go") {
      yield* this.putOff(version);
      return false;
    }
    yield* this.leave();
    yield { seconds: this.world.random.between(3, 12) };
    this.install(version);
    return yield* this.prove(this.record);
  }

  private about(version: string): string[][] {
    return [
      ["package", PACKAGE],
      ["version", version],
      ["turn", this.turn],
    ];
  }

  private *leave(): Program {
    this.world.departs(this);
    this.out = true;
    this.registered = undefined;
    yield { seconds: 5 };
  }

  private install(version: string): void {
    this.installed = version;
    this.world.installs(this, version);
  }

  private *prove(record: Record_): Program<boolean> {
    if (!(yield* this.gate())) {
      yield* this.converse("failing", this.about(record.version));
      return yield* this.goBack(record);
    }
    yield* this.join();
    if (this.version?.kind === "unserved" && !this.leaving) return yield* this.goBack(record);
    const judged = yield* this.converse("judge", [
      ...this.about(record.version),
      ...[
        ["outcome", "ok"],
        ["serving", this.serves ? "yes" : "no"],
        ["ending", "no"],
        ["reason", ""],
      ],
    ]);
    if (!judged) return false;
    if (judged[0]?.[0] === "alarm") {
      yield* this.leave();
      return yield* this.goBack(record);
    }
    yield* this.end();
    return true;
  }

  /** Healthy within its time. */
  private *gate(): Program<boolean> {
    for (let second = 0; second < 20; second++) {
      yield { seconds: 1 };
      if (second >= 2 && this.healthy) return true;
    }
    return false;
  }

  private *join(): Program {
    if (this.leaving) return;
    this.registered = this.world.time;
    yield { seconds: 6 };
    this.world.joined(this);
    this.out = false;
  }

  /** Whether the load balancer sends it clients. */
  get serves(): boolean {
    return !this.leaving && this.world.state(this) === "healthy";
  }

  private *goBack(record: Record_): Program<boolean> {
    record.outcome = "bad";
    if (record.previous === "") return false;
    yield { seconds: 4 };
    this.install(record.previous);
    if (!(yield* this.gate())) {
      // Stuck: every poll tries again.
      this.renewal = undefined;
      return false;
    }
    yield* this.join();
    const judged = yield* this.converse("judge", [
      ...this.about(record.version),
      ...[
        ["outcome", "failed"],
        ["serving", "no"],
        ["ending", this.leaving ? "yes" : "no"],
        ["reason", "not healthy"],
      ],
    ]);
    if (!judged) return false;
    if (judged[0]?.[0] === "own") this.pause = { spec: `${PACKAGE}=${record.version}`, end: this.clock + RETRY_PAUSE };
    yield* this.end();
    return true;
  }

  private *putOff(version: string): Program {
    yield* this.join();
    yield* this.converse("judge", [
      ...this.about(version),
      ...[
        ["outcome", "off"],
        ["serving", "no"],
        ["ending", "no"],
        ["reason", "put off"],
      ],
    ]);
    yield* this.end();
  }

  private *end(): Program {
    yield* this.converse("release", [["turn", this.turn]]);
    this.record = undefined;
  }

  private *resume(record: Record_): Program {
    if ((yield* this.converse("resume", [["turn", this.turn]])) === undefined) return;
    yield { seconds: 2 };
    if (record.outcome === "bad") yield* this.goBack(record);
    else if (this.installed === record.version) yield* this.prove(record);
    else yield* this.putOff(record.version);
  }
}
