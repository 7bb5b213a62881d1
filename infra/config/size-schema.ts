import { z } from "zod";
import { whole } from "./expectations";

/** Bounds of a number of instances; that one is not above the other is checked by who uses it. */
export const size = z.strictObject({ min: whole(0, 100, "min: 2"), max: whole(0, 100, "max: 4") });
