import { type GroupSight, planOf, type Wanted } from "../../cli/replacement/plan";
import type { Preferences } from "../../cli/replacement/preferences";
import { announce, sentence } from "../../cli/replacement/render";

const sight: GroupSight = {
  template: { id: "lt-1", version: "7" },
  instances: ["7", "6"].map((version, index) => ({
    ...{ id: `i-${index}`, lifecycle: "InService", template: { id: "lt-1", version } },
  })),
};
const allNew: GroupSight = { ...sight, instances: sight.instances.slice(0, 1) };
const preferences: Preferences = {
  ...{ minHealthyPercentage: 100, maxHealthyPercentage: 150, warmup: 60, bake: 30, alarms: ["errors"] },
  skipMatching: false,
};
const told = (group: GroupSight, version: string | undefined, wanted: Partial<Wanted>, underWay = true) => {
  const plan = planOf(group, underWay ? { id: "r-1", version } : undefined, { cancel: false, ...wanted });
  return announce("prod/web", group, plan, preferences);
};

describe("a dry run tells that it", () => {
  it("would start a refresh", () => {
    expect(told(sight, undefined, {}, false)).toEqual({
      value: { action: "start", refresh: null, version: "7", previous: "6", replaced: ["i-0", "i-1"], ...preferences },
      lines: [
        "prod/web: would start a refresh and replace i-0, i-1 by hosts of launch template version 7",
        "at least 100 % serve meanwhile, at most 150 % are there; all stand for 30 s at the end",
        "watching errors; going back would be to version 6",
      ],
    });
  });

  it("would follow what is under way, as it was started", () => {
    expect(told(allNew, undefined, {})).toEqual({
      value: { action: "follow", refresh: "r-1", version: "7", previous: null },
      lines: [
        "prod/web: would follow refresh r-1, which is under way, with the preferences it was started with, to launch template version 7",
        "there is no other version to go back to, unless --to names one",
      ],
    });
  });

  it("would follow a way back", () => {
    expect(told(sight, "6", { cancel: true })).toEqual({
      value: { action: "follow-back", refresh: "r-1", version: "7", previous: "6" },
      lines: [
        "prod/web: would follow refresh r-1, which is under way, with the preferences it was started with, back to launch template version 6",
      ],
    });
  });

  it("would stop what is under way and go back, without bake time and alarms", () => {
    expect(told(sight, undefined, { cancel: true })).toEqual({
      value: {
        ...{ action: "go-back", refresh: "r-1", version: "7", previous: "6", replaced: ["i-0"] },
        ...{ ...preferences, skipMatching: true, bake: 0, alarms: [] },
      },
      lines: [
        "prod/web: would stop refresh r-1 and go back to launch template version 6, replacing i-0",
        "at least 100 % serve meanwhile, at most 150 % are there",
      ],
    });
  });

  it("would only go back, or only stop", () => {
    expect(told(allNew, undefined, { cancel: true, to: "5" }, false).lines[0]).toBe(
      "prod/web: would go back to launch template version 5, replacing i-0",
    );
    expect(told(allNew, undefined, { cancel: true })).toEqual({
      value: { action: "go-back", refresh: "r-1", version: "7", previous: null },
      lines: ["prod/web: would stop refresh r-1", "there is no other version to go back to, unless --to names one"],
    });
  });
});

it("a replacement that failed without a version to go back to tells how one is named", () => {
  const failed = { outcome: "failed", version: "7", reason: "the alarm errors went off", seconds: 12 } as const;
  expect(sentence("prod/web", { ...failed, previous: null })).toBe(
    "prod/web: was not replaced, after 12 s: the alarm errors went off; --cancel --to VERSION brings an earlier version back",
  );
  const plain = "prod/web: was not replaced, after 12 s: the alarm errors went off";
  expect(sentence("prod/web", { ...failed, previous: "6" })).toBe(plain);
  expect(sentence("prod/web", { ...failed, version: "1", previous: null })).toBe(plain);
});

it("a followed way back is never called a replacement", () => {
  const went = { outcome: "went-back", version: "7", previous: "6", seconds: 12 } as const;
  expect(sentence("prod/web", { ...went, reason: "it was going back already" })).toBe(
    "prod/web: went back to launch template version 6 after 12 s: it was going back already; mend what version 7 changed, then 'pulumi up'",
  );
});
