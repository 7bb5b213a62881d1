import { members } from "../region/calls";

export interface LaunchHook {
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

/** What groups were told that moto does not keep: launch hooks and notification targets, by the name of the group. */
export class GroupSettings {
  private readonly hooks = new Map<string, LaunchHook>();
  private readonly targets = new Map<string, NotificationTarget[]>();

  launchHook(group: string): LaunchHook | undefined {
    return this.hooks.get(group);
  }

  notificationTargets(group: string): readonly NotificationTarget[] {
    return this.targets.get(group) ?? [];
  }

  /** Reads the hooks of CreateAutoScalingGroup (`LifecycleHookSpecificationList.member.N.…`). */
  readHooks(form: URLSearchParams): void {
    const list = "LifecycleHookSpecificationList";
    members(form, list, "LifecycleHookName").forEach((name, index) => {
      const field = (key: string) => form.get(`${list}.member.${index + 1}.${key}`);
      if (field("LifecycleTransition") !== "autoscaling:EC2_INSTANCE_LAUNCHING") return;
      this.hooks.set(form.get("AutoScalingGroupName") ?? "", {
        name,
        heartbeatTimeout: Number(field("HeartbeatTimeout") ?? 3600),
        defaultResult: field("DefaultResult") ?? "ABANDON",
      });
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
