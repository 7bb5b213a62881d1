import { resourceName } from "../../infra/names";
import { explained } from "../aws";
import type { Stack } from "../project";

/** An instance as Auto Scaling sees it. */
export interface FleetInstance {
  readonly group: string;
  readonly instance: string;
  /** `InService`, `Pending:Wait`, … */
  readonly lifecycle: string;
}

/** How large a group is to be, and which target groups its hosts are in. */
export interface GroupSize {
  readonly group: string;
  readonly min: number;
  readonly desired: number;
  readonly max: number;
  readonly targetGroups: readonly string[];
}

/** The Auto Scaling groups of a stack. */
export interface Fleet {
  readonly instances: readonly FleetInstance[];
  readonly sizes: readonly GroupSize[];
  /** Groups the configuration has and AWS has not. */
  readonly absentGroups: readonly string[];
}

/** Reads the instances of all groups of a stack. */
export async function readFleet(stack: Stack): Promise<Fleet> {
  const autoScaling = await import("@aws-sdk/client-auto-scaling");
  const client = new autoScaling.AutoScalingClient({ region: stack.config.region });
  const groups = Object.keys(stack.config.groups);
  const names = new Map(groups.map((group) => [resourceName(stack.name, group), group]));
  return explained(`read the Auto Scaling groups of ${stack.name}`, async () => {
    const instances: FleetInstance[] = [];
    const sizes: GroupSize[] = [];
    const pages = autoScaling.paginateDescribeAutoScalingGroups(
      { client },
      { AutoScalingGroupNames: [...names.keys()] },
    );
    for await (const page of pages) {
      for (const described of page.AutoScalingGroups ?? []) {
        const group = names.get(described.AutoScalingGroupName ?? "");
        if (group === undefined) continue;
        const { MinSize: min = 0, DesiredCapacity: desired = 0, MaxSize: max = 0, TargetGroupARNs = [] } = described;
        sizes.push({ group, min, desired, max, targetGroups: TargetGroupARNs });
        for (const { InstanceId, LifecycleState } of described.Instances ?? []) {
          if (InstanceId !== undefined)
            instances.push({ group, instance: InstanceId, lifecycle: LifecycleState ?? "unknown" });
        }
      }
    }
    const found = new Set(sizes.map(({ group }) => group));
    return { instances, sizes, absentGroups: groups.filter((group) => !found.has(group)) };
  });
}
