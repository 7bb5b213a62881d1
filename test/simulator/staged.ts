import type { GroupFacts, HostFacts } from "../../cli/explain/facts";
import type { Does } from "../../cli/explain/outcome";
import type { HostReport } from "../../cli/fleet/host";
import { timestamp } from "../../cli/time";
import type { Core } from "../../simulator/core";
import type { Host } from "../../simulator/host";
import type { World } from "../../simulator/world";

const SUITE = "dists/stable/InRelease";

/** What hosts of a world would have reported. */
export function reportOf(world: World, host: Host): HostReport {
  // One that the load balancer finds ill, and Auto Scaling replaces, has said nothing of leaving.
  const leaves = host.leaving && host.registered === undefined;
  const state = !host.launched ? "booting" : leaves ? "leaving" : host.out ? "upgrading" : "serving";
  const packages = { hello: host.installed, ...(host.other === "" ? {} : { other: host.other }) };
  return {
    ...{ instance: host.id, group: world.group, state, health: host.healthy ? "healthy" : "unhealthy" },
    ...{ since: timestamp(world.time * 1000), packages, error: "", reported: timestamp(world.time * 1000) },
  };
}

/** All that the bucket, hosts' reports and the index of a world say of its group. */
export function factsOf(world: World): GroupFacts {
  const keys = world.s3.keys().filter((key) => key.startsWith("rollout/"));
  const objects = new Map(
    keys.map((key) => {
      const stored = world.s3.get(key);
      return [key, { text: stored?.body ?? "", modified: new Date((stored?.modified ?? 0) * 1000) }] as const;
    }),
  );
  const listed = new Map([["hello", world.listed] as const, ["other", world.others] as const]);
  return {
    group: world.group,
    packages: world.packages,
    balanced: world.balanced,
    suites: [
      {
        ...{ key: SUITE, channel: false, tag: world.s3.get(SUITE)?.tag ?? "", date: world.signed * 1000 },
        ...{ until: 8e15, listed },
      },
    ],
    objects,
    hosts: world.hosts.map((host): HostFacts => {
      const { pauses } = host as unknown as { pauses: { spec: string; end: number }[] };
      return {
        ...{ instance: host.id, lifecycle: host.leaving ? "Terminating:Wait" : "InService" },
        ...{ key: `hosts/${world.group}/${host.id}.json`, report: reportOf(world, host) },
        standing: host.unable === undefined ? "" : `${host.unable} is held`,
        pauses: pauses.map(({ spec, end }) => ({ spec, until: end * 1000 })),
      };
    }),
    now: new Date(world.time * 1000),
    unknown: [],
  };
}

/** What a host did next. */
export interface Deed {
  readonly does: Does;
  readonly says: string;
  readonly takes: readonly string[];
}

/** Lets a host go on to the end of its next poll, while all others stand still and Auto Scaling ends none, and tells what it did. */
export function next(world: World, core: Core, host: Host): Deed {
  const told: Told = { polled: false, unable: false };
  const ear = new Ear(core, told);
  host.core = { answer: (conversation, event) => ear.answer(conversation, event) } as Core;
  for (const other of world.hosts) if (other !== host) world.freeze(other, 1e6);
  const kill = jest.spyOn(world, "kill").mockReturnValue();
  for (let second = 0; second < 75 && !told.deed; second++) world.run(core, world.elapsed + 1);
  kill.mockRestore();
  host.core = undefined;
  return told.deed ?? { does: "nothing", says: "", takes: [] };
}

interface Told {
  polled: boolean;
  unable: boolean;
  deed?: Deed;
}

/** Notes what the core says, from the beginning of a poll, or the end of a pause in it, to what that comes to. */
class Ear {
  private waiting = "";
  private confirmed = false;
  private log = "";

  constructor(
    private readonly real: Core,
    private readonly told: Told,
  ) {}

  answer(...[conversation, event]: Parameters<Core["answer"]>): ReturnType<Core["answer"]> {
    const answer = this.real.answer(conversation, event);
    const { told } = this;
    if (event.event === "poll" || event.event === "waited") told.polled = true;
    if (!told.polled || told.deed) return answer;
    if (event.event === "able" && event.rows[0]?.[0] === "no") told.unable = true;
    for (const [effect, ...texts] of answer) {
      const [first = ""] = texts;
      if (effect === "waiting") this.waiting = first;
      if (effect === "log") this.log = first;
      if (effect === "confirm") this.confirmed = true;
      if (effect === "repository" && first !== "") told.deed ??= { does: "cannot", says: first, takes: [] };
      if (effect === "wait") told.deed ??= { does: "waits", says: this.waiting, takes: [] };
      if (effect === "put" && this.confirmed && first.includes("/verdicts/"))
        told.deed ??= { does: "proves", says: "", takes: [] };
      if (effect === "change") told.deed ??= { does: "takes", says: this.log, takes: versions(texts) };
    }
    if (!told.deed && conversation.state === null) {
      const pauses = / waits \d+ s: this host failed at it$/.test(this.log);
      told.deed = { does: told.unable ? "cannot" : pauses ? "pauses" : "nothing", says: "", takes: [] };
    }
    return answer;
  }
}

function versions([name = "", version = "", , , ...rest]: readonly string[]): string[] {
  const others = rest.flatMap((one, i) => (i % 3 === 0 ? [`${one} ${rest[i + 1]}`] : []));
  return [`${name} ${version}`, ...others];
}
