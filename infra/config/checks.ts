import { z } from "zod";
import type { GroupConfig, HttpConfig, ProcessCounts, SizeConfig, StepScalingConfig } from "./types";

/** Checks that span more than one value. Each reports the whole sentence that follows the key's path. */

type Context = z.core.$RefinementCtx;

/** Fails a transformation of `value`, leaving the words to the schema's expectation. */
export function refuse(context: Context, value: unknown): never {
  context.addIssue({ code: "custom", input: value });
  return z.NEVER;
}

export function minNotAboveMax({ min, max }: SizeConfig, context: Context): void {
  if (min <= max) return;
  report(
    context,
    ["min"],
    `should be no more than max, which is ${max}, but is ${min}. Write for example "min: ${max}".`,
  );
}

export function namesPackagesOnce({ packages }: Pick<GroupConfig, "packages">, context: Context): void {
  packages.forEach((name, index) => {
    if (packages.indexOf(name) === index) return;
    report(
      context,
      ["packages", index],
      `should be a package the list does not hold yet, but is "${name}" again. Remove it here, or in __base__, whose list comes first.`,
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

export function atLeastOneGroup(groups: Readonly<Record<string, unknown>>, context: Context): void {
  if (Object.keys(groups).length > 0) return;
  report(
    context,
    [],
    'should hold at least one group beside __base__. Write for example "web: {packages: [hello], size: {min: 2, max: 4}}".',
  );
}

/** Elastic Load Balancing takes at most five values in all the conditions of a rule. */
const RULE_VALUES = 5;

export function ruleIsWhole({ hosts, paths, priority }: HttpConfig, context: Context): void {
  const values = hosts.length + paths.length;
  if (values > RULE_VALUES) {
    const key = hosts.length > 0 ? "hosts" : "paths";
    report(
      context,
      [key],
      `should hold, with hosts and paths counted together, at most ${RULE_VALUES}, but they are ${values}. Use * in some.`,
    );
  }
  if (values > 0 && priority === undefined) {
    report(
      context,
      ["priority"],
      'is missing; with hosts or paths it should say when the group is considered, the lowest number first. Write for example "priority: 10".',
    );
  }
  if (values === 0 && priority !== undefined) {
    report(
      context,
      ["priority"],
      `should come with hosts or paths: a group without gets what no other does. Add some, or remove priority.`,
    );
  }
}

type HttpGroups = Readonly<Record<string, { readonly http?: HttpConfig; readonly elasticIp?: unknown }>>;

/** Of the groups behind the load balancer, exactly one gets what no other does, and no two others have the same priority. */
export function requestsHaveOneGroup(groups: HttpGroups, context: Context): void {
  const served = Object.entries(groups).flatMap(([name, { http, elasticIp }]) =>
    http === undefined || elasticIp !== undefined ? [] : { name, http },
  );
  const [first, ...others] = served.filter(({ http }) => http.hosts.length + http.paths.length === 0);
  for (const { name } of others) {
    report(
      context,
      [name, "http"],
      `should have hosts or paths, since ${first?.name} has none and gets every request already. Write for example "paths: [/${name}/*], priority: 10".`,
    );
  }
  if (first === undefined && served[0] !== undefined) {
    report(
      context,
      [served[0].name, "http"],
      `should be without hosts and paths in one group of the stack, which gets the requests that no other does. Remove them here, or in another group.`,
    );
  }
  served.forEach(({ name, http }, index) => {
    const before = served.slice(0, index).find((other) => other.http.priority === http.priority);
    if (http.priority === undefined || before === undefined) return;
    report(
      context,
      [name, "http", "priority"],
      `should be a number that no other group has, but ${before.name} has ${http.priority} too. Change one of the two.`,
    );
  });
}

export function addressHasPorts(
  { http, elasticIp }: { http?: unknown; elasticIp?: { ports?: unknown } },
  context: Context,
): void {
  if (elasticIp === undefined || elasticIp.ports !== undefined || http !== undefined) return;
  report(
    context,
    ["elasticIp", "ports"],
    'is missing; without http it should name the ports to open. Write for example "ports: [443]".',
  );
}

export function spareBounds({ min, max }: { min: number; max?: number }, context: Context): void {
  if (max === undefined || min <= max) return;
  report(
    context,
    ["min"],
    `should be no more than max, which is ${max}, but is ${min}. Write for example "min: ${max}".`,
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

function report(context: Context, path: PropertyKey[], message: string): void {
  context.addIssue({ code: "custom", path, message, params: { sentence: true } });
}
