import { runtime } from "@pulumi/pulumi";
import type { Cloud } from "./cloud";

/** What Pulumi writes for a value that is known only once its resource exists, wherever a preview needs it. */
export const UNKNOWN = runtime.unknownValue;

/**
 * Answers as providers do in the first preview of a stack, in which nothing is created: a resource knows its own inputs, and
 * neither an identifier nor anything else that AWS makes up. Functions are called as ever.
 */
export function previewing(cloud: Cloud): Cloud {
  return {
    create: async ({ inputs }) => ({ state: inputs }),
    invoke: (call) => cloud.invoke(call),
  };
}
