import { asObject, fieldsOf, listOf, textOf } from "../fleet/loose";
import { timestamp } from "../time";
import type { Fact, GroupFacts, HostFacts } from "./facts";

/** What the objects say that were looked at: who runs what, the index, what people say, then versions, then slots. */
export function factsTold(facts: GroupFacts, host: HostFacts | undefined, reads: readonly string[]): Fact[] {
  const order = [
    "dists/",
    "orders.json",
    "control.json",
    "policy.json",
    "seen.json",
    "verdicts/",
    "voices/",
    "trials/",
    "lease.json",
    "slots/",
  ];
  const rank = (key: string) => order.findIndex((part) => key.includes(part));
  const root = `rollout/${facts.group}/`;
  const keys = [...new Set([...facts.suites.map(({ key }) => key), `${root}control.json`, ...reads])];
  return [
    ...(host?.report === undefined ? [] : [reported(host)]),
    ...keys.sort((a, b) => rank(a) - rank(b)).map((key) => told(facts, key)),
  ];
}

function reported({ key, report, lifecycle }: HostFacts): Fact {
  const { packages = {}, state, health, since = "", reported: at = "", error, waiting, drift = [] } = report ?? {};
  const runs = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  const waits = waiting
    ? `, waiting with ${waiting.package} ${waiting.version} since ${waiting.since}: ${waiting.reason}`
    : "";
  const wrong = error ? `; last error: ${error}` : "";
  const hand = drift.length === 0 ? "" : `; changed by hand: ${drift.join(", ")}`;
  return {
    object: key,
    at,
    says: `${state} and ${health} since ${since}, ${lifecycle}, with ${runs.join(", ") || "no package"}${waits}${wrong}${hand}`,
  };
}

function told(facts: GroupFacts, key: string): Fact {
  const suite = facts.suites.find((one) => one.key === key);
  if (suite) {
    const lists = facts.packages.map(
      (name) => `${name} ${(suite.listed.get(name) ?? []).join(", ") || "in no version"}`,
    );
    return {
      object: key,
      at: timestamp(suite.date),
      says: `lists ${lists.join("; ")}; ends at ${timestamp(suite.until)}`,
    };
  }
  if (key.endsWith("/")) return { object: key, at: null, says: voicesSaid(facts, key) };
  const seen = facts.objects.get(key);
  if (seen === undefined) return { object: key, at: null, says: absent(key) };
  return { object: key, at: timestamp(seen.modified), says: said(key, fieldsOf(seen.text), facts) };
}

/** How many hosts say what of a version, each under its own name. */
function voicesSaid(facts: GroupFacts, prefix: string): string {
  const hosts = (word: string) =>
    new Set(
      [...facts.objects.keys()]
        .filter((key) => key.startsWith(`${prefix}${word}/`))
        .map((key) => key.split("/").at(-1)),
    ).size;
  return `${hosts("bad")} hosts say that it is bad, ${hosts("ok")} that it is ok`;
}

function absent(key: string): string {
  if (key.includes("/verdicts/")) return "nobody has found this version good or bad";
  if (key.includes("/trials/")) return "nobody has tried this version first";
  if (/lease\.json$|\/slots\//.test(key)) return "the slot is free";
  if (key.endsWith("policy.json")) return "no policy: one host at a time";
  return "there is no such object";
}

function said(key: string, body: Readonly<Record<string, unknown>>, facts: GroupFacts): string {
  if (/\/(orders|control)\.json$/.test(key)) return controlSaid(body);
  if (key.endsWith("/policy.json")) return policySaid(body);
  if (key.endsWith("/seen.json"))
    return `hosts have seen ${Object.entries(asObject(body.suites) ?? {})
      .map(([suite, date]) => `${suite} of ${textOf(date)}`)
      .join(", ")}`;
  if (key.includes("/verdicts/")) {
    const who = [textOf(body.instance), textOf(body.at)].filter(Boolean).join(", ");
    const reason = textOf(body.reason);
    return `${textOf(body.verdict) || "no word"}${reason ? `: ${reason}` : ""}${who ? ` (${who})` : ""}`;
  }
  if (key.includes("/trials/")) return trialSaid(body);
  const holder = textOf(body.holder);
  if (holder === "")
    return `the slot is free; ${String(body.done ?? 0)} hosts have come through with ${textOf(body.package)} ${textOf(body.version)}`;
  const age = Math.round((facts.now.getTime() - (facts.objects.get(key)?.modified.getTime() ?? 0)) / 1000);
  return `${holder} holds it for ${[`${textOf(body.package)} ${textOf(body.version)}`, ...listOf(body.set)].join(" and ")} since ${textOf(body.since)}, written ${age} s before`;
}

function controlSaid(body: Readonly<Record<string, unknown>>): string {
  const because = (of: unknown) => {
    const { reason, by, at } = asObject(of) ?? {};
    const who = [textOf(by), textOf(at)].filter(Boolean).join(", ");
    return `${textOf(reason) ? `: ${textOf(reason)}` : ""}${who ? ` (${who})` : ""}`;
  };
  const parts = [
    ...(body.hold ? [`held${because(body.hold)}`] : []),
    ...Object.entries(asObject(body.alarms) ?? {}).map(([name, of]) => `alarm ${name} is on${because(of)}`),
    ...Object.entries(asObject(body.recalled) ?? {}).flatMap(([name, versions]) =>
      Object.entries(asObject(versions) ?? {}).map(([version, of]) => `${name} ${version} is recalled${because(of)}`),
    ),
  ];
  return parts.join("; ") || "nothing is held, no alarm is on, nothing is recalled";
}

function policySaid({ maxUnavailable, bake, timeout, freeze, alarms }: Readonly<Record<string, unknown>>): string {
  const parts = [
    `${String(maxUnavailable ?? 1)} out at once`,
    ...(bake ? [`${String(bake)} s of bake`] : []),
    ...(timeout ? [`out for ${String(timeout)} s at the most`] : []),
    ...(Array.isArray(freeze) && freeze.length > 0 ? [`frozen ${JSON.stringify(freeze)}`] : []),
    ...(listOf(alarms).length > 0 ? [`alarms ${listOf(alarms).join(", ")} count`] : []),
  ];
  return parts.join(", ");
}

function trialSaid(body: Readonly<Record<string, unknown>>): string {
  const failed = Object.entries(asObject(body.failed) ?? {});
  const parts = [
    ...(textOf(body.canary) ? [`${textOf(body.canary)} tries it first`] : []),
    ...listOf(body.vanished).map((one) => `${one} took it and did not come back`),
    ...failed.map(([one, reason]) => `${one} failed at it: ${textOf(reason)}`),
    ...listOf(body.apart).map((one) => `${one} failed at it together with others`),
    ...Object.entries(asObject(asObject(body.boots)?.failed) ?? {}).map(
      ([one, reason]) => `${one} did not boot with it: ${textOf(reason)}`,
    ),
  ];
  return parts.join("; ") || "its trial has ended";
}
