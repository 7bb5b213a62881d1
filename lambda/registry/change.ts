import { asFields, asText } from "../values";

/** What an event says has happened to an instance. */
export interface Change {
  readonly instance: string;
  /** Name of the Auto Scaling group; absent where the event does not know it, as with a spot interruption. */
  readonly group?: string;
  /** Whether the instance has come into service, or is on its way out of it. */
  readonly direction: "in" | "out";
}

/** Detail types of EventBridge's events that change which instances of a group serve (EC2 Auto Scaling User Guide, "EventBridge"). */
const DIRECTIONS: Readonly<Record<string, Change["direction"]>> = {
  "EC2 Instance Launch Successful": "in",
  "EC2 Instance-terminate Lifecycle Action": "out",
  "EC2 Instance Terminate Successful": "out",
  "EC2 Spot Instance Interruption Warning": "out",
};

/** Reads an event; undefined for one that changes nothing here, such as an instance's way into the warm pool. */
export function readChange(event: unknown): Change | undefined {
  const fields = asFields(event);
  const detail = asFields(fields?.detail);
  const direction = DIRECTIONS[asText(fields?.["detail-type"]) ?? ""];
  const instance = asText(detail?.EC2InstanceId) ?? asText(detail?.["instance-id"]);
  if (direction === undefined || instance === undefined) return undefined;
  if (direction === "in" && detail?.Destination === "WarmPool") return undefined;
  const group = asText(detail?.AutoScalingGroupName);
  return { instance, direction, ...(group !== undefined && { group }) };
}
