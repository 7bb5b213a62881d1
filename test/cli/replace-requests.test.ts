import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { type AutoScaling, autoScalingOf } from "../../cli/replacement/auto-scaling";
import { preferencesOf } from "../../cli/replacement/preferences";
import { parseStackConfig } from "../../infra/config";
import { type GroupRaw, withWeb } from "../infra/config-fixtures";

const groupOf = (change: GroupRaw) => {
  const group = parseStackConfig("staging", withWeb(change)).groups.web;
  if (group === undefined) throw new Error("the fixture has no group web");
  return group;
};
const watched = { health: { timeout: 90 }, refresh: { bake: 600, alarms: ["errors", "latency"] } };
const withVolume = { http: undefined, size: { min: 1, max: 1 }, volume: { size: 10, mountPoint: "/srv/data" } };

describe("how a group is replaced", () => {
  it.each([
    [
      "new hosts first, for the bake time and with the alarms of its settings",
      watched,
      { alarm: [] },
      {
        ...{ minHealthyPercentage: 100, maxHealthyPercentage: 150, warmup: 90, bake: 600 },
        ...{ alarms: ["errors", "latency"], skipMatching: false },
      },
    ],
    [
      "for the bake time that is asked for, and with the alarms named once each",
      watched,
      { bake: 0, alarm: ["latency", "queue"], skipMatching: true },
      {
        ...{ minHealthyPercentage: 100, maxHealthyPercentage: 150, warmup: 90, bake: 0 },
        ...{ alarms: ["errors", "latency", "queue"], skipMatching: true },
      },
    ],
    [
      "one host after the other where there is a disk",
      withVolume,
      { alarm: [] },
      {
        ...{ minHealthyPercentage: 0, maxHealthyPercentage: 100, warmup: 60, bake: 0 },
        ...{ alarms: [], skipMatching: false },
      },
    ],
  ])("is %s", (_, change, wishes, expected) => {
    expect(preferencesOf(groupOf(change), wishes)).toEqual(expected);
  });
});

describe("Auto Scaling is asked", () => {
  const sent: { name: string; input: unknown }[] = [];
  let answers: Record<string, unknown>;
  let scaling: AutoScaling;

  beforeEach(async () => {
    sent.length = 0;
    answers = {};
    jest.spyOn(AutoScalingClient.prototype, "send").mockImplementation(async (command: object) => {
      const { name } = command.constructor;
      sent.push({ name, input: (command as { input: unknown }).input });
      if (!(name in answers)) throw new Error(`unexpected ${name}`);
      return answers[name];
    });
    scaling = await autoScalingOf("eu-west-1", "towline-prod-web");
  });
  afterEach(() => jest.restoreAllMocks());

  const sight = { template: { id: "lt-1", version: "7" }, instances: [] };
  const start = (change: GroupRaw) => scaling.start(sight, "6", preferencesOf(groupOf(change), { alarm: [] }));

  it("to replace a group with all that its settings say", async () => {
    answers.StartInstanceRefreshCommand = { InstanceRefreshId: "refresh-1" };
    expect(await start(watched)).toBe("refresh-1");
    expect(sent).toEqual([
      {
        name: "StartInstanceRefreshCommand",
        input: {
          AutoScalingGroupName: "towline-prod-web",
          Strategy: "Rolling",
          DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: "lt-1", Version: "6" } },
          Preferences: {
            ...{ MinHealthyPercentage: 100, MaxHealthyPercentage: 150, InstanceWarmup: 90, SkipMatching: false },
            ...{ BakeTime: 600, AlarmSpecification: { Alarms: ["errors", "latency"] } },
          },
        },
      },
    ]);
  });

  it("to replace the host of a group with a disk after it has gone, without what is not set", async () => {
    answers.StartInstanceRefreshCommand = { InstanceRefreshId: "refresh-1" };
    await start(withVolume);
    expect(sent[0]?.input).toEqual({
      AutoScalingGroupName: "towline-prod-web",
      Strategy: "Rolling",
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: "lt-1", Version: "6" } },
      Preferences: { MinHealthyPercentage: 0, MaxHealthyPercentage: 100, InstanceWarmup: 60, SkipMatching: false },
    });
  });

  const specification = { LaunchTemplateId: "lt-1", Version: "6" };
  it.each([
    ["of a group of one type", { LaunchTemplate: specification }, "6"],
    [
      "of a group of several types",
      { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: specification } } },
      "6",
    ],
    ["that does not say", undefined, undefined],
  ])("which version a refresh %s brings", async (_, DesiredConfiguration, version) => {
    const InstanceRefreshes = [
      { InstanceRefreshId: "refresh-2", Status: "InProgress", InstancesToUpdate: 1, DesiredConfiguration },
      { InstanceRefreshId: "refresh-1", Status: "Successful" },
    ];
    answers.DescribeInstanceRefreshesCommand = { InstanceRefreshes };
    expect(await scaling.underWay()).toEqual({
      ...{ id: "refresh-2", status: "InProgress", percent: 0, left: 1, reason: "", version },
    });
  });
});
