/** Messages of the shapes AWS and the agent send, with made-up names. */

const TOPIC = "arn:aws:sns:eu-central-1:210987654321:towline-prod-events";

/** A Lambda event with one SNS record for each message; objects are published as JSON. */
export function snsEvent(messages: readonly unknown[], subject: string | null = null) {
  return {
    Records: messages.map((message, index) => ({
      EventSource: "aws:sns",
      EventVersion: "1.0",
      Sns: {
        Type: "Notification",
        MessageId: `5f0c1d7e-0000-4000-8000-00000000000${index}`,
        TopicArn: TOPIC,
        Subject: subject,
        Message: typeof message === "string" ? message : JSON.stringify(message),
        Timestamp: "2026-03-04T05:06:50.000Z",
        MessageAttributes: {},
      },
    })),
  };
}

const ACTIVITY = {
  Progress: 50,
  AccountId: "210987654321",
  RequestId: "0b7f3c52-1111-4222-8333-444455556666",
  ActivityId: "0b7f3c52-1111-4222-8333-444455556666",
  AutoScalingGroupARN:
    "arn:aws:autoscaling:eu-central-1:210987654321:autoScalingGroup:77777777-2222-4333-8444-555566667777:autoScalingGroupName/towline-prod-web",
  StartTime: "2026-03-04T05:06:07.250Z",
  EndTime: "2026-03-04T05:06:43.750Z",
  Service: "AWS Auto Scaling",
  Time: "2026-03-04T05:06:43.750Z",
  EC2InstanceId: "i-0c0ffee0c0ffee001",
  StatusCode: "InProgress",
  StatusMessage: "",
  Details: { "Subnet ID": "subnet-0feedfeedfeedfeed", "Availability Zone": "eu-central-1b" },
  AutoScalingGroupName: "towline-prod-web",
};

export const LAUNCH = {
  ...ACTIVITY,
  Description: "Launching a new EC2 instance: i-0c0ffee0c0ffee001",
  Cause:
    "At 2026-03-04T05:05:58Z a monitor alarm prod-web-busy in state ALARM triggered policy scale-out changing the desired capacity from 2 to 3.  At 2026-03-04T05:06:05Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 2 to 3.",
  Event: "autoscaling:EC2_INSTANCE_LAUNCH",
};

export const TERMINATE = {
  ...ACTIVITY,
  Description: "Terminating EC2 instance: i-0c0ffee0c0ffee001",
  EndTime: "2026-03-04T05:11:16.250Z",
  Cause:
    "At 2026-03-04T05:06:01Z a user request update of AutoScalingGroup constraints to min: 2, max: 6, desired: 2 changing the desired capacity from 3 to 2.  At 2026-03-04T05:06:05Z an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 3 to 2.  At 2026-03-04T05:06:06Z instance i-0c0ffee0c0ffee001 was selected for termination.",
  Event: "autoscaling:EC2_INSTANCE_TERMINATE",
};

export const DEPLOY = {
  source: "towline",
  event: "deploy",
  outcome: "upgraded",
  stack: "staging",
  group: "web",
  instance: "i-0c0ffee0c0ffee002",
  package: "hello",
  version: "1.1.0",
  previous: "1.0.0",
  reason: "",
  seconds: 12,
  at: "2026-03-04T05:06:07Z",
};

/** An alarm as Auto Scaling names it in an activity's Details. */
export const INVOKING_ALARM = {
  AlarmArn: "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-web-busy",
  AlarmName: "prod-web-busy",
  AlarmDescription: null,
  NewStateValue: "ALARM",
  OldStateValue: "OK",
  Region: "EU (Frankfurt)",
  StateChangeTime: 1772600758000,
  Trigger: {
    MetricName: "CPUUtilization",
    Namespace: "AWS/EC2",
    StatisticType: "Statistic",
    Statistic: "AVERAGE",
    Unit: null,
    Period: 60,
    EvaluationPeriods: 3,
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: 60,
    TreatMissingData: "",
  },
};

/** A metric alarm as CloudWatch publishes it to SNS. */
export const ALARM = {
  AlarmName: "prod-web-slow",
  AlarmDescription: "Answers take long",
  AWSAccountId: "210987654321",
  NewStateValue: "ALARM",
  NewStateReason:
    "Threshold Crossed: 2 out of the last 3 datapoints [1.8437 (04/03/26 05:06:00), 1.2 (04/03/26 05:05:00)] were greater than or equal to the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).",
  StateChangeTime: "2026-03-04T05:06:50.123+0000",
  Region: "EU (Frankfurt)",
  AlarmArn: "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-web-slow",
  OldStateValue: "OK",
  AlarmActions: ["arn:aws:sns:eu-central-1:210987654321:towline-prod-events"],
  Trigger: {
    MetricName: "TargetResponseTime",
    Namespace: "AWS/ApplicationELB",
    StatisticType: "ExtendedStatistic",
    ExtendedStatistic: "p99",
    Unit: null,
    Dimensions: [{ name: "LoadBalancer", value: "app/towline-prod/0feed" }],
    Period: 60,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    Threshold: 1,
    TreatMissingData: "missing",
    EvaluateLowSampleCountPercentile: "",
  },
};
