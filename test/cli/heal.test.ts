import { InputError, UserError } from "../../cli/errors";
import type { StackStatus } from "../../cli/fleet/look";
import type { StatusRow } from "../../cli/fleet/status";
import { planHeal, planLines } from "../../cli/heal/plan";

const row = (instance: string, more: Partial<StatusRow> = {}) =>
  ({
    ...{ group: "web", instance, lifecycle: "InService", state: "serving", health: "healthy", silent: false },
    ...more,
  }) as StatusRow;
const slot = (instance: string, expired = false) => ({
  slot: 0,
  instance,
  package: "hello",
  version: "1.1.0",
  expired,
});
const status = (rows: readonly StatusRow[], slots: readonly object[] = []) =>
  ({ rows, groups: [{ group: "web", slots }], absentGroups: [] }) as unknown as StackStatus;
const drift = ["changed /opt/hello/app.js"];

describe("healing a host", () => {
  it("replaces it where all the others of its group serve", () => {
    const others = [row("i-2"), row("i-9", { group: "jobs", health: "unhealthy" })];
    const plan = planHeal(
      "prod",
      "i-1",
      status([row("i-1", { drift, health: "unhealthy" }), ...others], [slot("i-1")]),
      [],
    );
    expect(plan).toEqual({ group: "web", instance: "i-1", drift, serving: ["i-2"] });
    expect(planLines("prod", plan, "would launch")).toEqual([
      "prod/web/i-1: Auto Scaling would launch another in its place; it leaves the load balancer first",
      "changed by hand: changed /opt/hello/app.js",
      "i-2 serves meanwhile",
    ]);
  });

  it("says that nobody serves meanwhile where it is the only one, and that it told of no change", () => {
    expect(planLines("prod", planHeal("prod", "i-1", status([row("i-1")]), []), "launches").slice(1)).toEqual([
      "it has not said that somebody changed it by hand",
      "it is the only host of its group: nobody serves meanwhile",
    ]);
  });

  it("is not confused by a slot that nobody renews", () => {
    expect(planHeal("prod", "i-1", status([row("i-1"), row("i-2")], [slot("i-2", true)]), []).serving).toEqual(["i-2"]);
  });

  it.each([
    ["is unhealthy", row("i-2", { health: "unhealthy" }), [], /not replaced now, since i-2 is unhealthy: try again/],
    ["has not reported", row("i-2", { state: null }), [], /i-2 is not known: it has not reported/],
    ["is silent", row("i-2", { silent: true }), [], /i-2 is silent/],
    [
      "is out",
      row("i-2", { state: "upgrading" }),
      [slot("i-2")],
      /i-2 is upgrading, and i-2 holds slot 0 for hello 1\.1\.0/,
    ],
    ["boots", row("i-2", { lifecycle: "Pending:Wait" }), [], /i-2 is Pending:Wait/],
  ])("is refused while another %s", (_, other, slots, message) => {
    const heal = () => planHeal("prod", "i-1", status([row("i-1"), other], slots), []);
    expect(heal).toThrow(message);
    expect(heal).toThrow(UserError);
  });

  it("is refused where it has the group's disk, or is on its way", () => {
    expect(() => planHeal("prod", "i-1", status([row("i-1")]), ["web"])).toThrow(/has the group's disk/);
    const leaving = status([row("i-1", { lifecycle: "Terminating:Wait" })]);
    expect(() => planHeal("prod", "i-1", leaving, [])).toThrow(/is Terminating:Wait: Auto Scaling is at it already/);
  });

  it("names the hosts there are to whoever names none", () => {
    expect(() => planHeal("prod", "web", status([row("i-1")]), [])).toThrow(InputError);
    expect(() => planHeal("prod", "web", status([row("i-1")]), [])).toThrow(
      "'web' is no host of prod; its hosts are i-1",
    );
  });
});
