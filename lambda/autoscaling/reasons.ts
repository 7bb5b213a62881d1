/** One statement of a Cause, read. */
export interface Reading {
  /** A trigger is why; a consequence only says what Auto Scaling did about it. Absent: not known to us. */
  readonly role?: "trigger" | "consequence";
  readonly words?: string;
  readonly unhealthy?: boolean;
}

type Rule = readonly [pattern: RegExp, read: (match: RegExpMatchArray) => Reading];

const trigger = (words: string): Reading => ({ role: "trigger", words });
const sick = (words: string): Reading => ({ role: "trigger", words, unhealthy: true });

/** AWS's wordings as seen in real activities; the first that matches counts. */
const RULES: readonly Rule[] = [
  [
    /monitor alarm (.+) in state (\w+) triggered policy (.+?)(?: changing the desired capacity|$)/,
    ([, alarm = "", state = "", policy = ""]) => trigger(alarmReason(alarm, state, policy)),
  ],
  [
    /user request executed policy (.+?)(?: changing the desired capacity|$)/,
    ([, policy]) => trigger(`policy "${policy}" was executed by request`),
  ],
  [
    /user request update of AutoScalingGroup constraints to min: (\d+), max: (\d+), desired: (\d+)/,
    ([, min, max, desired]) => trigger(`its size was set by request to min ${min}, max ${max}, desired ${desired}`),
  ],
  [/user request created an AutoScalingGroup/, () => trigger("the group was created")],
  [/user request explicitly set group desired capacity/, () => trigger("its desired capacity was set by request")],
  [/scheduled action name (\S+) was triggered/, ([, action]) => trigger(`scheduled action "${action}" was due`)],
  [/\bscheduled action\b/, () => trigger("a scheduled action was due")],
  [/ELB system health check failure/, () => sick("it failed the load balancer's health check")],
  [
    /EC2 health check indicating it has been terminated or stopped/,
    () => sick("EC2 reported it terminated or stopped"),
  ],
  [/EC2 instance status checks failure/, () => sick("it failed EC2's status checks")],
  [/EBS volume health check failure/, () => sick("an EBS volume of it failed its health check")],
  [/user health-check/, () => sick("a custom health check marked it unhealthy")],
  [/unhealthy instance needing to be replaced/, () => trigger("an unhealthy instance had to be replaced")],
  [/in response to an instance refresh/, () => trigger("an instance refresh replaces the group's instances")],
  [/to balance instances in zones|to aid in balancing/, () => trigger("instances were rebalanced between zones")],
  [/was added in response to user request/, () => trigger("it was attached by request")],
  [/was detached in response to a user request/, () => trigger("it was detached by request")],
  [/was moved to standby/, () => trigger("it was put into standby by request")],
  [/was moved out of standby/, () => trigger("it was taken out of standby by request")],
  [/was taken out of service in response to a user request/, () => trigger("its termination was requested")],
  [/was selected for termination/, () => ({ role: "consequence" })],
  [
    /difference between desired and actual capacity/,
    () => ({ role: "consequence", words: "the group was brought to its desired capacity" }),
  ],
];

/** @param statement one sentence of a Cause, without its time */
export function reasonFor(statement: string): Reading {
  for (const [pattern, read] of RULES) {
    const match = statement.match(pattern);
    if (match) return read(match);
  }
  return {};
}

/** Target tracking makes its own pair of alarms, whose names tell the direction and otherwise nothing to a reader. */
function alarmReason(alarm: string, state: string, policy: string): string {
  const side = /^TargetTracking-.+-Alarm(High|Low)-[0-9a-f-]{36}$/.exec(alarm)?.[1];
  if (side === "High") return `the metric of target tracking policy "${policy}" rose above its target`;
  if (side === "Low") return `the metric of target tracking policy "${policy}" fell below its target`;
  const change = state === "ALARM" ? "" : ` went to ${state} and`;
  return `alarm "${alarm}"${change} triggered policy "${policy}"`;
}
