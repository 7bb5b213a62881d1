import type { StackConfig } from "../../infra/config";

/** A number with all groups at their smallest (`size.min`), and with all at their largest (`size.max`). */
export interface Sizes {
  readonly min: number;
  readonly max: number;
}

/** The same at any size. */
export function always(count: number): Sizes {
  return { min: count, max: count };
}

/** So many times as much. */
export function times({ min, max }: Sizes, factor: number): Sizes {
  return { min: min * factor, max: max * factor };
}

/** All together. */
export function total(all: readonly Sizes[]): Sizes {
  return {
    min: all.reduce((sum, { min }) => sum + min, 0),
    max: all.reduce((sum, { max }) => sum + max, 0),
  };
}

/** The hosts of a stack that run. */
export function hostsOf({ groups }: StackConfig): Sizes {
  return total(Object.values(groups).map(({ size }) => size));
}
