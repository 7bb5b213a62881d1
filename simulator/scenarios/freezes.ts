import { converged, FREEZE, FREEZE_END, NEW, OLD, publish, type Scenario, world } from "./scenario";

/** Frozen times. */
export const FREEZES: readonly Scenario[] = [
  {
    name: "in a frozen time nothing new is taken, and hosts go on by themselves once it is over",
    until: 6000,
    make: (seed) =>
      world(seed, { hosts: 6, skew: 0 }, (made) => {
        made.policy({ freeze: [FREEZE] });
        made.after(100, () => publish(made, NEW, OLD));
        made.after(FREEZE_END, () => {
          const hosts = made.reached.get("1.1.0")?.size ?? 0;
          if (hosts > 0) made.broken.push(`${hosts} hosts took 1.1.0 in a frozen time`);
        });
        // Nothing but the time says that it is over.
        made.after(FREEZE_END + 200, () => {
          if (!made.reached.has("1.1.0")) made.broken.push("no host took 1.1.0 though the frozen time was over");
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a recall goes through a frozen time",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 6, versions: [NEW, OLD], runs: "1.1.0", skew: 0 }, (made) => {
        made.verdict("1.0.0", "ok");
        made.policy({ freeze: [FREEZE] });
        made.after(100, () => made.recall("1.1.0"));
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a freeze that begins when a host has its turn keeps it from leaving",
    until: 6000,
    make: (seed) =>
      world(seed, { hosts: 12, skew: 0 }, (made) => {
        made.policy({ freeze: [{ ...FREEZE, cron: "5 9 15 1 *" }] });
        made.after(150, () => publish(made, NEW, OLD));
        // From 9:05 in Berlin on; one that had left before comes back by then.
        made.after(300, () => {
          const before = made.reached.get("1.1.0")?.size ?? 0;
          made.after(FREEZE_END, () => {
            const more = (made.reached.get("1.1.0")?.size ?? 0) - before;
            if (more > 1) made.broken.push(`${more} hosts left in a frozen time`);
          });
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a freeze in a time zone that hosts do not know keeps everything new away",
    until: 900,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.policy({ freeze: [{ ...FREEZE, timeZone: "Europe/Atlantis" }] });
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: converged("1.0.0"),
  },
];
