import { arnOf, Host, type Program } from "./host";

const PAUSE = 7;

/** What a host that is somebody else's writes. */
export interface Lie {
  /** Below the group's folder. */
  readonly name: string;
  readonly body: object | string;
}

/**
 * A host that somebody has taken over: it serves as ever, and writes whatever IAM lets it, over whatever is there. What it tries besides is refused, and
 * what is refused changes nothing.
 */
export class Liar extends Host {
  /** What it writes in a turn, again and again. */
  lies: (host: Liar) => readonly Lie[] = () => [];

  override *life(): Program {
    this.launched = true;
    for (;;) {
      for (const { name, body } of this.lies(this)) {
        const key = `rollout/${this.world.group}/${name}`;
        if (this.world.mayWrite(this, key)) {
          this.world.s3.set(key, typeof body === "string" ? body : JSON.stringify(body), this.world.s3Time);
        }
        yield { seconds: this.world.random.next() };
      }
      yield { seconds: PAUSE };
    }
  }

  /** What it can say against a version, in every place there is. */
  against(version: string): Lie[] {
    const [arn, hosts] = [arnOf(this.id), this.world.hosts.map(({ id }) => id)];
    const said = { reason: "made up", by: "ada", at: "2020-01-01T00:00:00Z" };
    const release = `hello/${version}`;
    const recalled = { hello: { [version]: said } };
    const failed = Object.fromEntries(hosts.map((id) => [id, "made up"]));
    return [
      { name: `verdicts/${release}.json`, body: { verdict: "bad", instance: hosts[0], ...said } },
      { name: "control.json", body: { generation: this.world.time, recalled, alarms: { errors: said } } },
      { name: "orders.json", body: { recalled, alarms: { errors: said } } },
      { name: `trials/${release}.json`, body: { canary: "", vanished: hosts, failed, apart: hosts } },
      { name: `voices/${release}/bad/0/${arn}.json`, body: { verdict: "bad" } },
      { name: `voices/${release}/bad/2/${arn}.json`, body: { verdict: "bad" } },
      // In the names of others, as far as a name goes.
      ...hosts.slice(0, 3).flatMap((id) => [
        { name: `voices/${release}/bad/0/${arnOf(id)}.json`, body: { verdict: "bad" } },
        { name: `voices/${release}/bad/0/${arnOf(id)}.json/${arn}.json`, body: { verdict: "bad" } },
        { name: `voices/${release}/${arnOf(id)}/bad/0/${arn}.json`, body: { verdict: "bad" } },
      ]),
    ];
  }
}
