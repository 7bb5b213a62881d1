import type { FreezeConfig } from "../../infra/config";
import { isTimeZone } from "../../infra/config/formats";
import { compareVersions } from "../deb/version-order";
import { timestamp } from "../time";
import { frozenUntil } from "./freeze";
import { AGENT } from "./groups";
import type { HostReport } from "./host";
import type { FleetInstance } from "./instances";
import { asObject, type Fields, fieldsOf, listOf, textOf } from "./loose";
import type { Snapshot } from "./snapshot";
import { countVoices, isBelieved } from "./voices";

/** What holds for a group as a whole. Times are ISO 8601 UTC. */
export interface GroupStatus {
  readonly group: string;
  /** Who holds which slot: at most as many hosts are out. `expired`: not renewed in time, so that another host may take it. */
  readonly slots: readonly {
    readonly slot: number;
    readonly instance: string;
    readonly package: string;
    readonly version: string;
    /** What comes in the same turn, "package version" each. */
    readonly set: readonly string[];
    readonly since: string;
    readonly expired: boolean;
  }[];
  readonly held: Saying | null;
  /** Until when nothing new is taken. */
  readonly frozenUntil: string | null;
  readonly alarms: readonly (Saying & { readonly name: string })[];
  readonly bad: readonly Refusal[];
  readonly recalled: readonly Refusal[];
  readonly waiting: readonly ({ readonly instance: string } & Waiting)[];
  /** Hosts in service that have not reported for long. */
  readonly silent: readonly { readonly instance: string; readonly reported: string }[];
}

/** A version that is called bad. */
export interface Refusal extends Saying {
  readonly package: string;
  readonly version: string;
  /** How many of the group's hosts say so, and how many that it is ok, each under its own name. */
  readonly voices: { readonly bad: number; readonly ok: number; readonly hosts: number };
  /** Whether hosts leave it: others that serve with it are believed more than one that speaks against it. */
  readonly believed: boolean;
}

/** What a host waits for. */
export type Waiting = NonNullable<HostReport["waiting"]>;

/** Why something is so, who said it and when; '' where nobody knows. */
export interface Saying {
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** Not renewed for so long by S3's clock, a slot is another's to take. */
const SLOT_MILLISECONDS = 90_000;
/** Hosts report every 15 minutes; two may be lost, and a poll may wait for long. */
const SILENT_MILLISECONDS = 35 * 60_000;
/** A policy that says more is not of its form, and hosts do not go by it. */
const MOST_FROZEN_HOURS = 168;
/** Agents before report only what changes. */
const REPORTS_SINCE = "0.7.0";

/** Which objects of the bucket `groupStatus` reads of a stack's groups. */
export function isGroupObject(key: string): boolean {
  return /^rollout\/[^/]+\/(orders|control|policy|lease)\.json$|^rollout\/[^/]+\/(slots|verdicts)\//.test(key);
}

/** Reads what is said of a group in its objects, and of its hosts. What is no such object says nothing. */
export function groupStatus(
  group: string,
  objects: Snapshot,
  instances: readonly FleetInstance[],
  reports: readonly HostReport[],
  now: Date,
): GroupStatus {
  const root = `rollout/${group}/`;
  const [orders, control] = ["orders", "control"].map((name) => fieldsOf(objects.get(`${root}${name}.json`)?.text)) as [
    Fields,
    Fields,
  ];
  const held = asObject(orders.hold) ?? asObject(control.hold);
  const refused = refusalsOf(group, objects, instances.filter((one) => one.group === group).length);
  const inService = new Set(
    instances.filter((one) => one.group === group && one.lifecycle === "InService").map(({ instance }) => instance),
  );
  const own = reports.filter((report) => report.group === group).sort((a, b) => a.instance.localeCompare(b.instance));
  return {
    group,
    slots: slotsOf(root, objects, now),
    held: held === undefined ? null : saying(held),
    frozenUntil: freezeOf(objects.get(`${root}policy.json`)?.text, now),
    alarms: Object.entries({ ...asObject(control.alarms), ...asObject(orders.alarms) }).map(([name, said]) => ({
      name,
      ...saying(said),
    })),
    bad: verdictsOf(root, objects).map(refused),
    recalled: recalledIn(control, orders).map(refused),
    waiting: own.flatMap(({ instance, waiting }) => (waiting ? [{ instance, ...waiting }] : [])),
    silent: own
      .filter((report) => inService.has(report.instance) && isSilent(report, now))
      .map(({ instance, reported }) => ({ instance, reported })),
  };
}

/** Whether a host that reports by itself has not done so for long. */
export function isSilent({ packages, reported }: HostReport, now: Date): boolean {
  if (compareVersions(packages[AGENT] ?? "0", REPORTS_SINCE) < 0) return false;
  return now.getTime() - Date.parse(reported) > SILENT_MILLISECONDS;
}

function slotsOf(root: string, objects: Snapshot, now: Date): GroupStatus["slots"] {
  const found = [...objects].flatMap(([key, { text, modified }]) => {
    if (!key.startsWith(root)) return [];
    const name = key === `${root}lease.json` ? "0" : /^slots\/(\d+)\.json$/.exec(key.slice(root.length))?.[1];
    const body = fieldsOf(text);
    const instance = textOf(body.holder);
    if (name === undefined || instance === "") return [];
    // Older agents do not renew it, and say when it ends.
    const end = body.nonce === undefined ? Date.parse(textOf(body.expires)) : modified.getTime() + SLOT_MILLISECONDS;
    const [version, since, set] = [textOf(body.version), textOf(body.since), listOf(body.set)];
    const expired = end < now.getTime();
    return [{ slot: Number(name), instance, package: textOf(body.package), version, set, since, expired }];
  });
  return found.sort((a, b) => a.slot - b.slot);
}

/** Of what is called bad, who says so. */
function refusalsOf(group: string, objects: Snapshot, hosts: number): (claim: Claim) => Refusal {
  return (claim) => {
    const { ok, bad } = countVoices(objects, group, claim.package, claim.version);
    const believed = isBelieved(objects, group, claim.package, claim.version);
    return { ...claim, voices: { bad, ok, hosts: Math.max(hosts, bad, ok) }, believed };
  };
}

type Claim = Omit<Refusal, "voices" | "believed">;

/** What is recalled, each once: what people say is told before what hosts do. */
function recalledIn(...objects: readonly Fields[]): Claim[] {
  const claims = new Map<string, Claim>();
  for (const { recalled } of objects)
    for (const [name, versions] of Object.entries(asObject(recalled) ?? {}))
      for (const [version, said] of Object.entries(asObject(versions) ?? {}))
        claims.set(`${name} ${version}`, { package: name, version, ...saying(said) });
  return [...claims.values()];
}

function verdictsOf(root: string, objects: Snapshot): Claim[] {
  return [...objects].flatMap(([key, { text }]) => {
    if (!key.startsWith(`${root}verdicts/`)) return [];
    const body = fieldsOf(text);
    if (body.verdict !== "bad") return [];
    const [name = "", file = ""] = key.slice(`${root}verdicts/`.length).split("/");
    return [{ package: name, version: file.replace(/\.json$/, ""), ...saying({ ...body, by: body.instance }) }];
  });
}

function freezeOf(text: string | undefined, now: Date): string | null {
  const { freeze } = fieldsOf(text);
  const windows = (Array.isArray(freeze) ? freeze : []).flatMap((one): FreezeConfig[] => {
    const { cron, timeZone = "Etc/UTC", hours } = asObject(one) ?? {};
    const zone = textOf(timeZone);
    const shaped = typeof hours === "number" && hours <= MOST_FROZEN_HOURS && isTimeZone(zone);
    return shaped ? [{ cron: textOf(cron), timeZone: zone, hours }] : [];
  });
  const until = frozenUntil(windows, now);
  return until === undefined ? null : timestamp(until);
}

function saying(said: unknown): Saying {
  const { reason, by, at } = asObject(said) ?? {};
  return { reason: textOf(reason), by: textOf(by), at: textOf(at) };
}
