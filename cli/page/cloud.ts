import { resourceName } from "../../infra/names";
import { explained } from "../aws";
import { mapConcurrently } from "../concurrency";
import type { GroupSize } from "../fleet/instances";
import type { Stack } from "../project";
import type { Activity } from "./timeline";

/** What the page asks of AWS beside the bucket and the groups. */
export interface Cloud {
  /** What Auto Scaling did to a stack's groups lately, the newest of each group. */
  activities(sizes: readonly GroupSize[]): Promise<Activity[]>;
  /** How the load balancer finds the hosts of groups, by `<group>/<instance>`. */
  targets(sizes: readonly GroupSize[]): Promise<Record<string, string>>;
}

/** Activities of a group that one request gives. */
const MOST = 50;

/** With the default credentials. */
export async function openCloud({ name: stack, config }: Stack): Promise<Cloud> {
  const scaling = await import("@aws-sdk/client-auto-scaling");
  const balancing = await import("@aws-sdk/client-elastic-load-balancing-v2");
  const [groups, balancer] = [
    new scaling.AutoScalingClient({ region: config.region }),
    new balancing.ElasticLoadBalancingV2Client({ region: config.region }),
  ];
  return {
    activities: (sizes) =>
      explained(`read what Auto Scaling did in ${stack}`, async () => {
        const read = await mapConcurrently(sizes, async ({ group }) => {
          const AutoScalingGroupName = resourceName(stack, group);
          const command = new scaling.DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: MOST });
          const { Activities = [] } = await groups.send(command);
          return Activities.map(({ StartTime, Description = "", Cause = "", StatusCode, StatusMessage }) => ({
            group,
            at: StartTime ?? new Date(0),
            description: Description,
            cause: Cause,
            failure: StatusCode === "Failed" || StatusCode === "Cancelled" ? (StatusMessage ?? StatusCode) : "",
          }));
        });
        return read.flat();
      }),
    targets: (sizes) =>
      explained(`read the targets of ${stack}`, async () => {
        const asked = sizes.flatMap(({ group, targetGroups }) => targetGroups.map((arn) => ({ group, arn })));
        const read = await mapConcurrently(asked, async ({ group, arn }) => {
          const command = new balancing.DescribeTargetHealthCommand({ TargetGroupArn: arn });
          const { TargetHealthDescriptions = [] } = await balancer.send(command);
          return TargetHealthDescriptions.map(({ Target, TargetHealth }): [string, string] => [
            `${group}/${Target?.Id ?? ""}`,
            TargetHealth?.State ?? "unknown",
          ]);
        });
        return Object.fromEntries(read.flat());
      }),
  };
}
