import { members } from "../region/calls";

export type Transition = "LAUNCHING" | "TERMINATING";

export interface LifecycleHook {
  readonly name: string;
  /** Seconds until `defaultResult` is taken for an answer. */
  readonly heartbeatTimeout: number;
  readonly defaultResult: string;
}

export interface NotificationTarget {
  readonly topicArn: string;
  /** `autoscaling:EC2_INSTANCE_LAUNCH` … */
  readonly types: readonly string[];
}

/** What groups were told that moto does not keep: lifecycle hooks, notification targets and refreshes, by the name of the group. */
export class GroupSettings {
  /** Version of the launch template that new instances get, of groups whose instances are being replaced. */
  readonly refreshing = new Map<string, string>();
  private readonly hooks = new Map<string, LifecycleHook>();
  private readonly targets = new Map<string, NotificationTarget[]>();

  /** The hook of a group at one end of its instances' lives. */
  hook(group: string, transition: Transition): LifecycleHook | undefined {
    return this.hooks.get(`${group} autoscaling:EC2_INSTANCE_${transition}`);
  }

  notificationTargets(group: string): readonly NotificationTarget[] {
    return this.targets.get(group) ?? [];
  }

  /** Reads the hooks of CreateAutoScalingGroup (`LifecycleHookSpecificationList.member.N.…`). */
  readHooks(form: URLSearchParams): void {
    const list = "LifecycleHookSpecificationList";
    members(form, list, "LifecycleHookName").forEach((_, index) => {
      this.readHook(form, `${list}.member.${index + 1}.`);
    });
  }

  /** Reads PutLifecycleHook; a second hook at the same end of the instances' lives replaces the first. */
  readHook(form: URLSearchParams, place = ""): void {
    const field = (key: string) => form.get(`${place}${key}`);
    this.hooks.set(`${form.get("AutoScalingGroupName")} ${field("LifecycleTransition")}`, {
      name: field("LifecycleHookName") ?? "",
      heartbeatTimeout: Number(field("HeartbeatTimeout") ?? 3600),
      defaultResult: field("DefaultResult") ?? "ABANDON",
    });
  }

  /** Reads PutNotificationConfiguration; a second call for the same topic replaces the first. */
  readNotification(form: URLSearchParams): NotificationTarget {
    const group = form.get("AutoScalingGroupName") ?? "";
    const target = { topicArn: form.get("TopicARN") ?? "", types: members(form, "NotificationTypes") };
    const others = this.notificationTargets(group).filter((known) => known.topicArn !== target.topicArn);
    this.targets.set(group, [...others, target]);
    return target;
  }
}
