import { z } from "zod";
import type { GroupConfig, ProcessCounts, SizeConfig } from "./types";

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

export function atLeastOneGroup(groups: Readonly<Record<string, unknown>>, context: Context): void {
  if (Object.keys(groups).length > 0) return;
  report(
    context,
    [],
    'should hold at least one group beside __base__. Write for example "web: {packages: [hello], size: {min: 2, max: 4}}".',
  );
}

export function atMostOneHttpGroup(groups: Readonly<Record<string, { http?: unknown }>>, context: Context): void {
  const [first, ...others] = Object.keys(groups).filter((name) => groups[name]?.http !== undefined);
  for (const name of others) {
    report(
      context,
      [name, "http"],
      `should be in one group of the stack, but ${first} has it already. The load balancer has no rules to choose between groups yet: remove http here.`,
    );
  }
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
