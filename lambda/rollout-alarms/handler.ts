import { asFields, asList, asText, parseJson } from "../values";
import { awsCloud } from "./cloud";
import { type Cloud, follow } from "./follow";

const groups = readGroups(process.env.TOWLINE_ALARMS ?? "");
let cloud: Promise<Cloud> | undefined;

/** The Lambda function behind the alarms of rollouts: follows EventBridge's events of alarms, and a schedule. */
export async function handler(event: unknown): Promise<void> {
  cloud ??= awsCloud(process.env.TOWLINE_BUCKET ?? "");
  await follow(event, groups, await cloud, console.log);
}

/** `{"<group>": ["<name of an alarm>"]}` */
function readGroups(text: string): Record<string, string[]> {
  const entries = Object.entries(asFields(parseJson(text)) ?? {});
  return Object.fromEntries(
    entries.map(([group, names]) => [group, asList(names).flatMap((name) => asText(name) ?? [])]),
  );
}
