import type { Answer } from "./answer";

/** What the simulation says, for people. @param hours how long a rollout was followed */
export function renderAnswer(place: string, answer: Answer, hours: number): string[] {
  const { hosts, maxUnavailable, bake, bad, frozenHours } = answer;
  const policy = `${maxUnavailable} out at once, ${bake} s of bake`;
  const time = (minutes: number | null, otherwise: string) => (minutes === null ? otherwise : `${minutes} minutes`);
  return [
    `${place}: ${hosts} ${hosts === 1 ? "host" : "hosts"}, ${policy}`,
    ...(frozenHours > 0 ? [`  in a frozen time it waits first  up to ${frozenHours} hours`] : []),
    `  all run a good version after    ${time(answer.minutes, `more than ${hours} h: ${answer.converged} do by then`)}`,
    `  hosts that serve all the while  ${answer.floor} at least`,
    `  a bad version reaches           ${bad.hosts} ${bad.hosts === 1 ? "host" : "hosts"}, and is gone after ${time(bad.minutes, `more than ${hours} h`)}`,
    `  requests for each host          ${answer.getsPerHost} GETs, ${answer.putsPerHost} PUTs`,
    `  a rollout costs                 ${answer.rolloutCost.toFixed(4)} USD of requests`,
    `  a host that finds nothing new   ${answer.idleHostMonthCost.toFixed(2)} USD of requests a month`,
    ...answer.broken.map((what) => `  broken: ${what}`),
  ];
}
