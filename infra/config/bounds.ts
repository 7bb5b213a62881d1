import type { GroupConfig } from "./types";

/** Percent of a group that serves at least, and is there at most, while it is replaced. */
export interface Bounds {
  readonly minHealthyPercentage: number;
  readonly maxHealthyPercentage: number;
}

/** How many of a group's hosts may be gone, or there beside the others, while new ones take the place of old ones. */
export function bounds({ volume, elasticIp }: Pick<GroupConfig, "volume" | "elasticIp">): Bounds {
  // A disk can only be taken once its old host has let go of it.
  if (volume !== undefined) return { minHealthyPercentage: 0, maxHealthyPercentage: 100 };
  // New instances come first, so that a refresh never goes below the group's size; of one, the half more is another one.
  return { minHealthyPercentage: 100, maxHealthyPercentage: elasticIp === undefined ? 150 : 200 };
}
