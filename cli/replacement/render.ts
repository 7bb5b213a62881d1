import type { GroupSight, Plan } from "./plan";
import { type Preferences, wayBack } from "./preferences";
import type { Replacement } from "./replace";

/** What would be done about a group, as a value and as lines. */
export interface Announcement {
  readonly value: Plan & Partial<Preferences> & { readonly replaced?: readonly string[] };
  readonly lines: readonly string[];
}

/** Tells what a plan would do. A refresh that is followed keeps the preferences it was started with, which are not ours to tell. */
export function announce(place: string, sight: GroupSight, plan: Plan, preferences: Preferences): Announcement {
  const { action, refresh, version, previous } = plan;
  const follows = `${place}: would follow refresh ${refresh}, which is under way, with the preferences it was started with,`;
  switch (action) {
    case "follow-back":
      return { value: plan, lines: [`${follows} back to launch template version ${previous}`] };
    case "follow":
      return { value: plan, lines: [`${follows} to launch template version ${version}`, wayOut(plan)] };
    case "start": {
      const { replaced, list } = replacedBy(sight, version, preferences);
      const { bake, alarms } = preferences;
      const begin = `${place}: would start a refresh and replace ${list} by hosts of launch template version ${version}`;
      const bakes = `all stand for ${bake} s at the end`;
      const watches = `watching ${alarms.join(", ") || "no alarm"}; ${wayOut(plan)}`;
      return {
        value: { ...plan, replaced, ...preferences },
        lines: [begin, `${serving(preferences)}; ${bakes}`, watches],
      };
    }
    case "go-back": {
      const stops = refresh === null ? "" : `stop refresh ${refresh}`;
      if (previous === null) return { value: plan, lines: [`${place}: would ${stops}`, wayOut(plan)] };
      const back = wayBack(preferences);
      const { replaced, list } = replacedBy(sight, previous, back);
      const goes = `go back to launch template version ${previous}, replacing ${list}`;
      const lines = [`${place}: would ${[stops, goes].filter(Boolean).join(" and ")}`, serving(back)];
      return { value: { ...plan, replaced, ...back }, lines };
    }
  }
}

/** How a replacement ended, in one sentence. */
export function sentence(place: string, { outcome, version, previous, reason, seconds: took }: Replacement): string {
  switch (outcome) {
    case "replaced":
      return `${place}: all hosts are new, of launch template version ${version}, after ${took} s`;
    case "went-back":
      return `${place}: went back to launch template version ${previous} after ${took} s: ${reason}; mend what version ${version} changed, then 'pulumi up'`;
    case "failed": {
      const fix = previous === null && version !== "1" ? "; --cancel --to VERSION brings an earlier version back" : "";
      return `${place}: was not replaced, after ${took} s: ${reason}${fix}`;
    }
  }
}

function replacedBy({ template, instances }: GroupSight, version: string, { skipMatching }: Preferences) {
  const matches = (own: GroupSight["template"] | undefined) => own?.id === template.id && own.version === version;
  const replaced = instances.filter((one) => !skipMatching || !matches(one.template)).map(({ id }) => id);
  return { replaced, list: replaced.join(", ") || "no host" };
}

function serving({ minHealthyPercentage: min, maxHealthyPercentage: max }: Preferences): string {
  return `at least ${min} % serve meanwhile, at most ${max} % are there`;
}

function wayOut({ previous }: Plan): string {
  return previous === null
    ? "there is no other version to go back to, unless --to names one"
    : `going back would be to version ${previous}`;
}
