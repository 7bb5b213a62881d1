import { z } from "zod";
import type { StackConfig } from "../../infra/config";
import { endingsName, rolloutAlarmsName } from "../../infra/names";
import { ALARM_LOOKS, ENDING_LOOKS, HOST_EVENTS, INVOCATION, QUEUE_REQUESTS } from "./assumptions";
import { always, hostsOf, type Sizes, times } from "./sizes";
import { from, metered, unknown } from "./usage";

const MIB_OF_A_GB = 1024;

/** A function: its invocations, and the memory it has while they last. */
export const lambda = from(
  z.object({ name: z.string(), memorySize: z.number(), architectures: z.tuple([z.enum(["arm64", "x86_64"])]) }),
  ({ name, memorySize, architectures: [architecture] }, config) => [
    metered("invocations", invocationsOf(name, config), "functionRequests"),
    metered(
      `compute, ${memorySize} MB`,
      times(invocationsOf(name, config), (INVOCATION.seconds * memorySize) / MIB_OF_A_GB),
      architecture === "arm64" ? "functionComputeArm" : "functionComputeX86",
    ),
  ],
);

export const logGroup = from(
  z.object({ name: z.string(), retentionInDays: z.number() }),
  ({ name, retentionInDays }, config) => {
    const written = times(invocationsOf(name, config), INVOCATION.log);
    return [
      metered("log written", written, "logIngestion"),
      metered(`log kept for ${retentionInDays} days`, times(written, retentionInDays / 30), "logStorage"),
    ];
  },
);

export const topic = from(z.object({ name: z.string() }), (_, config) => [
  metered("published events", eventsOf(config), "topicRequests"),
]);

/** Delivery to functions and queues costs nothing, to others it does. */
export const subscription = from(z.object({ protocol: z.string() }), ({ protocol }) =>
  ["lambda", "sqs"].includes(protocol) ? [] : [unknown(`deliveries by ${protocol}`)],
);

export const queue = from(z.object({ name: z.string() }), () => [
  metered("requests of the dead-letter queue", always(QUEUE_REQUESTS), "queueRequests"),
]);

/** An alarm at standard resolution, and its metric where no service of AWS keeps that: CloudWatch charges it by the hour in which there is a value. */
export const alarm = from(
  z.object({ period: z.number().min(60), namespace: z.string().optional() }),
  ({ namespace = "AWS/" }) => [
    metered("alarm", always(1), "alarm"),
    ...(namespace.startsWith("AWS/") ? [] : [metered("its metric", always(1), "metric")]),
  ],
);

/** Of target tracking, AWS makes two alarms of its own: to grow and to shrink. */
export const scalingPolicy = from(
  z.object({ policyType: z.enum(["TargetTrackingScaling", "StepScaling"]) }),
  ({ policyType }) => (policyType === "StepScaling" ? [] : [metered("its alarms", always(2), "alarm")]),
);

/** Events of AWS's own services and schedules cost nothing; what buckets tell is charged where they are asked to. */
export const eventRule = from(
  z.union([z.object({ scheduleExpression: z.string() }), z.object({ eventPattern: z.string() })]),
  (inputs) => {
    if ("scheduleExpression" in inputs) return [];
    const pattern = z.object({ source: z.array(z.string().startsWith("aws.")).min(1) });
    return pattern.safeParse(JSON.parse(inputs.eventPattern)).success ? [] : [unknown("events of others than AWS")];
  },
);

/** By the name of the function, or of its log. */
function invocationsOf(name: string, config: StackConfig): Sizes {
  const isOf = (one: string) => name === one || name.endsWith(`/${one}`);
  if (isOf(endingsName(config.stack))) return always(ENDING_LOOKS);
  return isOf(rolloutAlarmsName(config.stack)) ? always(ALARM_LOOKS) : eventsOf(config);
}

function eventsOf(config: StackConfig): Sizes {
  return times(hostsOf(config), HOST_EVENTS);
}
