import { all, converged, convergedAsJudged, NEW, OLD, publish, type Scenario, verdicts, world } from "./scenario";

/** What happens to hosts, S3 and the group in the middle of a rollout. */
export const FAULTS: readonly Scenario[] = [
  {
    name: "a group that grows and shrinks during a rollout at 20 % comes through",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 20 }, (made) => {
        made.blamable = true;
        made.policy({ maxUnavailable: "20%" });
        made.after(100, () => publish(made, NEW, OLD));
        for (let i = 0; i < 6; i++) made.after(120 + 30 * i, () => made.launch());
        for (let i = 0; i < 4; i++) made.after(400 + 30 * i, () => made.kill(made.random.pick(made.hosts)));
      }),
    judge: convergedAsJudged,
  },
  {
    name: "a canary that is terminated is followed by another, and a good version comes to all",
    until: 2500,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        let killed = false;
        for (let second = 101; second < 300; second++) {
          made.after(second, () => {
            const canary = made.hosts.find(({ out }) => out);
            if (killed || !canary) return;
            killed = true;
            made.kill(canary);
          });
        }
      }),
    judge: all(converged("1.1.0"), verdicts({ "1.0.0": "ok", "1.1.0": "ok" })),
  },
  {
    name: "S3 is away in the middle of a rollout, which goes on once it is back",
    until: 3500,
    make: (seed) =>
      world(seed, {}, (made) => {
        const from = 100 + ((seed * 13) % 120);
        made.after(100, () => publish(made, NEW, OLD));
        made.after(from, () => {
          made.faults = 1;
        });
        made.after(from + 300, () => {
          made.faults = 0;
        });
      }),
    judge: all(converged("1.1.0"), verdicts({ "1.0.0": "ok", "1.1.0": "ok" })),
  },
  {
    name: "hosts whose clocks are hours wrong take a version one after the other",
    until: 2500,
    make: (seed) => world(seed, { skew: 20_000 }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: converged("1.1.0"),
  },
  {
    name: "an instance refresh in the middle of a rollout",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 6 }, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, NEW, OLD));
        const old = [...made.hosts];
        old.forEach((host, i) => {
          made.after(120 + 90 * i, () => made.launch());
          made.after(200 + 90 * i, () => made.retire(host));
        });
      }),
    judge: all(converged("1.1.0"), (made) => (made.hosts.length === 6 ? [] : [`there are ${made.hosts.length} hosts`])),
  },
  {
    name: "hosts that all look in the same second",
    until: 2000,
    make: (seed) => world(seed, { hosts: 20, spread: 1 }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: all(converged("1.1.0"), (made) => {
      const each = made.s3.puts / made.hosts.length;
      return each > 30 ? [`each host wrote ${Math.round(each)} objects`] : [];
    }),
  },
  {
    name: "a group of one host",
    until: 600,
    make: (seed) => world(seed, { hosts: 1 }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: converged("1.1.0"),
  },
  {
    name: "a group that has no host while a version is published, and one later",
    until: 900,
    make: (seed) =>
      world(seed, { hosts: 0, runs: undefined }, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(100, () => publish(made, NEW, OLD));
        made.after(200, () => made.launch());
      }),
    // It boots with what is proven, and is the canary of what is not.
    judge: all(converged("1.1.0"), verdicts({ "1.0.0": "ok", "1.1.0": "ok" })),
  },
  {
    name: "a version that ends after ten minutes comes to no further host then, and goes from all once it is recalled",
    until: 4000,
    make: (seed) =>
      world(seed, { hosts: 40 }, (made) => {
        made.after(100, () => publish(made, { ...NEW, lasts: 600 }, OLD));
        let before = 0;
        made.after(850, () => {
          before = made.reached.get("1.1.0")?.size ?? 0;
        });
        made.after(1500, () => {
          const now = made.reached.get("1.1.0")?.size ?? 0;
          if (now > before) made.broken.push(`${now - before} hosts took 1.1.0 though others no longer served`);
          if (now === 40) made.broken.push("all hosts have 1.1.0");
          made.recall("1.1.0");
        });
      }),
    judge: converged("1.0.0"),
  },
];
