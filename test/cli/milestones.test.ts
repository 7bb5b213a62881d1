import { milestoneBetween, type Reach, reachOf } from "../../cli/fleet/milestones";
import type { Rollout } from "../../cli/fleet/wait";

const reach = (done: number, total: number): Reach => ({
  arrived: Array.from({ length: done }, (_, index) => ({ group: "web", instance: `i-${index + 1}` })),
  total,
});

describe("what is told between two looks at a rollout", () => {
  it.each([
    ["nothing while no host runs it", reach(0, 4), reach(0, 4), undefined],
    [
      "the first host, as the canary",
      reach(0, 4),
      reach(1, 4),
      { stage: "canary-healthy", group: "web", instance: "i-1" },
    ],
    ["a further quarter of the hosts", reach(1, 8), reach(3, 8), { stage: "rolling", done: 3, total: 8 }],
    ["nothing within a quarter", reach(2, 8), reach(3, 8), undefined],
    ["nothing when all have it: the end is told apart", reach(3, 4), reach(4, 4), undefined],
    ["nothing for a single host, which is the end at once", reach(0, 1), reach(1, 1), undefined],
  ])("is %s", (_, before, now, milestone) => {
    expect(milestoneBetween(before, now)).toEqual(milestone);
  });
});

it("counts hosts in service that run the version and are healthy, of those that stay", () => {
  const instance = (id: string, lifecycle = "InService") => ({ instance: id, group: "web", lifecycle });
  const report = (id: string, version: string) => ({
    ...{ instance: id, group: "web", state: "serving", health: "healthy", since: "", error: "", reported: "" },
    packages: { hello: version },
  });
  const rollout = {
    ...{ package: "hello", version: "1.1", listed: ["1.0", "1.1"], groups: [{ name: "web", min: 1 }] },
    instances: [instance("i-1"), instance("i-2"), instance("i-3", "Pending:Wait"), instance("i-4", "Terminating")],
    reports: [report("i-1", "1.1"), report("i-2", "1.0"), report("i-3", "1.1"), report("i-4", "1.1")],
    verdicts: new Map(),
  } as unknown as Rollout;
  expect(reachOf(rollout)).toEqual({ arrived: [{ group: "web", instance: "i-1" }], total: 3 });
});
