import { compareVersions } from "../deb/version-order";
import type { GroupStatus } from "../fleet/group-status";
import { asObject, fieldsOf, textOf } from "../fleet/loose";
import type { Snapshot } from "../fleet/snapshot";
import type { StatusRow } from "../fleet/status";
import { trialKey, verdictKey } from "../fleet/verdict";
import { isBelieved } from "../fleet/voices";
import { turnIncludes } from "../rollout/hosts";
import { timestamp } from "../time";
import type { RolloutView } from "./model";

/** What hosts of a group may take. */
export interface Offer {
  readonly group: string;
  readonly package: string;
  /** Versions that the suite they go by lists. */
  readonly listed: readonly string[];
}

/** Versions on their way through groups: those that are wanted, and not yet where they are to be. */
export function rolloutsOf(
  offers: readonly Offer[],
  rows: readonly StatusRow[],
  groups: readonly GroupStatus[],
  objects: Snapshot,
  now: Date,
): RolloutView[] {
  return offers.flatMap((offer): RolloutView[] => {
    const group = groups.find((one) => one.group === offer.group);
    const members = rows.filter((row) => row.group === offer.group && row.lifecycle === "InService");
    const version = group && wantedOf(offer, group);
    if (group === undefined || version === undefined || members.length === 0) return [];
    const done = members.filter((row) => row.packages[offer.package] === version && row.state === "serving");
    const { canary, at } = trialOf(objects, offer, version);
    const proven = wordOf(objects, offer, version) === "ok";
    const bakes = !proven && done.some(({ instance }) => instance === canary);
    if (done.length === members.length && !bakes) return [];
    const slots = group.slots.filter((slot) => turnIncludes(slot, offer.package, version) && !slot.expired);
    const waiting = group.waiting
      .filter((one) => turnIncludes(one, offer.package, version))
      .map(({ instance }) => instance);
    const out = slots.map(({ instance }) => instance);
    const phase = proven ? "rolling" : bakes ? "bake" : out.length > 0 || canary !== "" ? "canary" : "waits";
    const left = members.length - done.length;
    return [
      {
        ...{ group: offer.group, package: offer.package, version, phase, canary: proven ? "" : canary },
        ...{ done: done.length, total: members.length, out, waiting },
        stopped: stoppedBy(group),
        expected:
          phase === "bake"
            ? endOfBake(objects, offer.group, at)
            : phase === "rolling"
              ? endOfRollout(objects, offer, left, members.length, now)
              : null,
      },
    ];
  });
}

/** The highest that nobody found bad. */
function wantedOf(offer: Offer, { bad, recalled }: GroupStatus): string | undefined {
  const refused = [...bad, ...recalled]
    .filter((one) => one.package === offer.package && one.believed)
    .map(({ version }) => version);
  return offer.listed.filter((version) => !refused.includes(version)).sort((a, b) => compareVersions(b, a))[0];
}

function trialOf(objects: Snapshot, { group, package: name }: Offer, version: string): { canary: string; at: string } {
  const trial = fieldsOf(objects.get(trialKey(group, name, version))?.text);
  return { canary: textOf(trial.canary), at: textOf(trial.at) };
}

function wordOf(objects: Snapshot, { group, package: name }: Offer, version: string): string {
  const word = textOf(fieldsOf(objects.get(verdictKey(group, name, version))?.text).verdict);
  return word === "bad" && !isBelieved(objects, group, name, version) ? "ok" : word;
}

function stoppedBy({ held, frozenUntil, alarms }: GroupStatus): string {
  if (held) return `held${held.reason === "" ? "" : `: ${held.reason}`}`;
  if (frozenUntil) return `frozen until ${frozenUntil}`;
  return alarms[0] === undefined ? "" : `alarm ${alarms[0].name} is on`;
}

/** At the soonest: time in which nobody looked does not count. */
function endOfBake(objects: Snapshot, group: string, at: string): string | null {
  const { bake } = policyOf(objects, group);
  const began = Date.parse(at);
  return bake === 0 || Number.isNaN(began) ? null : timestamp(began + bake * 1000);
}

/** The lease says how long the last host took. */
function endOfRollout(
  objects: Snapshot,
  { group, ...offer }: Offer,
  left: number,
  total: number,
  now: Date,
): string | null {
  const lease = fieldsOf(objects.get(`rollout/${group}/lease.json`)?.text);
  const { took } = lease;
  if (typeof took !== "number" || took <= 0 || lease.package !== offer.package) return null;
  const { maxUnavailable } = policyOf(objects, group);
  const share = /^(\d+)%$/.exec(String(maxUnavailable))?.[1];
  const most = share === undefined ? Number(maxUnavailable) : Math.floor((Number(share) * total) / 100);
  const turns = Math.ceil(left / Math.max(1, Number.isFinite(most) ? most : 1));
  return timestamp(now.getTime() + turns * took * 1000);
}

function policyOf(objects: Snapshot, group: string): { maxUnavailable: unknown; bake: number } {
  const policy = asObject(fieldsOf(objects.get(`rollout/${group}/policy.json`)?.text)) ?? {};
  return { maxUnavailable: policy.maxUnavailable ?? 1, bake: typeof policy.bake === "number" ? policy.bake : 0 };
}
