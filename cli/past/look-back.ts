import { isGroupObject } from "../fleet/group-status";
import { type StackStatus, stackStatus } from "../fleet/look";
import { isVoice } from "../fleet/voice-keys";
import { warn } from "../progress";
import type { Stack } from "../project";
import type { PastBucket } from "./past-bucket";
import { pastFleet } from "./past-fleet";

/** How a stack was at the moment of a bucket of the past. */
export async function lookBack(stack: Pick<Stack, "config">, bucket: PastBucket): Promise<StackStatus> {
  const objects = await bucket.snapshot(
    ["hosts/", "rollout/"],
    (key) => isGroupObject(key) || isVoice(key) || key.startsWith("hosts/"),
  );
  const fleet = pastFleet(Object.keys(stack.config.groups), objects, bucket.at);
  return stackStatus(stack, fleet, objects, bucket.at, warn);
}
