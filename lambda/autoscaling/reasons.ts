/** What kind of change a cause makes of an activity: each is told in its own short form. */
export type Kind = "scale" | "health" | "replacement" | "refresh" | "rebalance" | "attach" | "standby";

/** One statement of a Cause, read. */
export interface Reading {
  /** A trigger is why; a consequence only says what Auto Scaling did about it. Absent: not known to us. */
  readonly role?: "trigger" | "consequence";
  readonly words?: string;
  readonly kind?: Kind;
}

/** Says what an alarm watches for (`CPU above 60 % for 3 min`); undefined when the message does not tell. */
export type DescribeAlarm = (alarm: string) => string | undefined;

type Rule = readonly [pattern: RegExp, read: (match: RegExpMatchArray, describe: DescribeAlarm) => Reading];

const trigger = (words: string, kind?: Kind) => (): Reading => ({ role: "trigger", words, kind });
const consequence = (words?: string) => (): Reading => ({ role: "consequence", words });

/** AWS's wordings as seen in real activities; the first that matches counts. */
const RULES: readonly Rule[] = [
  [
    /monitor alarm (.+) in state (\w+) triggered policy (.+?)(?: changing the desired capacity|$)/,
    ([, alarm = "", state = "", policy = ""], describe) =>
      trigger(alarmReason(alarm, state, policy, describe(alarm)))(),
  ],
  [
    /user request executed policy (.+?)(?: changing the desired capacity|$)/,
    ([, policy]) => trigger(`someone executed policy "${policy}" by hand`)(),
  ],
  [
    /(user request|scheduled action) update of AutoScalingGroup constraints to min: (\d+), max: (\d+), desired: (\d+)/,
    ([, who, min, max, desired]) =>
      trigger(`${by(who)} set desired capacity to ${desired}${hand(who)} (min ${min}, max ${max})`)(),
  ],
  [
    /(user request|scheduled action) explicitly set group desired capacity(?: changing the desired capacity from \d+ to (\d+))?/,
    ([, who, desired]) =>
      trigger(`${by(who)} set desired capacity${desired === undefined ? "" : ` to ${desired}`}${hand(who)}`)(),
  ],
  [/user request created an AutoScalingGroup/, trigger("the group was created")],
  [/scheduled action name (\S+) was triggered/, ([, action]) => trigger(`scheduled action ${action}`)()],
  [/\bscheduled action\b/, trigger("a scheduled action")],
  [
    /predictive scaling policy (\S+)/i,
    ([, policy]) => trigger(`predictive scaling policy ${policy} saw load coming`)(),
  ],
  [/ELB system health check failure/, trigger("it failed its load balancer health check", "health")],
  [
    /EC2 health check indicating it has been terminated or stopped/,
    trigger("EC2 reported it terminated or stopped", "health"),
  ],
  [/EC2 instance status checks failure/, trigger("it failed EC2's status checks", "health")],
  [/EBS volume health check failure/, trigger("an EBS volume of it failed its health check", "health")],
  [/user health-check/, trigger("a custom health check marked it unhealthy", "health")],
  [/unhealthy instance needing to be replaced/, trigger("an unhealthy instance had to be replaced", "replacement")],
  [/max(imum)? instance lifetime/i, trigger("it reached the group's maximum instance lifetime", "replacement")],
  [/in response to an instance refresh/, trigger("an instance refresh replaces the group's instances", "refresh")],
  [/spot (instance )?interruption/i, trigger("EC2 takes the spot instance back", "health")],
  [
    /rebalance recommendation/i,
    trigger("EC2 expects to take the instance back soon (rebalance recommendation)", "replacement"),
  ],
  [
    /to balance instances in zones|to aid in balancing/,
    trigger("instances were rebalanced between zones", "rebalance"),
  ],
  [/was added in response to user request/, trigger("it was attached by hand", "attach")],
  [/was detached in response to a user request/, trigger("it was detached by hand", "attach")],
  [/was moved to standby/, trigger("it was put into standby by hand", "standby")],
  [/was moved out of standby/, trigger("it was taken out of standby by hand", "standby")],
  [/was taken out of service in response to a user request/, trigger("someone terminated it by hand")],
  [/was selected for termination/, consequence()],
  [/difference between desired and actual capacity/, consequence("the group was brought to its desired capacity")],
];

/** @param statement one sentence of a Cause, without its time */
export function reasonFor(statement: string, describe: DescribeAlarm): Reading {
  for (const [pattern, read] of RULES) {
    const match = statement.match(pattern);
    if (match) return read(match, describe);
  }
  return {};
}

function by(who: string | undefined): string {
  return who === "user request" ? "someone" : "a scheduled action";
}

function hand(who: string | undefined): string {
  return who === "user request" ? " by hand" : "";
}

/** Target tracking makes its own pair of alarms, whose names tell the direction and otherwise nothing to a reader. */
function alarmReason(alarm: string, state: string, policy: string, condition: string | undefined): string {
  const side = /^TargetTracking-.+-Alarm(High|Low)-[0-9a-f-]{36}$/.exec(alarm)?.[1];
  if (condition !== undefined) {
    return `${condition} (${side === undefined ? `alarm ${alarm}` : `target tracking policy ${policy}`})`;
  }
  if (side === "High") return `the metric of target tracking policy "${policy}" rose above its target`;
  if (side === "Low") return `the metric of target tracking policy "${policy}" fell below its target`;
  const change = state === "ALARM" ? "" : ` went to ${state} and`;
  return `alarm "${alarm}"${change} triggered policy "${policy}"`;
}
