import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { GroupConfig } from "../config";
import { LAUNCH_HOOK, TERMINATION_HOOK } from "../names";

/** Seconds a new instance may go without a sign of life before it is given up. */
const LAUNCH_HEARTBEAT = 600;

/** Seconds an instance has to end its processes and let go of its disk once its last request is answered, several times over. */
const LEAVING = 270;

interface Hook {
  readonly name: string;
  readonly lifecycleTransition: string;
  readonly heartbeatTimeout: number;
  readonly defaultResult: string;
}

/** What holds instances up at both ends of their lives. The first instances are to meet it too, so it comes with the group. */
export function initialHooks({ http }: GroupConfig): Hook[] {
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

/**
 * Keeps the hooks of a group as they are configured. Those it was created with cannot be changed: the provider would replace the
 * whole group. AWS takes a second hook of a name for a change of the first.
 */
export function keepHooks(
  name: string,
  group: GroupConfig,
  autoscalingGroupName: pulumi.Output<string>,
  parent: pulumi.Resource,
): void {
  for (const hook of initialHooks(group)) {
    new aws.autoscaling.LifecycleHook(`${name}-${hook.name}-hook`, { ...hook, autoscalingGroupName }, { parent });
  }
}
