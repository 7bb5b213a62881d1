import type { z } from "zod";
import type { StackConfig } from "../../infra/config";
import type { Declared } from "../../infra/synth/declared";
import type { MeterName } from "./meters";
import { always, type Sizes } from "./sizes";

/** What a quantity is charged by: a meter, hours of an instance type, or something no price is known for. */
export type Rate =
  | { readonly meter: MeterName }
  | { readonly instanceType: string /** Part of the price that is saved. */; readonly discount: number }
  | "unknown";

/** Something a resource uses in a month. */
export interface Usage {
  /** For people. */
  readonly what: string;
  /** In single units: requests, not thousands of them. */
  readonly quantity: Sizes;
  readonly rate: Rate;
}

/** Tells what a resource of one type uses in a month; nothing where it costs nothing. */
export type UsageOf = (resource: Declared, config: StackConfig) => readonly Usage[];

/** One charge by a meter. */
export function metered(what: string, quantity: Sizes, meter: MeterName): Usage {
  return { what, quantity, rate: { meter } };
}

/** What has a price that is not known here. */
export function unknown(what: string): Usage {
  return { what, quantity: always(1), rate: "unknown" };
}

/**
 * Usage that is told from a resource's inputs. One whose inputs are of another shape is not priced, so that what the
 * program may declare some day never costs nothing by mistake.
 */
export function from<Inputs extends z.ZodType>(
  inputs: Inputs,
  tell: (given: z.output<Inputs>, config: StackConfig, resource: Declared) => readonly Usage[],
): UsageOf {
  return (resource, config) => {
    const given = inputs.safeParse(resource.inputs);
    return given.success ? tell(given.data, config, resource) : [unknown(resource.type)];
  };
}
