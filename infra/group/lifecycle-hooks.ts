import type * as aws from "@pulumi/aws";
import type { GroupConfig } from "../config";
import { LAUNCH_HOOK, TERMINATION_HOOK } from "../names";

/** Seconds a new instance may go without a sign of life before it is given up. */
const LAUNCH_HEARTBEAT = 600;

/** Seconds an instance has to end its processes and let go of its disk once its last request is answered, several times over. */
const LEAVING = 270;

/** What holds instances up at both ends of their lives. The first instances are to meet it too, so it comes with the group. */
export function lifecycleHooks({ http }: GroupConfig): aws.types.input.autoscaling.GroupInitialLifecycleHook[] {
  return [
    {
      name: LAUNCH_HOOK,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      heartbeatTimeout: LAUNCH_HEARTBEAT,
      defaultResult: "ABANDON",
    },
    {
      name: TERMINATION_HOOK,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      heartbeatTimeout: LEAVING + (http?.deregistrationDelay ?? 0),
      // An instance that does not answer goes all the same.
      defaultResult: "CONTINUE",
    },
  ];
}
