import { all, converged, NEW, NEWER, OLD, publish, reached, type Scenario, verdicts, world } from "./scenario";

/** What hosts boot: in new groups, during a trial, and from an index that was put back. */
export const BOOTS: readonly Scenario[] = [
  {
    name: "a group of which nothing is proven yet proves what it runs",
    until: 600,
    make: (seed) => world(seed, { runs: undefined }),
    judge: all(converged("1.0.0"), (made) =>
      made.s3.json("rollout/web/verdicts/hello/1.0.0.json")?.verdict === "ok" ? [] : ["1.0.0 has no verdict"],
    ),
  },
  {
    name: "a new group whose highest version is not healthy comes to serve with the one below, and finds the first bad",
    until: 2000,
    make: (seed) => world(seed, { versions: [{ ...NEW, kind: "bad" }, OLD], runs: undefined }),
    judge: all(converged("1.0.0"), verdicts({ "1.1.0": "bad", "1.0.0": "ok" })),
  },
  {
    name: "a new group whose highest version the load balancer finds unhealthy comes to serve with the one below",
    until: 6000,
    make: (seed) =>
      world(seed, { versions: [{ ...NEW, kind: "unserved" }, OLD], runs: undefined }, (made) => {
        made.blamable = true;
      }),
    judge: all(converged("1.0.0"), verdicts({ "1.1.0": "bad", "1.0.0": "ok" })),
  },
  {
    name: "a new group whose highest version ends its hosts comes to serve with the one below",
    until: 8000,
    make: (seed) =>
      world(seed, { versions: [{ ...NEW, kind: "killer" }, OLD], runs: undefined }, (made) => {
        made.blamable = true;
      }),
    judge: all(converged("1.0.0"), verdicts({ "1.1.0": "bad", "1.0.0": "ok" })),
  },
  {
    name: "a new group whose database is away finds nothing bad, and comes to its highest version",
    until: 4000,
    make: (seed) =>
      world(seed, { versions: [NEWER, NEW, OLD], runs: undefined }, (made) => {
        made.outage = true;
        made.after(500 + 40 * seed, () => {
          made.outage = false;
        });
      }),
    judge: all(converged("1.2.0"), verdicts({ "1.2.0": "ok" })),
  },
  {
    name: "a new group in which boots failed with every version tries each again",
    until: 5000,
    make: (seed) =>
      world(seed, { versions: [{ ...NEWER, kind: "bad" }, NEW, OLD], runs: undefined }, (made) => {
        made.outage = true;
        made.after(500 + 40 * seed, () => {
          made.outage = false;
        });
      }),
    judge: all(converged("1.1.0"), verdicts({ "1.2.0": "bad", "1.1.0": "ok" })),
  },
  {
    name: "many hosts that boot at once count a failure twice, and ask a bounded number of times",
    until: 150,
    make: (seed) =>
      world(seed, { hosts: 200, versions: [{ ...NEW, kind: "bad" }, OLD], runs: undefined }, (made) => {
        // Those that come in place of the first ones.
        for (const seconds of [85, 90, 95]) made.after(seconds, () => made.launch());
      }),
    judge: (made) => {
      const { boots } = (made.s3.json("rollout/web/trials/hello/1.1.0.json") ?? {}) as {
        boots?: { failed: object; rounds: number };
      };
      const failed = Object.keys(boots?.failed ?? {}).length;
      const puts = made.s3.puts / 200;
      return [
        ...(boots?.rounds === 0 && failed === 2 ? [] : [`${failed} failures stand there, round ${boots?.rounds}`]),
        ...(puts > 8 ? [`each host wrote ${Math.round(puts)} times`] : []),
      ];
    },
  },
  {
    name: "an index that was put back is taken by no host that boots, nor by one that runs",
    until: 1500,
    make: (seed) =>
      world(seed, { versions: [NEW, OLD], runs: "1.1.0" }, (made) => {
        made.verdict("1.0.0", "ok");
        made.after(200, () => made.publish("1.1.0", "1.0.0"));
        made.after(300, () => {
          made.signed -= 150;
          made.replay("1.0.0");
        });
        for (let i = 0; i < 3; i++) made.after(310 + 20 * i, () => made.launch());
        made.after(800, () => made.publish("1.1.0", "1.0.0"));
      }),
    judge: all(converged("1.1.0"), reached("1.0.0", 0), (made) =>
      made.hosts.length < 6 ? ["hosts did not boot"] : [],
    ),
  },
  {
    name: "a date far ahead in seen.json keeps nobody from anything, and is corrected",
    until: 1500,
    make: (seed) =>
      world(seed, {}, (made) => {
        const suites = { "dists/stable/InRelease": "2090-01-01T00:00:00Z" };
        made.s3.set("rollout/web/seen.json", JSON.stringify({ suites }), made.time);
        made.after(50, () => made.launch());
        made.after(100, () => publish(made, NEW, OLD));
      }),
    judge: all(converged("1.1.0"), (made) => {
      const { suites } = made.s3.json("rollout/web/seen.json") as { suites: Record<string, string> };
      const seen = suites["dists/stable/InRelease"];
      return seen?.startsWith("2090") ? ["seen.json still says 2090"] : [];
    }),
  },
];
