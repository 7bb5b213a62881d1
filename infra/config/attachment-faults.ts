import { type Fault, GROUPS } from "./fault";
import type { GroupConfig } from "./types";

/** Finds what a group's address, disk and spares do not go with. The group is named, since the value may be `__base__`'s. */
export function attachmentFaults(name: string, group: GroupConfig): Fault[] {
  return [
    ...crowds(name, group),
    ...balancedAddress(name, group),
    ...lostVolume(name, group),
    ...mixedSpares(name, group),
  ];
}

/** One address and one disk have one host; a second would wait for them until it is given up. */
function crowds(name: string, { size, elasticIp, volume, scaling }: GroupConfig): Fault[] {
  const attachment = volume ? "volume" : elasticIp && "elasticIp";
  if (attachment === undefined) return [];
  const sizes = Object.entries(scaling?.schedule ?? {}).map(([time, { max }]) => ({
    path: ["scaling", "schedule", time, "max"],
    max,
  }));
  return [{ path: ["size", "max"], max: size.max }, ...sizes]
    .filter(({ max }) => max > 1)
    .map(({ path, max }) => ({
      path: [GROUPS, name, ...path],
      sentence: `should be 1 in ${name}, whose ${attachment} only one host can have, but is ${max}. Write "max: 1" in ${name}, or remove ${attachment}.`,
    }));
}

/** Without a load balancer nothing chooses between groups, or counts requests. */
function balancedAddress(name: string, { elasticIp, http, scaling }: GroupConfig): Fault[] {
  if (elasticIp === undefined) return [];
  const faults: Fault[] = [];
  const choosing = (["hosts", "paths"] as const).filter((key) => (http?.[key].length ?? 0) > 0);
  for (const key of choosing) {
    faults.push({
      path: [GROUPS, name, "http", key],
      sentence: `should be absent in ${name}, whose requests come to its elasticIp, past the load balancer. Remove it, or elasticIp.`,
    });
  }
  if (scaling?.requestsPerTarget !== undefined) {
    faults.push({
      path: [GROUPS, name, "scaling", "requestsPerTarget"],
      sentence: `should be absent in ${name}, whose requests come to its elasticIp, where no load balancer counts them. Remove it, or elasticIp.`,
    });
  }
  return faults;
}

/** A host that can be taken away within two minutes is no place for a disk that only one host can have. */
function lostVolume(name: string, { volume, spot }: GroupConfig): Fault[] {
  if (volume === undefined || spot === undefined) return [];
  return [
    {
      path: [GROUPS, name, "spot"],
      sentence: `should be absent in ${name}, which has a volume: a spot host may be gone before it has let go of the disk. Remove spot, or volume.`,
    },
  ];
}

/** Auto Scaling has no warm pool for groups with several types or spot instances; an address or a disk has one host only. */
function mixedSpares(name: string, group: GroupConfig): Fault[] {
  if (group.warmPool === undefined) return [];
  const others = (["spot", "volume", "elasticIp"] as const).filter((key) => group[key] !== undefined);
  const excluded = group.alternativeTypes.length > 0 ? ["alternativeTypes", ...others] : others;
  return excluded.map((key) => ({
    path: [GROUPS, name, "warmPool"],
    sentence: `should be absent in ${name}, which has ${key}: such a group cannot have hosts that wait. Remove it, or ${key}.`,
  }));
}
