import { activityFields } from "./autoscaling/shapes";
import type { Environment } from "./environment";
import type { Notification } from "./notification";
import { asFields, asText, parseJson } from "./values";

const TIMEOUT_MS = 2000;

/** Reads the object under a key of the stack's bucket. */
export type ReadObject = (key: string) => Promise<string>;

/**
 * Adds to an Auto Scaling activity what its instance runs, as the host itself has said in the bucket. The agent completes the
 * launch after it has said so: a launch's message finds it.
 *
 * @param group the stack's prefix of its groups' names, `towline-<stack>-`
 * @returns the notification as it is where the host has said nothing or cannot be asked (which is logged)
 */
export async function withRelease(
  notification: Notification,
  prefix: string,
  readObject: ReadObject,
): Promise<Notification> {
  const fields = activityFields(notification)?.fields;
  const group = asText(fields?.AutoScalingGroupName);
  const instance = asText(fields?.EC2InstanceId);
  if (!group?.startsWith(prefix) || !instance?.match(/^i-[0-9a-f]+$/)) return notification;
  try {
    const key = `hosts/${group.slice(prefix.length)}/${instanceArn(asText(fields?.AutoScalingGroupARN), instance)}.json`;
    const host = asFields(parseJson(await readObject(key)));
    return { ...notification, runs: releases(host?.packages) };
  } catch (error) {
    console.error(`what ${instance} runs is not known: ${error instanceof Error ? error.message : String(error)}`);
    return notification;
  }
}

/** An instance is in the partition, region and account of its group. */
function instanceArn(groupArn: string | undefined, instance: string): string {
  const [, partition, , region, account] = groupArn?.split(":") ?? [];
  return `arn:${partition}:ec2:${region}:${account}:instance/${instance}`;
}

/** The packages of a host with their versions, the agent left out. */
function releases(packages: unknown): string | undefined {
  const names = Object.entries(asFields(packages) ?? {}).filter(([name]) => name !== "towline-agent");
  return names.map(([name, version]) => `${name} ${String(version)}`).join(", ") || undefined;
}

/** Reads from the stack's bucket; undefined where `TOWLINE_BUCKET` is not set. The SDK is loaded only when it is needed. */
export function bucketReader({ TOWLINE_BUCKET: bucket }: Environment): ReadObject | undefined {
  if (!bucket) return undefined;
  return async (key) => {
    const { GetObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
    const client = new S3Client({ maxAttempts: 1 });
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const { Body } = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      return (await Body?.transformToString()) ?? "";
    } finally {
      client.destroy();
    }
  };
}
