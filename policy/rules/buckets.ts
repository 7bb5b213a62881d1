import * as aws from "@pulumi/aws";
import type { PolicyResource } from "@pulumi/policy";

/** Every bucket of a stack with what is set on it by a resource of another type, if there is one. */
export function settingsOf<Settings extends { readonly bucket: string }>(
  resources: readonly PolicyResource[],
  read: (resource: PolicyResource) => Settings | undefined,
): { readonly bucket: PolicyResource; readonly settings: Settings | undefined }[] {
  const all = resources.flatMap((resource) => read(resource) ?? []);
  return resources.flatMap((bucket) => {
    const name = (bucket.asType(aws.s3.Bucket) ?? bucket.asType(aws.s3.BucketV2))?.bucket;
    return name === undefined ? [] : { bucket, settings: all.find((settings) => settings.bucket === name) };
  });
}
