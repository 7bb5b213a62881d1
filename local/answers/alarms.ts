import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { ApiCall } from "../region/calls";
import type { Clients } from "../region/clients";
import type { EventBus } from "../region/events";
import { ACCOUNT } from "../region/place";

/**
 * Tells EventBridge of an alarm whose state somebody has set, as CloudWatch does; moto, which compares no metric with anything,
 * changes none by itself.
 */
export async function followAlarms(
  bus: Pick<EventBus, "emit">,
  clients: Clients,
  { action, form, json, region }: ApiCall,
  reply: string,
): Promise<string> {
  const alarmName = String(json?.AlarmName ?? form.get("AlarmName"));
  if (action !== "SetAlarmState") return reply;
  const { MetricAlarms } = await clients.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarmName] }));
  const alarm = MetricAlarms?.[0];
  if (alarm === undefined) return reply;
  const since = (alarm.StateUpdatedTimestamp ?? new Date()).toISOString().replace("Z", "+0000");
  bus.emit({
    region,
    source: "aws.cloudwatch",
    detailType: "CloudWatch Alarm State Change",
    resources: [`arn:aws:cloudwatch:${region}:${ACCOUNT}:alarm:${alarmName}`],
    detail: {
      alarmName,
      configuration: { description: alarm.AlarmDescription },
      state: { value: alarm.StateValue, reason: alarm.StateReason, timestamp: since },
    },
  });
  return reply;
}
