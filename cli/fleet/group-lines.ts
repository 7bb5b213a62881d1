import type { GroupStatus, Saying } from "./group-status";

/** What holds for a group, a line each; none where it goes on as ever. */
export function groupLines(status: GroupStatus): string[] {
  const { group, frozenUntil } = status;
  const lines = [
    ...(status.held ? [`held${because(status.held)}`] : []),
    ...(frozenUntil ? [`frozen until ${frozenUntil}`] : []),
    ...status.alarms.map((alarm) => `alarm ${alarm.name} is on${because(alarm)}`),
    ...status.slots.map(
      ({ slot, instance, package: name, version, since, expired }) =>
        `${instance} holds slot ${slot} for ${name} ${version} since ${since}${expired ? ", not renewed in time" : ""}`,
    ),
    ...status.waiting.map(
      ({ instance, package: name, version, since, reason }) =>
        `${instance} waits with ${name} ${version} since ${since}: ${reason}`,
    ),
    ...status.silent.map(({ instance, reported }) => `${instance} is silent: it last reported at ${reported}`),
    ...status.recalled.map((one) => `${one.package} ${one.version} is recalled${because(one)}`),
    ...status.bad.map((one) => `${one.package} ${one.version} is bad${because(one)}`),
  ];
  return lines.map((line) => `${group}: ${line}`);
}

function because({ reason, by, at }: Saying): string {
  const who = [by, at].filter(Boolean).join(", ");
  return `${reason === "" ? "" : `: ${reason.split("\n", 1)[0]}`}${who === "" ? "" : ` (${who})`}`;
}
