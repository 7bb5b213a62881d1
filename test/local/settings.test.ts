import { GroupSettings } from "../../local/fleet/settings";

const HOOKS = "LifecycleHookSpecificationList";

describe("lifecycle hooks", () => {
  test("are read from the call that creates the group, for either end", () => {
    const settings = new GroupSettings();
    settings.readHooks(
      new URLSearchParams({
        AutoScalingGroupName: "web",
        [`${HOOKS}.member.1.LifecycleHookName`]: "bye",
        [`${HOOKS}.member.1.LifecycleTransition`]: "autoscaling:EC2_INSTANCE_TERMINATING",
        [`${HOOKS}.member.2.LifecycleHookName`]: "launch",
        [`${HOOKS}.member.2.LifecycleTransition`]: "autoscaling:EC2_INSTANCE_LAUNCHING",
        [`${HOOKS}.member.2.HeartbeatTimeout`]: "600",
        [`${HOOKS}.member.2.DefaultResult`]: "CONTINUE",
      }),
    );
    expect(settings.hook("web", "LAUNCHING")).toEqual({
      name: "launch",
      heartbeatTimeout: 600,
      defaultResult: "CONTINUE",
    });
    expect(settings.hook("web", "TERMINATING")?.name).toBe("bye");
    expect(settings.hook("other", "LAUNCHING")).toBeUndefined();
  });

  test("are changed one by one afterwards", () => {
    const settings = new GroupSettings();
    const put = (HeartbeatTimeout: string) =>
      settings.readHook(
        new URLSearchParams({
          ...{ AutoScalingGroupName: "web", LifecycleHookName: "launch", HeartbeatTimeout },
          ...{ LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING", DefaultResult: "ABANDON" },
        }),
      );
    put("600");
    put("30");
    expect(settings.hook("web", "LAUNCHING")).toEqual({
      name: "launch",
      heartbeatTimeout: 30,
      defaultResult: "ABANDON",
    });
  });

  test("wait an hour and abandon, as Auto Scaling's do, where nothing else is said", () => {
    const settings = new GroupSettings();
    settings.readHooks(
      new URLSearchParams({
        AutoScalingGroupName: "web",
        [`${HOOKS}.member.1.LifecycleHookName`]: "launch",
        [`${HOOKS}.member.1.LifecycleTransition`]: "autoscaling:EC2_INSTANCE_LAUNCHING",
      }),
    );
    expect(settings.hook("web", "LAUNCHING")).toEqual({
      name: "launch",
      heartbeatTimeout: 3600,
      defaultResult: "ABANDON",
    });
  });
});

describe("notification targets", () => {
  const put = (settings: GroupSettings, topic: string, ...types: string[]) => {
    const form = new URLSearchParams({ AutoScalingGroupName: "web", TopicARN: topic });
    for (const [index, type] of types.entries()) form.set(`NotificationTypes.member.${index + 1}`, type);
    return settings.readNotification(form);
  };

  test("are one for each topic, the last word on it counting", () => {
    const settings = new GroupSettings();
    expect(put(settings, "one", "LAUNCH", "TERMINATE")).toEqual({ topicArn: "one", types: ["LAUNCH", "TERMINATE"] });
    put(settings, "two", "LAUNCH");
    put(settings, "one", "TERMINATE");
    expect(settings.notificationTargets("web")).toEqual([
      { topicArn: "two", types: ["LAUNCH"] },
      { topicArn: "one", types: ["TERMINATE"] },
    ]);
    expect(settings.notificationTargets("other")).toEqual([]);
  });
});
