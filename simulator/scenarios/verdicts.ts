import type { Host } from "../host";
import { all, baking, converged, NEW, OLD, publish, reached, type Scenario, world } from "./scenario";

/** Whom a failure convicts, and whom it does not. */
export const VERDICTS: readonly Scenario[] = [
  {
    name: "while a database is away, no version is convicted",
    until: 3500,
    make: (seed) =>
      world(seed, {}, (made) => {
        const from = 95 + (seed % 40);
        made.after(100, () => publish(made, NEW, OLD));
        made.after(from, () => {
          made.outage = true;
        });
        made.after(from + 45 + (seed % 60), () => {
          made.outage = false;
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a database that comes back while a canary leaves its bake convicts no version",
    until: 3000,
    make: (seed) =>
      baking(seed, { hosts: 4 }, 200, NEW, (made) => {
        let over = false;
        for (let second = 160; second < 400; second++) {
          made.after(second, () => {
            const left = made.hosts.some(
              (host) => host.out && host.installed === "1.1.0" && host.registered === undefined,
            );
            over ||= second > 200 && left;
            made.outage = second >= 200 && !over;
          });
        }
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "hosts that cannot come back while a database is away convict no version",
    until: 6000,
    make: (seed) =>
      world(seed, { hosts: 6 }, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        made.after(110, () => {
          made.outage = true;
        });
        made.after(2400, () => {
          made.outage = false;
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "hosts that are launched during a trial take what is proven",
    until: 2000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD));
        for (let i = 0; i < 3; i++) made.after(80 + (seed % 30) + i, () => made.launch());
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version that the load balancer finds unhealthy is found good by none of the hosts that are replaced for it",
    until: 3000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, { ...NEW, kind: "unserved" }, OLD));
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 2)),
  },
  {
    name: "one host that fails at a proven version keeps it from nobody",
    until: 2500,
    make: (seed) =>
      world(seed, { versions: [NEW, OLD] }, (made) => {
        made.verdict("1.1.0", "ok");
        (made.hosts[0] as Host).sickWith = "1.1.0";
      }),
    judge: (made) =>
      made.hosts.slice(1).flatMap((host) => (host.installed === "1.1.0" ? [] : [`${host.id} has not 1.1.0`])),
  },
  {
    name: "two hosts that fail at a version that was found good take it from all",
    until: 4500,
    make: (seed) =>
      world(seed, { hosts: 6, versions: [{ ...NEW, kind: "good" }, OLD] }, (made) => {
        made.blamable = true;
        made.verdict("1.1.0", "ok");
        for (const host of made.hosts.slice(0, 2)) host.sickWith = "1.1.0";
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a withdrawn version is not what hosts end on, and nothing older is blamed for a database that is away",
    until: 4000,
    make: (seed) =>
      world(seed, { versions: [NEW, OLD], runs: "1.1.0" }, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(100, () => made.publish("1.0.0"));
        for (const host of made.hosts) host.sickWith = "1.0.0";
        made.after(1500, () => {
          for (const host of made.hosts) host.sickWith = undefined;
        });
      }),
    judge: converged("1.0.0"),
  },
];
