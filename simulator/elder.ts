import { Host, type Part, type Program } from "./host";

const PACKAGE = "hello";
const SUITE = "dists/stable/InRelease";
const POLL_PAUSE = 60;
const PATIENCE = 600;
/** Seconds a lease of an older agent lasts, by its own clock: 600, the drain and two health timeouts. */
const SPAN = 660;

/** What a conversation of the agents before core.jq comes to: nothing was to do, all is done, or it goes on with the next poll. */
type Ended = "idle" | "changed" | "later";

/**
 * A host whose agent is older than core.jq (0.5 and before): it takes the lease until a time by its own clock and does not renew it, looks at no
 * floor, leaves no mark, reads neither control.json nor policy.json nor other slots than lease.json, and writes `ok` where it serves and
 * `bad` where it did not, over an `ok` as well.
 */
export class Elder extends Host {
  private seen: string | undefined;
  private open: { readonly version: string; readonly previous: string; bad: boolean } | undefined;

  override get changes(): readonly Part[] {
    return this.open ? [{ name: PACKAGE, ...this.open }] : [];
  }

  override *life(): Program {
    this.launched = true;
    for (;;) {
      if (yield* this.resumed()) while ((yield* this.ask()) === "changed");
      yield { seconds: POLL_PAUSE };
    }
  }

  /** False where what was interrupted could not be ended. */
  private *resumed(): Program<boolean> {
    if (!this.open) return true;
    if (this.open.bad) return yield* this.back(this.open);
    if (this.installed === this.open.version) return yield* this.proven(this.open);
    yield* this.rejoin();
    this.open = undefined;
    return yield* this.release();
  }

  private *ask(): Program<Ended> {
    yield* this.latency();
    const tag = this.world.s3.look(SUITE);
    if (tag === this.seen) return "idle";
    const deadline = this.world.time + PATIENCE;
    for (;;) {
      const version = this.wanted();
      if (version === this.installed) {
        this.seen = tag;
        return "idle";
      }
      if (yield* this.take(version)) {
        if (this.wanted() === version) return (yield* this.upgrade(version)) ? "changed" : "later";
        yield* this.release();
      } else if (this.world.time > deadline) return "later";
      yield { seconds: 2 + this.world.random.next() };
    }
  }

  /** decide.jq: the highest version that is not bad, whether it is proven or not. */
  private wanted(): string {
    const good = this.world.listed.find((version) => {
      this.world.s3.gets++;
      return this.world.s3.json(this.verdictKey(version))?.verdict !== "bad";
    });
    return good ?? this.installed;
  }

  private verdictKey(version: string): string {
    return `rollout/${this.world.group}/verdicts/${PACKAGE}/${version}.json`;
  }

  private get leaseKey(): string {
    return `rollout/${this.world.group}/lease.json`;
  }

  private *latency(): Program {
    yield { seconds: this.world.latency() };
  }

  private *take(version: string): Program<boolean> {
    yield* this.latency();
    const { s3 } = this.world;
    s3.gets++;
    const [before, lease] = [s3.get(this.leaseKey), s3.json(this.leaseKey)];
    const held = lease?.holder !== undefined && lease.holder !== "" && lease.holder !== this.id;
    if (held && Date.parse(String(lease?.expires)) / 1000 > this.clock) return false;
    yield* this.latency();
    return this.write(before?.tag, this.id, version, this.clock + SPAN);
  }

  private *release(): Program<boolean> {
    yield* this.latency();
    const { s3 } = this.world;
    s3.gets++;
    if (s3.json(this.leaseKey)?.holder === this.id) this.write(s3.get(this.leaseKey)?.tag, "", "", this.clock);
    return true;
  }

  private write(tag: string | undefined, holder: string, version: string, expires: number): boolean {
    const [since, until] = [this.clock, expires].map((time) => `${new Date(time * 1000).toISOString().slice(0, 19)}Z`);
    const body = JSON.stringify({ holder, package: holder && PACKAGE, version, since, expires: until });
    const condition = tag === undefined ? "If-None-Match: *" : `If-Match: ${tag}`;
    const [answer] = this.world.s3.put(this.leaseKey, condition, body, this.world.s3Time, "none");
    this.world.written(this, this.leaseKey);
    return answer?.[0] === "done";
  }

  private *upgrade(version: string): Program<boolean> {
    this.open = { version, previous: this.installed, bad: false };
    // It has not looked at the others.
    this.saw = [];
    yield* this.leave();
    yield { seconds: this.world.random.between(3, 12) };
    this.install(version);
    return yield* this.proven(this.open);
  }

  private *proven(open: NonNullable<Elder["open"]>): Program<boolean> {
    if (!(yield* this.gate())) return yield* this.back(open);
    yield* this.rejoin();
    this.judge(open.version, "ok");
    this.open = undefined;
    return yield* this.release();
  }

  private *back(open: NonNullable<Elder["open"]>): Program<boolean> {
    open.bad = true;
    yield { seconds: 4 };
    this.install(open.previous);
    if (!(yield* this.gate())) return false;
    yield* this.rejoin();
    this.judge(open.version, "bad");
    this.open = undefined;
    return yield* this.release();
  }

  private *rejoin(): Program {
    if (!this.out) return;
    yield* this.join();
  }

  /** An ok replaces nothing; a bad does. */
  private judge(version: string, verdict: "ok" | "bad"): void {
    const { s3 } = this.world;
    const key = this.verdictKey(version);
    s3.puts++;
    if (verdict === "bad" || !s3.get(key)) s3.set(key, JSON.stringify({ verdict }), this.world.s3Time);
  }
}
