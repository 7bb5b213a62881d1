import { format } from "../../lambda/formatters";
import { parseNotifications } from "../../lambda/notification";
import { ALARM, snsEvent } from "./events";

const GIB = 2 ** 30;

/** The story of an alarm that compares a value with a limit over two periods of five minutes, after its name. */
function story(metric: string, value: number | string, limit: number, trigger: object = {}): string | undefined {
  const [Namespace, MetricName] = metric.split(":");
  const [notification] = parseNotifications(
    snsEvent([
      {
        ...ALARM,
        NewStateReason: `Threshold Crossed: 2 out of the last 2 datapoints [${value} (04/03/26 05:06:00)] were less than the threshold (${limit}).`,
        Trigger: {
          Namespace,
          MetricName,
          Statistic: "AVERAGE",
          Unit: null,
          Period: 300,
          EvaluationPeriods: 2,
          ComparisonOperator: "LessThanThreshold",
          Threshold: limit,
          ...trigger,
        },
      },
    ]),
  );
  return notification && format(notification).story.replace("Alarm prod-web-slow: ", "");
}

describe("an alarm's numbers are said as people read them:", () => {
  test.each([
    // Bytes, in binary units, or in decimal ones where the limit was set so.
    ["AWS/RDS:FreeStorageSpace", 2 * GIB, 5 * GIB, "FreeStorageSpace is 2 GiB, below 5 GiB"],
    ["AWS/RDS:FreeStorageSpace", 2.15e9, 5e9, "FreeStorageSpace is 2.15 GB, below 5 GB"],
    ["AWS/RDS:FreeableMemory", 104857600, 268435456, "FreeableMemory is 100 MiB, below 256 MiB"],
    ["AWS/ES:FreeStorageSpace", 2048, 20480, "FreeStorageSpace is 2 GiB, below 20 GiB"],
    ["AWS/EC2:NetworkOut", 0, 1024, "NetworkOut is 0 B, below 1 KiB"],
    ["CWAgent:disk_free", 1073741824, 1610612736, "disk_free is 1 GiB, below 1.5 GiB"],
    ["AWS/RDS:ReadThroughput", 1048576, 2097152, "ReadThroughput is 1 MiB/s, below 2 MiB/s"],
    // Percent.
    ["AWS/ECS:MemoryUtilization", 12.3456, 50, "MemoryUtilization is 12.35 %, below 50 %"],
    ["CWAgent:mem_used_percent", 12.3, 50, "mem_used_percent is 12.3 %, below 50 %"],
    ["AWS/EBS:BurstBalance", 12, 20, "BurstBalance is 12 %, below 20 %"],
    ["AWS/CloudFront:5xxErrorRate", 0.5, 1, "5xxErrorRate is 0.5 %, below 1 %"],
    // Time: the same name means other units elsewhere.
    ["AWS/Lambda:Duration", 250.5, 3000, "Duration is 250.5 ms, below 3 s"],
    ["AWS/ApiGateway:Latency", 1500, 3000, "Latency is 1.5 s, below 3 s"],
    ["AWS/ELB:Latency", 0.0421, 0.5, "Latency is 42.1 ms, below 500 ms"],
    ["AWS/RDS:ReadLatency", 0.0004, 0.02, "ReadLatency is 400 µs, below 20 ms"],
    ["AWS/RDS:ReplicaLag", 300, 600, "ReplicaLag is 5 min, below 10 min"],
    ["AWS/SQS:ApproximateAgeOfOldestMessage", 86400, 345600, "ApproximateAgeOfOldestMessage is 24 h, below 4 days"],
    ["AWS/CertificateManager:DaysToExpiry", 1, 30, "DaysToExpiry is 1 day, below 30 days"],
    // Counts, and what nobody can tell.
    ["AWS/EC2:CPUCreditBalance", 12.5, 50, "CPUCreditBalance is 12.5, below 50"],
    ["AWS/ApplicationELB:HealthyHostCount", 1, 2, "HealthyHostCount is 1, below 2"],
    ["Own:Latency", 12, 50, "Latency is 12, below 50"],
    ["AWS/RDS:DatabaseConnections", 123456.7, 2e6, "DatabaseConnections is 123,457, below 2,000,000"],
  ])("%s at %d of %d", (metric, value, limit, words) => {
    expect(story(metric, value, limit)).toBe(`${words} for 10 min.`);
  });

  test.each([
    ["Bytes", "Queue is 2 GiB, below 5 GiB"],
    ["Bytes/Second", "Queue is 2 GiB/s, below 5 GiB/s"],
    ["Kilobits/Second", "Queue is 250 GiB/s, below 625 GiB/s"],
    ["Microseconds", "Queue is 35 min 47 s, below 1 h 29 min"],
    ["Count", "Queue is 2,147,483,648, below 5,368,709,120"],
    ["None", "Queue is 2,147,483,648, below 5,368,709,120"],
  ])("the unit %s that the alarm names goes before the metric's name", (Unit, words) => {
    expect(story("Own:Queue", 2 * GIB, 5 * GIB, { Unit })).toBe(`${words} for 10 min.`);
  });

  test.each(["SUM", "SampleCount"])("a %s is told per period", (Statistic) => {
    expect(story("AWS/ApplicationELB:HTTPCode_ELB_5XX_Count", 1234, 2000, { Statistic })).toBe(
      "HTTPCode_ELB_5XX_Count is 1,234 per 5 min, below 2,000 for 10 min.",
    );
    expect(story("AWS/EC2:NetworkIn", GIB, 2 * GIB, { Statistic: "Sum", EvaluationPeriods: 1 })).toBe(
      "NetworkIn is 1 GiB per 5 min, below 2 GiB.",
    );
  });

  test("a formula's unit is its label's", () => {
    const Metrics = [{ Id: "e1", Expression: "100 * m1 / m2", Label: "Error rate (%)", ReturnData: true }];
    const change = { MetricName: undefined, Namespace: undefined, Metrics };
    expect(story("x:y", 1.5, 2, change)).toBe("Error rate (%) is 1.5 %, below 2 % for 10 min.");
  });

  test.each([
    [-2 * GIB, "-2 GiB"],
    ["9.0E300", "7.99e+285 PiB"],
    [1023, "1,023 B"],
  ])("%s bytes are %s", (value, words) => {
    expect(story("Own:Bytes", value, 5 * GIB)).toContain(`Bytes is ${words}, below 5 GiB`);
  });
});
