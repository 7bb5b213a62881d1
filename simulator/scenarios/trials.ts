import type { Host } from "../host";
import { all, converged, NEW, NEWER, OLD, publish, reached, type Scenario, verdicts, wide, world } from "./scenario";

/** What becomes of a version that nobody has proven: its canary, and who waits for it. */
export const TRIALS: readonly Scenario[] = [
  {
    name: "a good version comes to all",
    until: 1500,
    make: (seed) => world(seed, {}, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: converged("1.1.0"),
  },
  {
    name: "a good version comes to all of a group without a load balancer",
    until: 1500,
    make: (seed) => world(seed, { balanced: false }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: all(converged("1.1.0"), wide(1)),
  },
  {
    name: "a good version comes to all while S3 fails now and then",
    until: 4000,
    make: (seed) =>
      world(seed, { faults: 0.05 }, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        made.after(1500, () => {
          made.faults = 0;
        });
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a version that is not healthy reaches its canary alone",
    until: 1500,
    make: (seed) => world(seed, {}, (made) => made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD))),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a version that is not healthy reaches its canary alone though the load balancer does not always answer",
    until: 1500,
    make: (seed) =>
      world(seed, { hosts: 8 }, (made) => {
        made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD));
        let [tried, back] = [0, 0];
        for (let second = 101; second < 300; second++) {
          made.after(second, () => {
            const canary = made.hosts.find((host) => host.out);
            if (canary?.installed === "1.1.0") tried ||= second;
            else if (canary && tried > 0) back ||= second;
            // When the canary finds that it failed, and again when it is back.
            made.silent =
              (tried > 0 && second >= tried + 17 && second < tried + 24) || (back > 0 && second < back + 13);
          });
        }
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 1)),
  },
  {
    name: "a canary that comes back late takes nothing from the one that tries after it",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 60 }, (made) => {
        // So many that two failures beside the canary's convict nobody.
        made.after(100, () => publish(made, { ...NEW, kind: "bad" }, OLD));
        let first: Host | undefined;
        for (let second = 101; second < 600; second++) {
          made.after(second, () => {
            const canary = made.s3.json("rollout/web/trials/hello/1.1.0.json")?.canary;
            if (first === undefined) {
              first = made.hosts.find((host) => host.out && host.installed === "1.1.0");
              // One more: the first one seems replaced.
              if (first) made.launch();
              if (first) made.freeze(first, 70);
            }
            // Its agent stands still until another tries the version.
            if (first && canary === first.id) made.freeze(first, 2);
          });
        }
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 2), verdicts({ "1.1.0": "bad", "1.0.0": "ok" })),
  },
  {
    name: "a canary that loses its record during a hold finds nothing good before it has baked",
    until: 3000,
    make: (seed) =>
      world(seed, { hosts: 4 }, (made) => {
        made.policy({ bake: 300 });
        made.after(100, () => publish(made, NEW, OLD));
        let canary: Host | undefined;
        for (let second = 101; second < 400; second++) {
          made.after(second, () => {
            if (canary) return;
            canary = made.hosts.find((host) => !host.out && host.installed === "1.1.0" && host.serves);
            if (!canary) return;
            made.hold("the sale");
            made.reboot(canary, 5);
            canary.losesRecord();
          });
        }
        made.after(1000, () => made.hold(undefined));
      }),
    judge: converged("1.1.0"),
  },
  {
    name: "a version that ends its hosts reaches two",
    until: 3000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.blamable = true;
        made.after(100, () => publish(made, { ...NEW, kind: "killer" }, OLD));
      }),
    judge: all(converged("1.0.0"), reached("1.1.0", 2)),
  },
  {
    name: "a version that was found good is recalled from all",
    until: 3000,
    make: (seed) =>
      world(seed, {}, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        made.after(1200, () => made.recall("1.1.0"));
      }),
    judge: converged("1.0.0"),
  },
  {
    name: "a version that is superseded while hosts wait is taken by no further one",
    until: 2500,
    make: (seed) =>
      world(seed, { hosts: 12 }, (made) => {
        made.after(100, () => publish(made, NEW, OLD));
        made.after(190, () => publish(made, NEWER, NEW, OLD));
      }),
    judge: all(converged("1.2.0"), reached("1.1.0", 7)),
  },
  {
    name: "hosts that wait ask a bounded number of times",
    until: 1800,
    make: (seed) => world(seed, { hosts: 24 }, (made) => made.after(100, () => publish(made, NEW, OLD))),
    judge: all(converged("1.1.0"), (made) => {
      const each = made.s3.gets / made.hosts.length;
      return each > 250 ? [`each host read ${Math.round(each)} objects`] : [];
    }),
  },
];
