import type { Host } from "../host";
import {
  all,
  alone,
  baking,
  converged,
  convergedAsJudged,
  fresh,
  NEW,
  NEWER,
  OLD,
  publish,
  reached,
  type Scenario,
  verdicts,
  world,
} from "./scenario";

/** Canaries that bake. */
export const BAKES: readonly Scenario[] = [
  {
    name: "a version bakes on its canary alone, which keeps its slot, and comes to all then",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 5, balanced: seed % 3 !== 0 }, 400, NEW, (made) => {
        for (let second = 101; second < 480; second++) {
          made.after(second, () => alone(made));
          made.after(second, () => fresh(made));
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "the only host of a group bakes as well",
    until: 900,
    make: (seed) => baking(seed, { hosts: 1, balanced: seed % 2 === 0 }, 200, NEW),
    judge: converged("1.1.0"),
  },
  {
    name: "hosts that wait for a long bake look no more often than they would without it",
    until: 12_000,
    make: (seed) => baking(seed, { hosts: 12 }, 7200, NEW),
    judge: all(converged("1.1.0"), (made) => {
      const each = made.s3.gets / made.hosts.length;
      return each > 1300 ? [`each host read ${Math.round(each)} objects`] : [];
    }),
  },
  {
    name: "a version that falls ill while it bakes reaches its canary alone",
    until: 1500,
    make: (seed) => baking(seed, { hosts: 6, balanced: seed % 3 !== 0 }, 300, { ...NEW, kind: "late" }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version whose processes crash while it bakes reaches its canary alone",
    until: 1500,
    make: (seed) => baking(seed, { hosts: 6 }, 300, { ...NEW, kind: "crasher" }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "an alarm in the middle of a bake ends the version",
    until: 1500,
    make: (seed) =>
      baking(seed, { hosts: 6 }, 600, NEW, (made) => {
        made.blamable = true;
        made.policy({ bake: 600, alarms: ["errors"] });
        made.after(400, () => made.alarm("errors"));
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version that is recalled in the middle of its bake is gone within two minutes",
    until: 600,
    make: (seed) =>
      baking(seed, { hosts: 6 }, 86_400, NEW, (made) => made.after(400 + (seed % 60), () => made.recall("1.1.0"))),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version that is superseded in the middle of its bake makes room",
    until: 6000,
    make: (seed) =>
      baking(seed, { hosts: 6 }, 3600, NEW, (made) => {
        made.after(400 + (seed % 60), () => publish(made, NEWER, NEW, OLD));
        made.after(700, () => {
          if (!made.reached.has("1.2.0")) made.broken.push("1.2.0 waited for the bake of 1.1.0");
        });
      }),
    judge: all(converged("1.2.0"), reached("1.1.0", 1)),
  },
  {
    name: "a bake goes on though the repository changes, where nothing else is wanted",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 6 }, 900, NEW, (made) => {
        for (const second of [300, 420, 700])
          made.after(second, () => made.s3.set("dists/stable/InRelease", `${second}`, made.time));
        for (let second = 101; second < 950; second++) made.after(second, () => alone(made));
        made.after(1300, () => {
          if (made.s3.json("rollout/web/verdicts/hello/1.1.0.json") === undefined)
            made.broken.push("the bake began anew");
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a canary that reboots, stands still or is cut off in the middle of its bake finds nothing good before its time",
    until: 6000,
    make: (seed) =>
      baking(seed, { hosts: 5 }, 500, NEW, (made) => {
        made.blamable = true;
        for (let i = 0; i < 3; i++) {
          made.after(200 + made.random.between(0, 400), () => {
            const canary = made.hosts.find(({ changing }) => changing === "1.1.0");
            if (!canary) return;
            if (seed % 3 === 0) made.reboot(canary, made.random.between(5, 300));
            else if (seed % 3 === 1) made.freeze(canary, made.random.between(20, 300), made.random.chance(0.5));
            else made.faults = 0.3;
          });
        }
        made.after(900, () => {
          made.faults = 0;
        });
      }),
    judge: convergedAsJudged,
  },
  {
    name: "time that a canary is off is no time of its bake",
    until: 2000,
    make: (seed) =>
      baking(seed, { hosts: 1 }, 500, NEW, (made) => {
        made.after(300 + (seed % 50), () => made.reboot(made.hosts[0] as Host, 250));
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a canary that is scaled in during its bake says nothing of the version",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 5 }, 300, NEW, (made) => {
        for (const second of [250, 500]) {
          made.after(second, () => {
            const canary = made.hosts.find(({ changing }) => changing === "1.1.0");
            if (canary) made.retire(canary);
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a canary whose record is lost in the middle of its bake tries its version anew",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 3 + (seed % 3) }, 400, NEW, (made) => {
        made.after(300, () => {
          const canary = made.hosts.find(({ changing }) => changing === "1.1.0");
          if (!canary) return;
          canary.forget();
          made.reboot(canary, 20);
        });
        for (let second = 301; second < 650; second++) {
          made.after(second, () => {
            const verdict = made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict;
            if (verdict !== undefined) made.broken.push(`1.1.0 was found ${verdict} after ${second} s`);
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "hosts on what is bad do not wait for a bake",
    until: 700,
    make: (seed) =>
      baking(seed, { hosts: 4, versions: [NEW, OLD], runs: "1.1.0" }, 3600, NEW, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(100, () => made.recall("1.1.0"));
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "what takes the place of a bad version bakes where nobody has proven it",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 4, versions: [NEW, OLD], runs: "1.1.0" }, 400, NEW, (made) => {
        made.after(100, () => made.recall("1.1.0"));
        made.after(460, () => made.reached.get("1.0.0")?.size === 1 || made.breaks("1.0.0 did not bake on one host"));
      }),
    judge: all(converged("1.0.0"), verdicts({ "1.1.0": "ok", "1.0.0": "ok" })),
  },
  {
    name: "hosts on what is bad go back to what is proven at once, and try what is higher from there",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 4, versions: [NEWER, NEW, OLD], runs: "1.2.0" }, 1000, NEW, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(100, () => made.recall("1.2.0"));
        made.after(500, () => {
          const away = made.hosts.filter(({ installed }) => installed === "1.2.0");
          if (away.length > 0) made.breaks(`${away.map(({ id }) => id)} waited with 1.2.0 for a bake`);
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "an alarm, which may be of what is bad, keeps no host on it",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 4, versions: [NEW, OLD], runs: "1.1.0" }, (made) => {
        made.policy({ alarms: ["errors"] });
        made.after(100, () => {
          made.alarm("errors");
          made.recall("1.1.0");
        });
      }),
    judge: converged("1.0.0"),
  },
];
