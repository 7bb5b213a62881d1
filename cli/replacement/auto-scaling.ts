import { explained } from "../aws";
import { InputError } from "../errors";
import { broughtBy, desiredConfiguration, type GroupSight, type Refreshing } from "./plan";
import type { Preferences } from "./preferences";

/** A refresh at one moment (EC2 Auto Scaling API Reference, "InstanceRefresh"). */
export interface RefreshState extends Refreshing {
  /** `Pending`, `InProgress`, `Baking`, `Cancelling`, `Successful`, `Failed`, `Cancelled` … */
  readonly status: string;
  readonly percent: number;
  /** Instances still to be replaced. */
  readonly left: number;
  readonly reason: string;
}

/** What a replacement asks of Auto Scaling. */
export interface AutoScaling {
  look(): Promise<GroupSight>;
  /** The refresh that is under way, whoever started it. */
  underWay(): Promise<RefreshState | undefined>;
  start(sight: GroupSight, version: string, preferences: Preferences): Promise<string>;
  state(id: string): Promise<RefreshState>;
  cancel(): Promise<void>;
  /** Why launches failed since a time, the latest first. */
  failedLaunches(since: Date): Promise<readonly string[]>;
}

const ENDED = new Set(["Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed"]);

export function hasEnded({ status }: RefreshState): boolean {
  return ENDED.has(status);
}

/** Auto Scaling of a region, for one group. */
export async function autoScalingOf(region: string, group: string): Promise<AutoScaling> {
  const sdk = await import("@aws-sdk/client-auto-scaling");
  const client = new sdk.AutoScalingClient({ region });
  const AutoScalingGroupName = group;
  const described = async (InstanceRefreshIds?: string[]): Promise<RefreshState[]> => {
    const command = new sdk.DescribeInstanceRefreshesCommand({ AutoScalingGroupName, InstanceRefreshIds });
    const found = (await explained(`see how ${group} is replaced`, () => client.send(command))).InstanceRefreshes ?? [];
    return found.map((one) => ({
      id: one.InstanceRefreshId ?? "",
      status: one.Status ?? "",
      percent: one.PercentageComplete ?? 0,
      left: one.InstancesToUpdate ?? 0,
      reason: one.StatusReason ?? "",
      version: broughtBy(one.DesiredConfiguration),
    }));
  };
  return {
    async look() {
      const command = new sdk.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] });
      const found = (await explained(`read the group ${group}`, () => client.send(command))).AutoScalingGroups?.[0];
      if (found === undefined) throw new InputError(`${group} is not in AWS; 'pulumi up' makes it`);
      const mixed = found.MixedInstancesPolicy;
      const { LaunchTemplateId: id, Version: version } =
        found.LaunchTemplate ?? mixed?.LaunchTemplate?.LaunchTemplateSpecification ?? {};
      if (id === undefined || version === undefined)
        throw new InputError(`${group} has no launch template of towline's`);
      const instances = (found.Instances ?? []).map(
        ({ InstanceId = "", LifecycleState = "", LaunchTemplate: own }) => ({
          id: InstanceId,
          lifecycle: LifecycleState,
          ...(own?.LaunchTemplateId !== undefined &&
            own.Version !== undefined && { template: { id: own.LaunchTemplateId, version: own.Version } }),
        }),
      );
      return { template: { id, version }, instances, ...(mixed !== undefined && { mixed }) };
    },
    underWay: async () => (await described()).find((one) => !hasEnded(one)),
    async start(sight, version, preferences) {
      const command = new sdk.StartInstanceRefreshCommand({
        AutoScalingGroupName,
        Strategy: "Rolling",
        DesiredConfiguration: desiredConfiguration(sight, version),
        Preferences: {
          MinHealthyPercentage: preferences.minHealthyPercentage,
          MaxHealthyPercentage: preferences.maxHealthyPercentage,
          InstanceWarmup: preferences.warmup,
          SkipMatching: preferences.skipMatching,
          ...(preferences.bake > 0 && { BakeTime: preferences.bake }),
          ...(preferences.alarms.length > 0 && { AlarmSpecification: { Alarms: [...preferences.alarms] } }),
        },
      });
      return (await explained(`start to replace ${group}`, () => client.send(command))).InstanceRefreshId ?? "";
    },
    async state(id) {
      const [found] = await described([id]);
      if (found === undefined) throw new InputError(`${group} knows no refresh ${id} any more`);
      return found;
    },
    async cancel() {
      const command = new sdk.CancelInstanceRefreshCommand({ AutoScalingGroupName });
      await explained(`stop replacing ${group}`, () => client.send(command));
    },
    async failedLaunches(since) {
      const command = new sdk.DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: 50 });
      const { Activities = [] } = await explained(`read what became of ${group}'s launches`, () =>
        client.send(command),
      );
      return Activities.filter(
        ({ StatusCode, Description, StartTime }) =>
          (StatusCode === "Failed" || StatusCode === "Cancelled") &&
          Description?.startsWith("Launching") &&
          (StartTime ?? since) >= since,
      ).map(({ StatusMessage, Description = "" }) => StatusMessage || Description);
    },
  };
}
