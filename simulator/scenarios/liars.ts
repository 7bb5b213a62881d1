import type { Host } from "../host";
import { Liar, type Lie } from "../liar";
import type { World } from "../world";
import { all, NEW, OLD, publish, reached, type Scenario, world } from "./scenario";

const FAR = "9999-12-31T23:59:59Z";
const LIES_FROM = 250;

/** A group of which the last host is somebody else's, and says such things from a time on. */
function lying(
  seed: number,
  beginning: Parameters<typeof world>[1],
  lies: (liar: Liar, second: number) => readonly Lie[],
  happen: (made: World) => void = () => undefined,
  from = LIES_FROM,
): World {
  return world(seed, { hosts: 4 + (seed % 6), liars: 1, ...beginning }, (made) => {
    for (const host of made.hosts) {
      if (host instanceof Liar) host.lies = (liar) => (made.elapsed < from ? [] : lies(liar, made.elapsed));
    }
    happen(made);
  });
}

/** All hosts but those that are somebody else's run a version, and serve. */
function honest(version: string): (made: World) => string[] {
  return (made) =>
    made.hosts
      .filter((host) => !(host instanceof Liar) && (host.installed !== version || !host.serves))
      .map((host) => `${host.id} runs ${host.installed || "nothing"}, not ${version}, and is ${made.state(host)}`);
}

const liarsOf = (made: World): Liar[] => made.hosts.filter((host) => host instanceof Liar);

/** From now on it says of an alarm that it is on. */
function begins(liar: Liar): void {
  liar.lies = () => [{ name: "control.json", body: { alarms: { errors: { reason: "made up" } } } }];
}

const proven = { versions: [NEW, OLD], runs: "1.1.0" };
function bothOk(made: World): void {
  made.verdict("1.0.0", "ok");
  made.verdict("1.1.0", "ok");
}

/** One host that is somebody else's (docs/rollout.md, "Voices"): it takes what is proven from nobody, and moves no host back. */
export const LIARS: readonly Scenario[] = [
  {
    name: "one host that says bad of every version, wherever it can, moves nobody from what is proven, nor those that boot",
    until: 2500,
    make: (seed) =>
      lying(
        seed,
        proven,
        (liar) => ["1.1.0", "1.0.0"].flatMap((version) => liar.against(version)),
        (made) => {
          bothOk(made);
          for (const second of [400, 700, 1000]) made.after(second, () => made.launch());
        },
      ),
    judge: all(honest("1.1.0"), reached("1.0.0", 0)),
  },
  {
    name: "one host that writes over a verdict what is none moves nobody from what is proven, nor those that boot",
    until: 2500,
    make: (seed) =>
      lying(
        seed,
        proven,
        () => [
          { name: "verdicts/hello/1.1.0.json", body: seed % 2 ? "not JSON" : { verdict: "perhaps" } },
          { name: "control.json", body: { generation: seed } },
        ],
        (made) => {
          bothOk(made);
          for (const second of [400, 700]) made.after(second, () => made.launch());
        },
      ),
    judge: all(honest("1.1.0"), reached("1.0.0", 0)),
  },
  {
    name: "one host that says bad of everything stops a version that nobody has proven, and no more",
    until: 2500,
    make: (seed) =>
      lying(
        seed,
        {},
        (liar) => ["1.1.0", "1.0.0"].flatMap((version) => liar.against(version)),
        (made) => {
          made.blamable = true;
          made.after(LIES_FROM + 60, () => publish(made, NEW, OLD));
        },
      ),
    judge: (made) =>
      made.hosts
        .filter((host) => !["1.0.0", "1.1.0"].includes(host.installed) || !host.serves)
        .map((host) => `${host.id} runs ${host.installed || "nothing"}, and is ${made.state(host)}`),
  },
  {
    name: "a host that fails at what is proven convicts it no more for what another made up",
    until: 3500,
    make: (seed) =>
      lying(
        seed,
        { ...proven, runs: "1.0.0", hosts: 6, policy: { alarms: ["errors"] } },
        (liar) => liar.against("1.1.0").filter(({ name }) => !name.startsWith("control") && !name.startsWith("voices")),
        (made) => {
          bothOk(made);
          (made.hosts[0] as Host).sickWith = "1.1.0";
        },
        700,
      ),
    judge: (made) =>
      made.hosts
        .filter((host) => !(host instanceof Liar) && host !== made.hosts[0] && host.installed !== "1.1.0")
        .map((host) => `${host.id} runs ${host.installed}`),
  },
  {
    name: "in a group so large that two voices are too few, one that is made up and one host that fails take nothing from the others",
    until: 3500,
    make: (seed) =>
      lying(
        seed,
        { ...proven, runs: "1.0.0", hosts: 45, policy: { maxUnavailable: 5 } },
        (liar) => liar.against("1.1.0"),
        (made) => {
          bothOk(made);
          (made.hosts[0] as Host).sickWith = "1.1.0";
        },
        1200,
      ),
    judge: (made) =>
      made.hosts
        .filter((host) => !(host instanceof Liar) && host !== made.hosts[0] && host.installed !== "1.1.0")
        .map((host) => `${host.id} runs ${host.installed}`),
  },
  {
    name: "two hosts of different names that fail at a version that others serve with still take it from all",
    until: 4500,
    make: (seed) =>
      world(seed, { hosts: 6, ...proven, runs: "1.0.0" }, (made) => {
        made.blamable = true;
        bothOk(made);
        for (const host of made.hosts.slice(0, 2)) host.sickWith = "1.1.0";
        for (const host of made.hosts.slice(0, 2)) made.freeze(host, 900);
      }),
    judge: honest("1.0.0"),
  },
  {
    name: "one host that fails during an alarm of the function's takes a version from all for good, though the alarm ends",
    until: 4500,
    make: (seed) =>
      world(seed, { hosts: 6, ...proven, runs: "1.0.0", policy: { alarms: ["errors"] } }, (made) => {
        made.blamable = true;
        bothOk(made);
        const [sick] = made.hosts as [Host];
        sick.sickWith = "1.1.0";
        made.freeze(sick, 900);
        let since: number | undefined;
        for (let second = 900; second < 3000; second++) {
          made.after(second, () => {
            if (since === undefined && sick.out) made.alarm("errors");
            if (sick.out) since ??= second;
            if (since !== undefined && second === since + 400) made.alarm();
          });
        }
      }),
    judge: honest("1.0.0"),
  },
  {
    name: "an alarm that one host made up makes no proven version bad by one that fails",
    until: 3500,
    make: (seed) =>
      lying(
        seed,
        { ...proven, runs: "1.0.0", hosts: 6, policy: { alarms: ["errors"] } },
        () => [{ name: "control.json", body: { alarms: { errors: { reason: "made up" } } } }],
        (made) => {
          bothOk(made);
          const [sick] = made.hosts as [Host];
          sick.sickWith = "1.1.0";
          made.freeze(sick, 850);
          for (let second = 851; second < 2000; second++)
            made.after(second, () => sick.out && liarsOf(made).forEach(begins));
        },
        Number.POSITIVE_INFINITY,
      ),
    judge: (made) =>
      made.hosts
        .filter((host) => !(host instanceof Liar) && host !== made.hosts[0] && host.installed !== "1.1.0")
        .map((host) => `${host.id} runs ${host.installed}`),
  },
  {
    name: "in a stack whose policies know no voices yet a good version comes to all",
    until: 1500,
    make: (seed) => world(seed, { olderStack: true }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: honest("1.1.0"),
  },
  {
    name: "in a stack whose policies know no voices yet two hosts that fail take a version from all, as they did",
    until: 4500,
    make: (seed) =>
      world(seed, { hosts: 6, ...proven, runs: "1.0.0", olderStack: true }, (made) => {
        made.blamable = true;
        bothOk(made);
        for (const host of made.hosts.slice(0, 2)) host.sickWith = "1.1.0";
      }),
    judge: honest("1.0.0"),
  },
  {
    name: "what people recall goes, whatever one host says of it",
    until: 3000,
    make: (seed) =>
      lying(
        seed,
        proven,
        (liar) => [
          { name: "verdicts/hello/1.1.0.json", body: { verdict: "ok" } },
          { name: "control.json", body: { generation: liar.clock } },
        ],
        (made) => {
          bothOk(made);
          made.after(1200, () => made.recall("1.1.0"));
        },
      ),
    judge: honest("1.0.0"),
  },
  {
    name: "times in the year 9999 hold up nobody for good",
    until: 6000,
    make: (seed) =>
      lying(
        seed,
        { hosts: 6, policy: { maxUnavailable: 2 } },
        (liar, second) => {
          if (second > 300) return [];
          const lease = { package: "hello", version: "1.1.0", since: "2000-01-01T00:00:00Z", expires: FAR };
          const huge = { size: 1e12, done: 1e12, targets: 1e12, took: "for ever" };
          return [
            { name: "lease.json", body: { holder: liar.id, ...lease, ...huge } },
            { name: "slots/1.json", body: { holder: "i-nobody", nonce: "n", ...lease, ...huge } },
            { name: "seen.json", body: { suites: { "dists/stable/InRelease": FAR } } },
          ];
        },
        (made) => made.after(400, () => publish(made, NEW, OLD)),
      ),
    judge: honest("1.1.0"),
  },
  {
    name: "hosts that wait for a lease of long ago ask a bounded number of times",
    until: 1200,
    make: (seed) =>
      world(seed, { hosts: 4 }, (made) => {
        const lease = {
          holder: "i-gone",
          package: "hello",
          version: "1.1.0",
          since: "2000-01-01T00:00:00Z",
          expires: FAR,
        };
        made.after(90, () => made.s3.set("rollout/web/lease.json", JSON.stringify(lease), made.time));
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: (made) => {
      const each = made.s3.gets / made.hosts.length;
      return each > 1000 ? [`each host read ${Math.round(each)} objects`] : [];
    },
  },
  {
    name: "boots that were begun in the year 9999 count as none",
    until: 6000,
    make: (seed) =>
      lying(
        seed,
        { hosts: 4, versions: [{ ...NEW, kind: "killer" }, OLD], runs: undefined, liars: 0 },
        () => [],
        (made) => {
          made.blamable = true;
          const open = { "i-x": FAR, "i-y": FAR };
          const key = "rollout/web/trials/hello/1.1.0.json";
          made.s3.set(key, JSON.stringify({ boots: { rounds: 0, open, failed: {} } }), made.time);
        },
      ),
    judge: honest("1.0.0"),
  },
];
