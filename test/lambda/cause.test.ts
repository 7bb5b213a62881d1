import { parseCause } from "../../lambda/autoscaling/cause";

/** Cause, capacity, reason; the wordings are AWS's, the names and numbers made up. */
const CAUSES: [string, [number, number] | undefined, string][] = [
  [
    "At 2026-01-02T03:04:05Z a user request update of AutoScalingGroup constraints to min: 1, max: 5, desired: 3 changing the desired capacity from 2 to 3....",
    [2, 3],
    "someone set desired capacity to 3 by hand (min 1, max 5)",
  ],
  [
    "At 2026-01-02T03:04:05Z a user request executed policy Grow By One changing the desired capacity from 7 to 8.  At 2026-01-02T03:04:15Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 7 to 8.",
    [7, 8],
    'someone executed policy "Grow By One" by hand',
  ],
  [
    "At 2026-01-02T03:04:05Z a user request created an AutoScalingGroup changing the desired capacity from 0 to 2.  At 2026-01-02T03:04:07Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 2.",
    [0, 2],
    "the group was created",
  ],
  [
    "At 2026-01-02T03:04:05Z a monitor alarm TargetTracking-web-AlarmHigh-12345678-9abc-4def-8123-456789abcdef in state ALARM triggered policy keep-cpu changing the desired capacity from 2 to 3.  At 2026-01-02T03:04:09Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 2 to 3.",
    [2, 3],
    'the metric of target tracking policy "keep-cpu" rose above its target',
  ],
  [
    "At 2026-01-02T03:04:05Z a monitor alarm TargetTracking-web-AlarmLow-12345678-9abc-4def-8123-456789abcdef in state ALARM triggered policy keep-cpu changing the desired capacity from 3 to 2.",
    [3, 2],
    'the metric of target tracking policy "keep-cpu" fell below its target',
  ],
  [
    "At 2026-01-02T03:04:05Z a monitor alarm Load Low in state ALARM triggered policy Shrink changing the desired capacity from 2 to 1. At 2026-01-02T03:04:40Z a monitor alarm Credits Low in state ALARM triggered policy Grow changing the desired capacity from 1 to 2. At 2026-01-02T03:04:50Z a difference between desired and actual capacity changing the desired capacity, increasing the capacity from 1 to 2.",
    [1, 2],
    'alarm "Credits Low" triggered policy "Grow"',
  ],
  ["scheduled action name nightly-shrink was triggered", undefined, "scheduled action nightly-shrink"],
  [
    "At 2026-01-02T03:04:05Z an instance was launched in response to an unhealthy instance needing to be replaced.",
    undefined,
    "an unhealthy instance had to be replaced",
  ],
  [
    "At 2026-01-02T03:04:05Z an instance was taken out of service in response to an instance refresh.  At 2026-01-02T03:04:06Z instance i-0aa was selected for termination.",
    undefined,
    "an instance refresh replaces the group's instances",
  ],
  [
    "At 2026-01-02T03:04:05Z availability zones eu-central-1a eu-central-1b had 0 2 instances respectively. An instance was launched to aid in balancing the group's zones.",
    undefined,
    "instances were rebalanced between zones",
  ],
  [
    "At 2026-01-02T03:04:05Z instances were launched to balance instances in zones null with other zones resulting in more than desired number of instances in the group.  At 2026-01-02T03:04:57Z an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 6 to 5.",
    [6, 5],
    "instances were rebalanced between zones",
  ],
  [
    "At 2026-01-02T03:04:05Z an instance was added in response to user request. Keeping the capacity at the new 1.",
    undefined,
    "it was attached by hand",
  ],
  [
    "At 2026-01-02T03:04:05Z instance i-0aa was detached in response to a user request, shrinking the capacity from 2 to 1.",
    [2, 1],
    "it was detached by hand",
  ],
  [
    "At 2026-01-02T03:04:05Z instance i-0aa was moved to standby in response to a user request, shrinking the capacity from 1 to 0.",
    [1, 0],
    "it was put into standby by hand",
  ],
  [
    "At 2026-01-02T03:04:05Z instance i-0aa was moved out of standby in response to a user request, increasing the capacity from 3 to 4.",
    [3, 4],
    "it was taken out of standby by hand",
  ],
  [
    "At 2026-01-02T03:04:05Z instance i-0aa was taken out of service in response to a user request, shrinking the capacity from 2 to 1.",
    [2, 1],
    "someone terminated it by hand",
  ],
  [
    "At 2026-01-02T03:04:05Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 1 to 2.",
    [1, 2],
    "the group was brought to its desired capacity",
  ],
  ["The tea was too hot", undefined, "The tea was too hot"],
  [
    "At 2026-01-02 03:04:05Z trigger t.1 breached high threshold value for CPUUtilization, 10.0, adjusting the desired capacity from 1 to 2.  At 2026-01-02 03:04:10Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 1 to 2.",
    [1, 2],
    "trigger t.1 breached high threshold value for CPUUtilization, 10.0, adjusting the desired capacity from 1 to 2",
  ],
];

const SICK: [string, string][] = [
  ["an ELB system health check failure", "it failed its load balancer health check"],
  ["a ELB system health check failure", "it failed its load balancer health check"],
  [
    "an EC2 health check indicating it has been terminated or stopped",
    // What a reclaimed spot instance says as well, so nothing more may be read into it.
    "EC2 reported it terminated or stopped",
  ],
  ["an EC2 instance status checks failure", "it failed EC2's status checks"],
  ["EBS volume health check failure", "an EBS volume of it failed its health check"],
  ["a user health-check", "a custom health check marked it unhealthy"],
];

describe("the Cause of an activity", () => {
  test.each(CAUSES)("%s", (text, numbers, reason) => {
    const capacity = numbers && { before: numbers[0], after: numbers[1] };
    expect(parseCause(text)).toMatchObject({ ...(capacity && { capacity }), reason });
    if (numbers === undefined) expect(parseCause(text).capacity).toBeUndefined();
    expect(parseCause(text).kind).not.toBe("health");
  });

  test.each(SICK)("an instance that goes because of %s is unhealthy", (words, reason) => {
    const text = `At 2026-01-02T03:04:05Z an instance was taken out of service in response to ${words}.`;
    expect(parseCause(text)).toEqual({ capacity: undefined, reason, kind: "health", origin: text });
  });

  test.each([
    [
      "a user request explicitly set group desired capacity changing the desired capacity from 2 to 4",
      "someone set desired capacity to 4 by hand",
    ],
    ["a user request explicitly set group desired capacity", "someone set desired capacity by hand"],
    [
      "a scheduled action update of AutoScalingGroup constraints to min: 1, max: 9, desired: 5 changing the desired capacity from 2 to 5",
      "a scheduled action set desired capacity to 5 (min 1, max 9)",
    ],
    [
      "an instance was taken out of service in response to maximum instance lifetime",
      "it reached the group's maximum instance lifetime",
    ],
  ])("%s", (statement, reason) => {
    expect(parseCause(`At 2026-01-02T03:04:05Z ${statement}.`).reason).toBe(reason);
  });

  test("an alarm that tells what it watches for is the reason, by its name or its policy's", () => {
    const describe = (alarm: string) => `CPU above 60 % (asked for ${alarm})`;
    const cause = (alarm: string) =>
      `At 2026-01-02T03:04:05Z a monitor alarm ${alarm} in state ALARM triggered policy grow changing the desired capacity from 2 to 3.`;
    expect(parseCause(cause("web-cpu-high"), describe).reason).toBe(
      "CPU above 60 % (asked for web-cpu-high) (alarm web-cpu-high)",
    );
    const made = "TargetTracking-web-AlarmHigh-12345678-9abc-4def-8123-456789abcdef";
    expect(parseCause(cause(made), describe).reason).toBe(
      `CPU above 60 % (asked for ${made}) (target tracking policy grow)`,
    );
  });

  test("what set it off is the same for all instances of one scale event", () => {
    const first =
      "At 2026-01-02T03:04:05Z a user request explicitly set group desired capacity changing the desired capacity from 4 to 1.";
    const rest = (seconds: number, instance: string) =>
      `  At 2026-01-02T03:04:${seconds}Z an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 4 to 1.  At 2026-01-02T03:04:${seconds}Z instance ${instance} was selected for termination.`;
    expect(parseCause(first + rest(10, "i-0aa")).origin).toBe(first);
    expect(parseCause(first + rest(20, "i-0bb")).origin).toBe(first);
  });

  test("nothing is made up where there is no Cause", () => {
    expect(parseCause("")).toEqual({ capacity: undefined, reason: undefined, kind: "scale", origin: "" });
  });
});
