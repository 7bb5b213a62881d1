import type { Host } from "../host";
import { all, converged, NEW, OLD, publish, reached, type Scenario, world } from "./scenario";

/** Alarms of the group, and the policy's timeout. */
export const ALARMS: readonly Scenario[] = [
  {
    name: "an alarm keeps new versions away, and hosts go on once it is over",
    until: 2500,
    make: (seed) =>
      world(seed, { hosts: 12 }, (made) => {
        made.policy({ maxUnavailable: 3, alarms: ["errors"] });
        made.alarm("errors");
        made.after(100, () => publish(made, NEW, OLD));
        made.after(800, () => {
          const hosts = made.reached.get("1.1.0")?.size ?? 0;
          if (hosts > 0) made.broken.push(`${hosts} hosts took 1.1.0 during an alarm`);
          made.alarm();
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "an alarm while the canary is out ends the version",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.blamable = true;
        made.policy({ maxUnavailable: 3, alarms: ["errors"] });
        made.after(100, () => publish(made, NEW, OLD));
        for (let second = 101; second < 300; second++) {
          made.after(second, () => {
            if (made.hosts.some((host) => host.out && host.installed === "1.1.0")) made.alarm("errors");
          });
        }
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "during an alarm one host that fails at a version that was found good takes it from all",
    until: 3500,
    make: (seed) =>
      world(seed, { hosts: 6, versions: [{ ...NEW, kind: "good" }, OLD] }, (made) => {
        made.blamable = true;
        made.policy({ alarms: ["errors"] });
        made.verdict("1.1.0", "ok");
        (made.hosts[0] as Host).sickWith = "1.1.0";
        for (let second = 1; second < 200; second++) {
          made.after(second, () => {
            if (made.hosts[0]?.out) made.alarm("errors");
          });
        }
      }),
    judge: all(converged("1.0.0"), (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict === "bad" ? [] : ["1.1.0 was not found bad"],
    ),
  },
  {
    name: "a version that does not install within the policy's timeout is bad by then",
    until: 400,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.policy({ timeout: 120 });
        made.after(100, () => publish(made, { ...NEW, kind: "slow" }, OLD));
      }),
    judge: all(converged("1.0.0"), (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.1.0.json")?.verdict === "bad" ? [] : ["1.1.0 was not found bad"],
    ),
  },
];
