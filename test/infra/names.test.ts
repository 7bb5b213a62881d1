import { STACK } from "../../infra/config/formats";
import * as names from "../../infra/names";
import { groupTags } from "../../infra/tags";

const longestStack = "s".repeat(16);
const longestGroup = "g".repeat(32);

describe("names", () => {
  it("are the ones the other parts and the operators rely on", () => {
    expect(names.resourceName("staging", "web")).toBe("towline-staging-web");
    expect(names.LAUNCH_HOOK).toBe("launch");
    expect(names.TERMINATION_HOOK).toBe("terminate");
    expect(names.targetGroupName("staging", "web", 6000)).toBe("staging-web-6000");
    expect(names.hostRoleName("staging", "web")).toBe("towline-staging-web-host");
    expect(names.loadBalancerName("staging")).toBe("towline-staging");
    expect(names.topicName("staging")).toBe("towline-staging");
    expect(names.hostsTopicName("staging")).toBe("towline-staging-hosts");
    expect(names.notifierName("staging")).toBe("towline-staging-notifier");
    expect(names.deadLetterQueueName("staging", "notifier")).toBe("towline-staging-notifier-undelivered");
    expect(names.alarmName("staging", "registry", "failures")).toBe("towline-staging-registry-failures");
  });

  it("fit AWS's limits for the longest stack and group the configuration allows", () => {
    expect(STACK.test(longestStack)).toBe(true);
    expect(STACK.test(`${longestStack}s`)).toBe(false);
    expect(names.hostRoleName(longestStack, longestGroup).length).toBeLessThanOrEqual(names.NAME_LIMITS.role);
    expect(names.loadBalancerName(longestStack).length).toBeLessThanOrEqual(names.NAME_LIMITS.loadBalancer);
    expect(names.notifierName(longestStack).length).toBeLessThanOrEqual(names.NAME_LIMITS.function);
  });

  it("can be read in one way only, because a stack's has no hyphen", () => {
    expect(STACK.test("eu-prod")).toBe(false);
  });
});

describe("the tags of a group", () => {
  it("hold the group's own beside towline's, which they cannot replace", () => {
    expect(groupTags("staging", "web", { team: "shop", Name: "mine" })).toEqual({
      team: "shop",
      Name: "towline-staging-web",
      "towline:stack": "staging",
      "towline:group": "web",
    });
  });
});
