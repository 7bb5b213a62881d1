import {
  type Activity,
  abandonedStatus,
  launchCause,
  lostInstanceCause,
  notification,
  requestedTerminationCause,
  terminationCause,
  testNotification,
} from "../../local/fleet/activity";

const at = new Date("2026-03-04T05:06:07.890Z");
const now = new Date("2026-03-04T05:06:09.120Z");
const reason = "a user request explicitly set group desired capacity changing the desired capacity from 2 to 3";

const ARN = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/towline-prod-web";
const activity: Activity = {
  id: "7b0c1d7e-0000-4000-8000-000000000001",
  group: "towline-prod-web",
  groupArn: ARN,
  instance: "i-0abc",
  zone: "eu-west-1b",
  subnet: "subnet-1",
  cause: "because",
  began: at,
};

describe("causes, in Auto Scaling's own words", () => {
  test("a launch that somebody asked for", () => {
    expect(launchCause({ reason, at, from: 2, to: 3 }, now)).toBe(
      `At 2026-03-04T05:06:07Z ${reason}.  At 2026-03-04T05:06:09Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 2 to 3.`,
    );
  });

  test("a launch that makes up for an instance that is gone", () => {
    expect(launchCause({ at, from: 1, to: 2 }, now)).toBe(
      "At 2026-03-04T05:06:09Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 1 to 2.",
    );
  });

  test("a termination names every instance that was selected", () => {
    expect(terminationCause({ reason: "a reason", at, from: 4, to: 2 }, now, ["i-1", "i-2"])).toBe(
      "At 2026-03-04T05:06:07Z a reason.  At 2026-03-04T05:06:09Z an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 4 to 2.  At 2026-03-04T05:06:09Z instance i-1 was selected for termination.  At 2026-03-04T05:06:09Z instance i-2 was selected for termination.",
    );
  });

  test("a termination of this very instance, with and without a smaller group", () => {
    expect(requestedTerminationCause("i-1", now)).toBe(
      "At 2026-03-04T05:06:09Z instance i-1 was taken out of service in response to a user request.",
    );
    expect(requestedTerminationCause("i-1", now, { from: 2, to: 1 })).toBe(
      "At 2026-03-04T05:06:09Z instance i-1 was taken out of service in response to a user request, shrinking the capacity from 2 to 1.",
    );
  });

  test("an instance that went off by itself", () => {
    expect(lostInstanceCause(now)).toBe(
      "At 2026-03-04T05:06:09Z an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.",
    );
  });
});

describe("messages to the group's topics", () => {
  const common = {
    AccountId: "123456789012",
    RequestId: activity.id,
    ActivityId: activity.id,
    AutoScalingGroupARN: ARN,
    AutoScalingGroupName: "towline-prod-web",
    StartTime: "2026-03-04T05:06:07.890Z",
    EndTime: "2026-03-04T05:06:09.120Z",
    Time: "2026-03-04T05:06:09.120Z",
    Service: "AWS Auto Scaling",
    EC2InstanceId: "i-0abc",
    Details: { "Subnet ID": "subnet-1", "Availability Zone": "eu-west-1b" },
    Cause: "because",
  };

  test("a launch", () => {
    const { subject, message } = notification("LAUNCH", activity, now);
    expect(subject).toBe('Auto Scaling: launch for group "towline-prod-web"');
    expect(message).toEqual({
      ...common,
      Origin: "EC2",
      Destination: "AutoScalingGroup",
      Progress: 50,
      Description: "Launching a new EC2 instance: i-0abc",
      StatusCode: "InProgress",
      StatusMessage: "",
      Event: "autoscaling:EC2_INSTANCE_LAUNCH",
    });
  });

  test("a launch that was abandoned", () => {
    const status = abandonedStatus("e85eb647", "Heartbeat Timeout");
    const sentence =
      "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token e85eb647 was abandoned: Heartbeat Timeout";
    const { subject, message } = notification("LAUNCH_ERROR", activity, now, status);
    expect(subject).toBe('Auto Scaling: failed launch for group "towline-prod-web"');
    expect(message).toEqual({
      ...common,
      Origin: "EC2",
      Destination: "AutoScalingGroup",
      Progress: 100,
      Description: `Launching a new EC2 instance: i-0abc.  Status Reason: ${sentence}`,
      StatusCode: "Cancelled",
      StatusMessage: sentence,
      Event: "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
    });
  });

  test("a termination", () => {
    const { subject, message } = notification("TERMINATE", activity, now);
    expect(subject).toBe('Auto Scaling: termination for group "towline-prod-web"');
    expect(message).toEqual({
      ...common,
      Origin: "AutoScalingGroup",
      Destination: "EC2",
      Progress: 50,
      Description: "Terminating EC2 instance: i-0abc",
      StatusCode: "InProgress",
      StatusMessage: "",
      Event: "autoscaling:EC2_INSTANCE_TERMINATE",
    });
  });

  test("the test notification has no Cause", () => {
    const { subject, message } = testNotification("towline-prod-web", ARN, now);
    expect(subject).toBe('Auto Scaling: test notification for group "towline-prod-web"');
    expect(message).toEqual({
      AutoScalingGroupName: "towline-prod-web",
      AutoScalingGroupARN: ARN,
      AccountId: "123456789012",
      Service: "AWS Auto Scaling",
      Time: "2026-03-04T05:06:09.120Z",
      Event: "autoscaling:TEST_NOTIFICATION",
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });
});
