import { z } from "zod";
import type { GroupConfig, StackConfig } from "../../infra/config";
import { resourceName } from "../../infra/names";
import { HOURS, IMAGE_VOLUME, SPOT_DISCOUNT } from "./assumptions";
import { type Sizes, times } from "./sizes";
import { from, metered, type Usage, unknown } from "./usage";

/** The hosts of an Auto Scaling group and the volumes they boot from, and those of the hosts that wait. */
export const fleet = from(z.object({ name: z.string() }), ({ name }, config, { type }) => {
  const group = groupOf(name, config);
  return group === undefined ? [unknown(type)] : [...hosts(group), ...rootVolumes(group), ...addresses(group, config)];
});

function groupOf(physicalName: string, { stack, groups }: StackConfig): GroupConfig | undefined {
  return Object.entries(groups).find(([group]) => resourceName(stack, group) === physicalName)?.[1];
}

function hosts(group: GroupConfig): Usage[] {
  const { instanceType, size } = group;
  const onDemand = { min: onDemandOf(size.min, group), max: onDemandOf(size.max, group) };
  const spot = { min: size.min - onDemand.min, max: size.max - onDemand.max };
  return [
    { what: `${instanceType} on demand`, quantity: onDemand, discount: 0 },
    { what: `${instanceType} spot`, quantity: spot, discount: SPOT_DISCOUNT },
  ]
    .filter(({ quantity }) => quantity.max > 0)
    .map(({ what, quantity, discount }) => ({
      what,
      quantity: times(quantity, HOURS),
      rate: { instanceType, discount },
    }));
}

/** How many of so many instances Auto Scaling wants on demand: the base, and the share of the others, rounded up. */
function onDemandOf(count: number, { spot }: GroupConfig): number {
  if (spot === undefined) return count;
  const base = Math.min(count, spot.onDemand);
  return base + Math.ceil(((count - base) * (100 - spot.percent)) / 100);
}

/** Without a NAT gateway each host has an address of its own; who has a fixed one pays for that alone. */
function addresses({ elasticIp, size }: GroupConfig, { network }: StackConfig): Usage[] {
  if (network.nat !== "none" || elasticIp !== undefined) return [];
  return [metered("public IPv4 of hosts", times(size, HOURS), "publicAddress")];
}

function rootVolumes({ size, rootVolume, warmPool }: GroupConfig): Usage[] {
  // The launch template is not priced then.
  if (rootVolume?.type !== undefined && rootVolume.type !== "gp3") return [];
  const each = rootVolume?.size ?? IMAGE_VOLUME;
  const volumes = (what: string, count: Sizes): Usage =>
    metered(`${what}, ${each} GiB each`, times(count, each), "volumeStorage");
  if (warmPool === undefined) return [volumes("root volumes", size)];
  const prepared = warmPool.max ?? size.max;
  const waiting = (running: number): number => Math.max(warmPool.min, prepared - running);
  return [
    volumes("root volumes", size),
    volumes("root volumes of waiting hosts", { min: waiting(size.min), max: waiting(size.max) }),
  ];
}
