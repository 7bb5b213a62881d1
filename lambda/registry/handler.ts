import { asFields, asText, parseJson } from "../values";
import { awsCloud } from "./cloud";
import { type Cloud, follow } from "./follow";

const services = readServices(process.env.TOWLINE_SERVICES ?? "");
let cloud: Promise<Cloud> | undefined;

/** The Lambda function behind the stack's names: follows EventBridge's events of its Auto Scaling groups. */
export async function handler(event: unknown): Promise<void> {
  cloud ??= awsCloud();
  await follow(event, services, await cloud, console.log);
}

/** `{"<name of the Auto Scaling group>": "<id of its service>"}` */
function readServices(text: string): Record<string, string> {
  const entries = Object.entries(asFields(parseJson(text)) ?? {});
  return Object.fromEntries(entries.map(([group, service]) => [group, asText(service) ?? ""]));
}
