import type { FreezeConfig } from "../../infra/config";
import { isTimeZone } from "../../infra/config/formats";
import { compareVersions } from "../deb/version-order";
import { timestamp } from "../time";
import { frozenUntil } from "./freeze";
import { AGENT } from "./groups";
import type { HostReport } from "./host";
import type { FleetInstance } from "./instances";
import { asObject, fieldsOf, listOf, textOf } from "./loose";
import type { Snapshot } from "./snapshot";

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
  readonly bad: readonly (Saying & { readonly package: string; readonly version: string })[];
  readonly recalled: readonly (Saying & { readonly package: string; readonly version: string })[];
  readonly waiting: readonly ({ readonly instance: string } & Waiting)[];
  /** Hosts in service that have not reported for long. */
  readonly silent: readonly { readonly instance: string; readonly reported: string }[];
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
  return /^rollout\/[^/]+\/(control|policy|lease)\.json$|^rollout\/[^/]+\/(slots|verdicts)\//.test(key);
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
  const control = fieldsOf(objects.get(`${root}control.json`)?.text);
  const inService = new Set(
    instances.filter((one) => one.group === group && one.lifecycle === "InService").map(({ instance }) => instance),
  );
  const own = reports.filter((report) => report.group === group).sort((a, b) => a.instance.localeCompare(b.instance));
  return {
    group,
    slots: slotsOf(root, objects, now),
    held: asObject(control.hold) === undefined ? null : saying(control.hold),
    frozenUntil: freezeOf(objects.get(`${root}policy.json`)?.text, now),
    alarms: Object.entries(asObject(control.alarms) ?? {}).map(([name, said]) => ({ name, ...saying(said) })),
    bad: badOf(root, objects),
    recalled: Object.entries(asObject(control.recalled) ?? {}).flatMap(([name, versions]) =>
      Object.entries(asObject(versions) ?? {}).map(([version, said]) => ({ package: name, version, ...saying(said) })),
    ),
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

function badOf(root: string, objects: Snapshot): GroupStatus["bad"] {
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
