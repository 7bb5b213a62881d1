import type { Environment } from "../environment";
import type { Notification } from "../notification";
import { asText } from "../values";
import { type Listed, reached } from "./before";
import { activityFields } from "./shapes";

const TIMEOUT_MS = 2000;

/** Lists objects of the stack's bucket; undefined where there are more than one answer holds. */
export type ListObjects = (prefix: string) => Promise<readonly Listed[] | undefined>;

/**
 * Adds to an activity what had reached its group, by the objects in which hosts say so.
 * @param prefix of the names of the stack's groups
 * @returns the notification as it is where the bucket cannot be asked (which is logged), or would tell only a part
 */
export async function withReached(
  notification: Notification,
  prefix: string,
  list: ListObjects,
): Promise<Notification> {
  const name = asText(activityFields(notification)?.fields.AutoScalingGroupName);
  const group = name?.startsWith(prefix) ? name.slice(prefix.length) : "";
  if (!/^[a-z][a-z0-9-]*$/.test(group)) return notification;
  try {
    const parts = await Promise.all(["verdicts", "trials"].map((kind) => list(`rollout/${group}/${kind}/`)));
    if (parts.includes(undefined)) return notification;
    return { ...notification, reached: { group, seen: reached(parts.flatMap((part) => part ?? [])) } };
  } catch (error) {
    console.error(`what reached ${group} is not known: ${error instanceof Error ? error.message : String(error)}`);
    return notification;
  }
}

/** Lists the stack's bucket; undefined where `TOWLINE_BUCKET` is not set. The SDK is loaded only when it is needed. */
export function bucketLister({ TOWLINE_BUCKET: bucket }: Environment): ListObjects | undefined {
  if (!bucket) return undefined;
  return async (prefix) => {
    const { ListObjectsV2Command, S3Client } = await import("@aws-sdk/client-s3");
    const client = new S3Client({ maxAttempts: 1 });
    try {
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix });
      const page = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      if (page.IsTruncated) return undefined;
      return (page.Contents ?? []).map(({ Key = "", LastModified }) => ({
        key: Key,
        at: LastModified?.getTime() ?? 0,
      }));
    } finally {
      client.destroy();
    }
  };
}
