import { type Context, report } from "./report";
import type { GroupConfig, ProcessCounts, SizeConfig, StepScalingConfig } from "./types";

/** Checks that span more than one value. Each reports the whole sentence that follows the key's path. */

export function minNotAboveMax({ min, max }: SizeConfig, context: Context): void {
  if (min <= max) return;
  report(
    context,
    ["min"],
    `should be no more than max, which is ${max}, but is ${min}. Write for example "min: ${max}".`,
  );
}

export function namesPackagesOnce({ packages }: Pick<GroupConfig, "packages">, context: Context): void {
  listsOnce(packages, "a package", context, ["packages"]);
}

/** Holds of a list that goes on from that of `__base__`. What of it is undefined is not looked at. */
export function listsOnce(
  values: readonly (string | undefined)[],
  thing: string,
  context: Context,
  path: readonly PropertyKey[] = [],
): void {
  values.forEach((value, index) => {
    if (value === undefined || values.indexOf(value) === index) return;
    report(
      context,
      [...path, index],
      `should be ${thing} the list does not hold yet, but is "${value}" again. Remove it here, or in __base__, whose list comes first.`,
    );
  });
}

export function runsOnlyItsPackages(
  { packages, processes }: { packages: readonly string[]; processes: Readonly<Record<string, ProcessCounts>> },
  context: Context,
): void {
  for (const name of Object.keys(processes)) {
    if (packages.includes(name)) continue;
    report(
      context,
      ["processes", name],
      `should be one of the group's packages (${packages.join(", ")}), but is "${name}". Add it to packages, or remove it here.`,
    );
  }
}

export function scalesOnSomething(
  scaling: { cpu?: number; requestsPerTarget?: number; steps: object; schedule: object },
  context: Context,
): void {
  const { cpu, requestsPerTarget, steps, schedule } = scaling;
  if (cpu !== undefined || requestsPerTarget !== undefined) return;
  if (Object.keys({ ...steps, ...schedule }).length > 0) return;
  report(context, [], 'should name what to scale on, but names nothing. Write for example "scaling: {cpu: 60}".');
}

export function countsRequestsOfHttp(
  { http, scaling }: { http?: unknown; scaling?: { requestsPerTarget?: number } },
  context: Context,
): void {
  if (scaling?.requestsPerTarget === undefined || http !== undefined) return;
  report(
    context,
    ["scaling", "requestsPerTarget"],
    "should come with http, which is missing: the load balancer counts the requests. Add http, or scale on cpu or steps.",
  );
}

export function stepsApart({ up, down }: Pick<StepScalingConfig, "up" | "down">, context: Context): void {
  if (up.length + down.length === 0) {
    report(context, [], 'should hold up, down or both, but holds neither. Write for example "up: [{at: 100, by: 1}]".');
  }
  for (const [key, steps] of Object.entries({ up, down })) {
    steps.forEach(({ at }, index) => {
      if (steps.findIndex((step) => step.at === at) === index) return;
      report(
        context,
        [key, index, "at"],
        `should be a value with no step yet, but is ${at} again. Remove one of the two.`,
      );
    });
  }
  const [lowestUp, highestDown] = [Math.min(...up.map(({ at }) => at)), Math.max(...down.map(({ at }) => at))];
  if (highestDown < lowestUp) return;
  report(
    context,
    ["down"],
    `should begin below ${lowestUp}, where up begins, but begins at ${highestDown}: the group would grow and shrink in turns. Lower it.`,
  );
}

export function botHasChannel(slack: { botTokenParameter?: string; channel?: string }, context: Context): void {
  if ((slack.botTokenParameter === undefined) === (slack.channel === undefined)) return;
  const [there, missing] =
    slack.channel === undefined ? ["botTokenParameter", "channel"] : ["channel", "botTokenParameter"];
  report(context, [there], `should come with ${missing}, which is missing. Add it, or remove ${there}.`);
}

export function allowsSomebody(allow: { users: readonly string[]; userGroup?: string }, context: Context): void {
  if (allow.users.length > 0 || allow.userGroup !== undefined) return;
  report(context, [], 'should name somebody, but names nobody. Write for example "allow: {users: [U0123456789]}".');
}

/** IAM takes keys that differ in case for the same one. */
export function namesTagsOnce(tags: Readonly<Record<string, string>>, context: Context): void {
  const known = new Map<string, string>();
  for (const key of Object.keys(tags)) {
    const same = known.get(key.toLowerCase());
    if (same === undefined) known.set(key.toLowerCase(), key);
    else report(context, [key], `should differ from ${same} in more than case, as IAM takes both for one. Remove one.`);
  }
}

/** Auto Scaling has one action of a group at a time. */
export function beginsAtDifferentTimes(
  schedule: Readonly<Record<string, { cron: string; timeZone: string }>>,
  context: Context,
): void {
  const known = new Map<string, string>();
  for (const [name, { cron, timeZone }] of Object.entries(schedule)) {
    const time = `${cron} ${timeZone}`;
    const same = known.get(time);
    if (same === undefined) known.set(time, name);
    else
      report(context, [name, "cron"], `should be another time than that of ${same}, but is "${cron}" too. Remove one.`);
  }
}
