import { longestPause } from "./cron";
import { type Fault, GROUPS } from "./fault";
import { alarmsByGroup } from "./rollout";
import type { GroupConfig, StackConfig } from "./types";

/** Lambda takes 4096 characters of variables; those that are not the configuration's are less than the rest. */
const MOST_OF_ALARMS = 3500;

/** What all groups' alarms do not go with. */
export function alarmFaults(config: StackConfig): Fault[] {
  const length = JSON.stringify(alarmsByGroup(config)).length;
  if (length <= MOST_OF_ALARMS) return [];
  const sentence =
    `should name alarms for rollouts with at most ${MOST_OF_ALARMS} characters in all, the groups' names included, since Lambda has no room ` +
    `for more, but names some with ${length}. Name one composite alarm in place of several, or make it several stacks.`;
  return [{ path: [GROUPS], sentence }];
}

/** Finds what a group's rollout does not go with. The group is named, since the value may be `__base__`'s. */
export function rolloutFaults(name: string, group: GroupConfig): Fault[] {
  return [...nobodyLeft(name, group), ...shortTimeout(name, group), ...foreverFrozen(name, group)];
}

/** A number counts whatever the group's size is, and a share goes along with it. Behind a load balancer somebody has to stay. */
function nobodyLeft(name: string, { rollout, size, scaling, http }: GroupConfig): Fault[] {
  const { maxUnavailable } = rollout;
  const sizes = [size, ...Object.values(scaling?.schedule ?? {})];
  const fewest = Math.min(...sizes.map(({ min }) => min));
  const most = Math.max(1, http === undefined ? fewest : fewest - 1);
  const all = http !== undefined && size.max > 1 && maxUnavailable === "100%";
  if (!all && (typeof maxUnavailable === "string" || maxUnavailable <= most)) return [];
  const [allowed, given] = all ? ["99%", "all of them"] : [most, maxUnavailable];
  const [why, fix] =
    http === undefined
      ? ["there are no more hosts than that", "Lower it."]
      : [
          "no host would be left to serve",
          'Lower it, or write a share of the group, for example "maxUnavailable: 25%".',
        ];
  const sentence = `should be no more than ${allowed} in ${name}, whose size may be ${fewest}, but is ${given}: ${why}. ${fix}`;
  return [{ path: [GROUPS, name, "rollout", "maxUnavailable"], sentence }];
}

/** Seconds that a host's requests may take to end and its new version to become healthy, one after the other. */
export function secondsOut({ http, health }: Pick<GroupConfig, "http" | "health">): number {
  return (http?.deregistrationDelay ?? 0) + health.timeout;
}

/** A host that does what it is told, in the time it is given for it, is no failure. */
function shortTimeout(name: string, group: GroupConfig): Fault[] {
  const [least, { timeout }] = [secondsOut(group), group.rollout];
  if (timeout >= least) return [];
  return [
    {
      path: [GROUPS, name, "rollout", "timeout"],
      sentence:
        `should be at least ${least} in ${name}, the seconds of its http/deregistrationDelay and health/timeout together, but is ${timeout}. ` +
        `Write for example "timeout: ${least + 300}", or lower those.`,
    },
  ];
}

/** What begins again before it ends never does. */
function foreverFrozen(name: string, { rollout }: GroupConfig): Fault[] {
  return rollout.freeze.flatMap(({ cron, hours }, index) => {
    const pause = longestPause(cron) / 60;
    if (pause > hours) return [];
    const sentence =
      `should be less than ${pause}, the hours from one beginning to the next at most, but is ${hours}: nothing new would ever be taken. ` +
      'Lower it; to keep everything away for now, there is "towline hold".';
    return [{ path: [GROUPS, name, "rollout", "freeze", index, "hours"], sentence }];
  });
}
