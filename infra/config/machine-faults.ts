import { type Fault, GROUPS } from "./fault";
import type { GroupConfig, RootVolumeConfig, StackConfig } from "./types";

/** What each type of volume takes (Amazon EBS, "Amazon EBS volume types"): operations a second, of which a GiB gives so many. */
const VOLUMES = {
  gp2: undefined,
  gp3: { min: 3000, max: 16_000, eachGib: 500 },
  io1: { min: 100, max: 64_000, eachGib: 50 },
  io2: { min: 100, max: 256_000, eachGib: 1000 },
} as const;

/** MiB a second for each operation a second of a gp3. */
const THROUGHPUT_EACH = 0.25;

/** Finds what a group's machines do not go with. The group is named, since the value may be `__base__`'s. */
export function machineFaults(config: StackConfig, name: string, group: GroupConfig): Fault[] {
  const { rootVolume } = group;
  return [
    ...(rootVolume === undefined ? [] : volumeFaults([GROUPS, name, "rootVolume"], rootVolume, config.region)),
    ...typesAndRequirements(name, group),
    ...crowdedDisk(name, group),
  ];
}

function volumeFaults(path: readonly PropertyKey[], volume: RootVolumeConfig, region: string): Fault[] {
  const { type = "gp3", iops, throughput, size, kmsKey } = volume;
  const at = (key: string, sentence: string): Fault => ({ path: [...path, key], sentence });
  const speed = VOLUMES[type];
  const faults: Fault[] = [];
  if (iops !== undefined && speed === undefined)
    faults.push(
      at("iops", `should be absent with a ${type}, whose size says how fast it is. Remove it, or write "type: gp3".`),
    );
  if (iops === undefined && (type === "io1" || type === "io2"))
    faults.push(
      at(
        "iops",
        `is missing; an ${type} should say how many operations a second it is for. Write for example "iops: 3000".`,
      ),
    );
  if (speed !== undefined && iops !== undefined && (iops < speed.min || iops > speed.max))
    faults.push(
      at(
        "iops",
        `should be from ${speed.min} to ${speed.max} with a ${type}, but is ${iops}. Write for example "iops: ${speed.min}".`,
      ),
    );
  else if (speed !== undefined && iops !== undefined && iops > 3000 && size === undefined)
    faults.push(
      at(
        "size",
        `is missing; with ${iops} operations a second it should be given, since EBS gives a ${type} at most ${speed.eachGib} for each GiB. Write for example "size: ${Math.max(8, Math.ceil(iops / speed.eachGib))}".`,
      ),
    );
  else if (speed !== undefined && iops !== undefined && size !== undefined && iops > size * speed.eachGib)
    faults.push(
      at(
        "iops",
        `should be at most ${speed.eachGib} for each GiB of a ${type}, of which there are ${size}, but is ${iops}. Lower it, or write "size: ${Math.ceil(iops / speed.eachGib)}".`,
      ),
    );
  if (throughput !== undefined && type !== "gp3")
    faults.push(
      at(
        "throughput",
        `should be absent with a ${type}; only of a gp3 it can be chosen. Remove it, or write "type: gp3".`,
      ),
    );
  else if (throughput !== undefined && throughput > (iops ?? 3000) * THROUGHPUT_EACH)
    faults.push(
      at(
        "throughput",
        `should be at most ${(iops ?? 3000) * THROUGHPUT_EACH}, a quarter of iops, which is ${iops ?? "3000 unless it is given"}, but is ${throughput}. Lower it, or write "iops: ${throughput / THROUGHPUT_EACH}".`,
      ),
    );
  const place = kmsKey?.split(":")[3] ?? region;
  if (place !== region)
    faults.push(
      at(
        "kmsKey",
        `should be a key of the stack's region, which is ${region}, since EBS takes no other, but is one of ${place}. Make one in ${region}.`,
      ),
    );
  return faults;
}

/** Who says what a host must have names no other types, and has no stopped hosts: Auto Scaling has no warm pool with several types. */
function typesAndRequirements(name: string, group: GroupConfig): Fault[] {
  if (group.instanceTypes === undefined) return [];
  const others = [
    ...(group.alternativeTypes.length > 0 ? ["alternativeTypes"] : []),
    ...(group.warmPool === undefined ? [] : ["warmPool"]),
  ];
  return others.map((key) => ({
    path: [GROUPS, name, key],
    sentence: `should be absent in ${name}, whose instanceTypes say what a host must have, so that Auto Scaling chooses the type. Remove it, or instanceTypes.`,
  }));
}

/** A second host would wait for the disk, or the address, that the first one has. */
function crowdedDisk(name: string, { maintenance, volume }: GroupConfig): Fault[] {
  if (volume === undefined || maintenance === undefined || maintenance.maxHealthy === 100) return [];
  return [
    {
      path: [GROUPS, name, "maintenance", "maxHealthy"],
      sentence: `should be 100 in ${name}, whose volume only one host can have, but is ${maintenance.maxHealthy}. Write "maxHealthy: 100", or remove maintenance.`,
    },
  ];
}
