import type { Notification } from "../notification";
import { asFields, asText, type Fields } from "../values";

/** The fields of an activity under the names SNS gives them, whatever shape it came in. */
interface ActivityFields {
  readonly fields: Fields;
  readonly direction: "out" | "in";
  readonly failed: boolean;
  readonly region?: string;
  readonly account?: string;
}

/**
 * Recognises an activity as Auto Scaling publishes it to SNS, as EventBridge tells it, as `describe-scaling-activities` lists
 * it (old clients with small first letters), or as SNS writes it in an e-mail.
 */
export function activityFields({ body, text }: Notification): ActivityFields | undefined {
  const message = asFields(body) ?? (text.startsWith("Service: AWS Auto Scaling\n") ? fromMail(text) : undefined);
  if (message === undefined) return undefined;
  const event = asText(message.Event)?.match(/^autoscaling:EC2_INSTANCE_(LAUNCH|TERMINATE)(_ERROR)?$/);
  if (event) return { fields: message, direction: directionOf(event[1]), failed: event[2] !== undefined };

  const detail = asFields(message.detail);
  const told = asText(message["detail-type"])?.match(/^EC2 Instance (Launch|Terminate) (Uns|S)uccessful$/);
  if (told && detail) {
    const failed = told[2] === "Uns";
    const fields = { AutoScalingGroupARN: firstText(message.resources), ...detail };
    return {
      fields,
      direction: directionOf(told[1]),
      failed,
      region: asText(message.region),
      account: asText(message.account),
    };
  }
  return fromApi(message);
}

/** What the API lists has no Event: the description tells the direction, the status how it ended. */
function fromApi(message: Fields): ActivityFields | undefined {
  const fields = Object.fromEntries(
    Object.entries(message).map(([key, value]) => [(key[0] ?? "").toUpperCase() + key.slice(1), value]),
  );
  const status = asText(fields.StatusCode);
  const did = asText(fields.Description)?.match(
    /^(Launching|Attaching|Terminating|Detaching|Moving .*(?:to|out of) Standby)/,
  )?.[1];
  if (did === undefined || status === undefined || fields.AutoScalingGroupName === undefined) return undefined;
  return { fields, direction: directionOf(did), failed: status === "Failed" || status === "Cancelled" };
}

function directionOf(word: string | undefined): "out" | "in" {
  return /^(launch|attach)|out of/i.test(word ?? "") ? "out" : "in";
}

function firstText(resources: unknown): string | undefined {
  return Array.isArray(resources) ? asText(resources[0]) : undefined;
}

/** `Name: value` lines. */
function fromMail(text: string): Fields {
  const lines = text.split("\n").map((line) => line.split(/:\s?(.*)/s, 2));
  return Object.fromEntries(lines.map(([name = "", value = ""]) => [name, value]));
}
