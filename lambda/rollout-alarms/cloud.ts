import type { AlarmState } from "./change";
import type { Cloud, Name } from "./follow";

/** CloudWatch describes that many alarms at a time. */
const AT_A_TIME = 100;

/** Asks AWS. The SDK is part of Lambda's runtime and loaded with the first event. */
export async function awsCloud(bucket: string): Promise<Cloud> {
  const { CloudWatchClient, paginateDescribeAlarms } = await import("@aws-sdk/client-cloudwatch");
  const { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client, S3ServiceException } = await import(
    "@aws-sdk/client-s3"
  );
  const client = new CloudWatchClient({});
  const s3 = new S3Client({});
  return {
    async statesOf(names) {
      const found: AlarmState[] = [];
      for (let first = 0; first < names.length; first += AT_A_TIME) {
        const AlarmNames = names.slice(first, first + AT_A_TIME);
        // Composite ones are left out unless they are asked for.
        const asked = { AlarmNames, AlarmTypes: ["CompositeAlarm" as const, "MetricAlarm" as const] };
        for await (const page of paginateDescribeAlarms({ client }, asked)) {
          for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
            const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
            const { AlarmName: name = "", StateValue: state = "", StateReason: reason = "" } = alarm;
            found.push({ name, state, at: since?.getTime() ?? 0, reason });
          }
        }
      }
      return found;
    },
    async read(group, name) {
      try {
        const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(group, name) }));
        return { text: (await object.Body?.transformToString()) ?? "", etag: object.ETag ?? "" };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async write(group, name, text, over) {
      const condition = over === undefined ? { IfNoneMatch: "*" } : { IfMatch: over.etag };
      const object = { Bucket: bucket, Key: keyOf(group, name), Body: text, ContentType: "application/json" };
      try {
        await s3.send(new PutObjectCommand({ ...object, ...condition }));
        return true;
      } catch (error) {
        // Somebody else wrote, is writing, or deleted it.
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (status === 412 || status === 409 || status === 404) return false;
        throw error;
      }
    },
  };
}

function keyOf(group: string, name: Name): string {
  return `rollout/${group}/${name}.json`;
}
