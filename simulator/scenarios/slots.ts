import { all, converged, convergedAsJudged, NEW, OLD, publish, reached, type Scenario, wide, world } from "./scenario";

/** How many hosts are out at once. */
export const SLOTS: readonly Scenario[] = [
  {
    name: "hosts of one release are out by twos once one has come through",
    until: 600,
    make: (seed) =>
      world(seed, { hosts: 20 }, (made) => {
        made.policy({ maxUnavailable: 20 });
        made.verdict("1.1.0", "ok");
        made.after(100, () => publish(made, NEW, OLD));
        for (let second = 101; second < 300; second++) {
          made.after(second, () => {
            const through = made.hosts.filter((host) => host.installed === "1.1.0" && !host.out).length;
            const out = made.hosts.filter((host) => host.out).length;
            if (out > 2 * through + 1) made.broken.push(`${out} hosts were out when ${through} had come through`);
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "half of three hosts is one",
    until: 600,
    make: (seed) =>
      world(seed, { hosts: 3 }, (made) => {
        made.policy({ maxUnavailable: "50%" });
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: all(converged("1.1.0"), wide(1)),
  },
  {
    name: "a fleet takes a version at 25 %",
    until: 600,
    make: (seed) =>
      world(seed, { hosts: 24 }, (made) => {
        made.policy({ maxUnavailable: "25%" });
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: all(converged("1.1.0"), (made) => (made.mostOut < 4 ? [`only ${made.mostOut} hosts were out at once`] : [])),
  },
  {
    name: "a fleet at 25 % stays within it while S3 fails and hosts stand still and reboot",
    until: 5000,
    make: (seed) =>
      world(seed, { hosts: 24, faults: 0.05 }, (made) => {
        made.blamable = true;
        made.policy({ maxUnavailable: "25%" });
        made.after(100, () => publish(made, NEW, OLD));
        for (let i = 0; i < 8; i++) {
          made.after(150 + made.random.between(0, 300), () => {
            const host = made.random.pick(made.hosts);
            if (made.random.chance(0.5)) made.reboot(host, made.random.between(5, 60));
            else made.freeze(host, made.random.between(30, 300));
          });
        }
        made.after(1500, () => {
          made.faults = 0;
        });
      }),
    judge: convergedAsJudged,
  },
  {
    name: "a version that is not healthy reaches its canary alone, however many may be out",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 20 }, (made) => {
        made.policy({ maxUnavailable: "50%" });
        made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD));
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1), wide(1)),
  },
  {
    name: "a recall goes at full width at once",
    until: 500,
    make: (seed) =>
      world(seed, { hosts: 20, versions: [NEW, OLD], runs: "1.1.0" }, (made) => {
        made.verdict("1.0.0", "ok");
        made.policy({ maxUnavailable: 10 });
        made.after(100, () => made.recall("1.1.0"));
        let atOnce = false;
        for (let second = 101; second < 180; second++) {
          made.after(second, () => {
            const through = made.hosts.filter((host) => host.installed === "1.0.0" && !host.out).length;
            atOnce ||= made.hosts.filter((host) => host.out).length > 2 * through + 1;
          });
        }
        made.after(
          180,
          () => atOnce || made.broken.push("no more hosts went back at once than a release would let out"),
        );
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a policy that becomes narrower holds back those that are not out yet",
    until: 2500,
    make: (seed) =>
      world(seed, { hosts: 30 }, (made) => {
        made.verdict("1.1.0", "ok");
        made.policy({ maxUnavailable: "50%" });
        made.after(100, () => publish(made, NEW, OLD));
        made.after(125 + (seed % 10), () => made.policy({ maxUnavailable: 1 }));
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a policy that is not of its form lets one host out at a time",
    until: 2500,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.s3.set("rollout/web/policy.json", '{"maxUnavailable":"900%"}', made.time);
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: all(converged("1.1.0"), wide(1)),
  },
];
