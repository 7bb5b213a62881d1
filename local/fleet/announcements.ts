import { randomUUID } from "node:crypto";
import type { EventBus } from "../region/events";
import { instanceArn } from "../region/place";
import type { Topics } from "../region/topics";
import { Activities } from "./activities";
import { type EventKind, notification } from "./activity";
import type { Member } from "./member";
import type { RefreshOrder } from "./refresh";
import type { GroupSettings, Transition } from "./settings";

/** EventBridge's names of what SNS calls `autoscaling:EC2_INSTANCE_…`. */
const DETAIL_TYPES: Readonly<Record<EventKind, string>> = {
  LAUNCH: "EC2 Instance Launch Successful",
  LAUNCH_ERROR: "EC2 Instance Launch Unsuccessful",
  TERMINATE: "EC2 Instance Terminate Successful",
  TERMINATE_ERROR: "EC2 Instance Terminate Unsuccessful",
};

/** What Auto Scaling tells the world about an instance: a group's topics, and EventBridge. */
export class Announcements {
  /** What was told before. */
  readonly activities = new Activities();

  constructor(
    private readonly topics: Pick<Topics, "publish">,
    private readonly bus: Pick<EventBus, "emit">,
    private readonly settings: GroupSettings,
  ) {}

  /** That an instance has come or gone, or could not. */
  async tell(kind: EventKind, member: Member, error = ""): Promise<void> {
    const ended = new Date();
    this.activities.add(kind, member.activity, ended, error);
    const { subject, message } = notification(kind, member.activity, ended, error);
    this.ofGroup(member, DETAIL_TYPES[kind], message);
    for (const target of this.settings.notificationTargets(member.group)) {
      if (!target.types.includes(`autoscaling:EC2_INSTANCE_${kind}`)) continue;
      await this.topics.publish(target.topicArn, member.activity.groupArn, subject, JSON.stringify(message));
    }
  }

  /** That an instance waits at a hook. */
  waits(transition: Transition, member: Member): void {
    const leaving = transition === "TERMINATING";
    this.ofGroup(member, `EC2 Instance-${leaving ? "terminate" : "launch"} Lifecycle Action`, {
      LifecycleActionToken: randomUUID(),
      AutoScalingGroupName: member.group,
      LifecycleHookName: member.hold?.hook.name,
      EC2InstanceId: member.spec.id,
      LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
      Origin: leaving ? "AutoScalingGroup" : "EC2",
      Destination: leaving ? "EC2" : "AutoScalingGroup",
    });
  }

  /** That EC2 takes a spot instance back. */
  interrupts({ spec }: Member): void {
    const detail = { "instance-id": spec.id, "instance-action": "terminate" };
    const [detailType, resources] = ["EC2 Spot Instance Interruption Warning", [instanceArn(spec)]];
    this.bus.emit({ region: spec.region, source: "aws.ec2", detailType, resources, detail });
  }

  /** How far a group is replaced: `Started`, `Succeeded`, `Failed`, `Cancelled`. */
  refreshes(stage: string, { group, region }: Pick<RefreshOrder, "group" | "region">, id: string): void {
    const detail = { InstanceRefreshId: id, AutoScalingGroupName: group };
    const detailType = `EC2 Auto Scaling Instance Refresh ${stage}`;
    this.bus.emit({ region, source: "aws.autoscaling", detailType, resources: [], detail });
  }

  private ofGroup({ spec, activity }: Member, detailType: string, detail: Readonly<Record<string, unknown>>): void {
    const resources = [activity.groupArn, instanceArn(spec)];
    this.bus.emit({ region: spec.region, source: "aws.autoscaling", detailType, resources, detail });
  }
}
