import type { Cloud } from "./look";

/** An index names a list or two and bears a signature or two; what is longer is no index. */
const LONGEST = "bytes=0-65535";

/** Asks AWS. The SDK is part of Lambda's runtime and loaded with the first event. */
export async function awsCloud(bucket: string, namespace: string): Promise<Cloud> {
  const { CloudWatchClient, PutMetricDataCommand } = await import("@aws-sdk/client-cloudwatch");
  const { GetObjectCommand, NoSuchKey, S3Client } = await import("@aws-sdk/client-s3");
  const metrics = new CloudWatchClient({});
  const s3 = new S3Client({});
  return {
    async read(suite) {
      try {
        const Key = `dists/${suite}/InRelease`;
        const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key, Range: LONGEST }));
        return await object.Body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async count(endings) {
      const MetricData = [{ MetricName: "EndingSoon", Value: endings, Unit: "Count" as const }];
      await metrics.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }));
    },
  };
}
