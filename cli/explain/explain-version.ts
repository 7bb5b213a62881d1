import type { Core } from "../../simulator/core";
import { asObject, type Fields, fieldsOf, textOf } from "../fleet/loose";
import { trialKey, verdictKey } from "../fleet/verdict";
import type { Release } from "../repository/release";
import { stateOf } from "../repository/releases";
import { timestamp } from "../time";
import type { Fact, GroupFacts, HostFacts } from "./facts";
import { factsTold } from "./facts-told";
import { outcomeOf } from "./outcome";
import { sentence } from "./sentence";

/** What one group makes of a version. */
export interface VersionInGroup {
  readonly group: string;
  readonly word: "ok" | "bad" | "recalled" | "not tried" | "on trial";
  /** Why it is bad or recalled, with the app's last lines where its host sent some. */
  readonly reason: string;
  readonly runs: readonly string[];
  /** What the other hosts do next. */
  readonly others: readonly { readonly instance: string; readonly sentence: string }[];
  readonly facts: readonly Fact[];
  readonly unknown: readonly string[];
}

/** What became of a version of a package in a stack. */
export interface VersionExplanation {
  readonly kind: "version";
  readonly stack: string;
  readonly package: string;
  readonly version: string;
  readonly at: string;
  /** Listed, withdrawn, dropped, interrupted; null where nothing is known of it. */
  readonly state: string | null;
  /** Who did what with it, a sentence each. */
  readonly record: readonly string[];
  readonly groups: readonly VersionInGroup[];
}

/** Explains a version in the groups that have its package. */
export function explainVersion(
  core: Core,
  stack: string,
  { name, version }: { readonly name: string; readonly version: string },
  groups: readonly GroupFacts[],
  release: Release | undefined,
): VersionExplanation {
  const listed = groups.some(({ suites }) => suites.some((suite) => suite.listed.get(name)?.includes(version)));
  return {
    kind: "version",
    ...{ stack, package: name, version, at: timestamp(groups[0]?.now ?? new Date()) },
    state: release ? stateOf(release, listed) : listed ? "listed" : null,
    record: recordOf(release),
    groups: groups.map((facts) => inGroup(core, facts, name, version)),
  };
}

function inGroup(core: Core, facts: GroupFacts, name: string, version: string): VersionInGroup {
  const keys = [verdictKey(facts.group, name, version), trialKey(facts.group, name, version)] as const;
  const [verdict, trial] = keys.map((key) => fieldsOf(facts.objects.get(key)?.text)) as [Fields, Fields];
  const control = fieldsOf(facts.objects.get(`rollout/${facts.group}/control.json`)?.text);
  const recalled = asObject(own(asObject(own(asObject(control.recalled), name)), version));
  const tried = textOf(trial.canary);
  const word = recalled
    ? "recalled"
    : verdict.verdict === "ok" || verdict.verdict === "bad"
      ? verdict.verdict
      : tried !== ""
        ? "on trial"
        : "not tried";
  const has = ({ report }: HostFacts) => report?.packages[name] === version;
  const runs = facts.hosts.filter(has);
  const others = facts.hosts.filter((host) => !has(host));
  return {
    group: facts.group,
    word,
    reason: textOf(recalled?.reason) || textOf(verdict.reason),
    runs: runs.map(({ instance }) => instance),
    others: others.map((host) => ({ instance: host.instance, sentence: sentence(outcomeOf(core, facts, host)) })),
    facts: factsTold(facts, undefined, keys),
    unknown: facts.unknown,
  };
}

/** What stands under a name; no name is one that every object has. */
function own(fields: Fields | undefined, name: string): unknown {
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function recordOf(release: Release | undefined): string[] {
  if (release === undefined) return [];
  const { published, commit, promotedFrom, withdrawn, relisted, dropped, forced } = release;
  const why = (reason: string) => (reason === "" ? "" : `: ${reason}`);
  return [
    ...(published ? [`published at ${published.at} by ${published.by}${commit ? ` from commit ${commit}` : ""}`] : []),
    ...(promotedFrom
      ? [
          `promoted from ${promotedFrom.stack}${promotedFrom.at ? `, where it was published at ${promotedFrom.at}` : ""}`,
        ]
      : []),
    ...(forced ? [`promoted although nothing proved it: ${forced}`] : []),
    ...(withdrawn ? [`withdrawn at ${withdrawn.at} by ${withdrawn.by}${why(withdrawn.reason)}`] : []),
    ...(relisted ? [`listed again at ${relisted.at} by ${relisted.by}${why(relisted.reason)}`] : []),
    ...(dropped ? [`dropped at ${dropped}, since newer versions took its place`] : []),
  ];
}
