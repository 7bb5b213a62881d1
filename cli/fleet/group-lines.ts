import type { GroupStatus, Refusal, Saying } from "./group-status";

/** What holds for a group, a line each; none where it goes on as ever. */
export function groupLines(status: GroupStatus): string[] {
  const { group, frozenUntil } = status;
  const lines = [
    ...(status.held ? [`held${because(status.held)}`] : []),
    ...(frozenUntil ? [`frozen until ${frozenUntil}`] : []),
    ...status.alarms.map((alarm) => `alarm ${alarm.name} is on${because(alarm)}`),
    ...status.slots.map(
      ({ slot, instance, since, expired, ...turn }) =>
        `${instance} holds slot ${slot} for ${named(turn)} since ${since}${expired ? ", not renewed in time" : ""}`,
    ),
    ...status.waiting.map(
      ({ instance, since, reason, ...turn }) => `${instance} waits with ${named(turn)} since ${since}: ${reason}`,
    ),
    ...status.silent.map(({ instance, reported }) => `${instance} is silent: it last reported at ${reported}`),
    ...status.recalled.map((one) => `${one.package} ${one.version} ${refused(one, "recalled")}${because(one)}`),
    ...status.bad.map((one) => `${one.package} ${one.version} ${refused(one, "bad")}${because(one)}`),
  ];
  return lines.map((line) => `${group}: ${line}`);
}

/** All packages of a turn. */
function named(turn: { readonly package: string; readonly version: string; readonly set?: readonly string[] }): string {
  return [`${turn.package} ${turn.version}`, ...(turn.set ?? [])].join(" and ");
}

/** What is said of a version, by how many hosts, and whether the others go by that. */
function refused({ believed, voices: { bad, ok, hosts } }: Refusal, word: string): string {
  const say = `${bad} of ${hosts} hosts ${bad === 1 ? "says" : "say"} bad`;
  if (!believed) return `is called ${word}, and not believed: ${say}, ${ok} say ok`;
  return bad > 0 ? `is ${word}, ${say}` : `is ${word}`;
}

function because({ reason, by, at }: Saying): string {
  const who = [by, at].filter(Boolean).join(", ");
  return `${reason === "" ? "" : `: ${reason.split("\n", 1)[0]}`}${who === "" ? "" : ` (${who})`}`;
}
