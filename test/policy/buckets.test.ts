import { bucket, tags } from "./resources";
import { violations } from "./violations";

const [, encryption, accessBlock] = bucket;
const second = { type: "aws:s3/bucketV2:BucketV2", inputs: { bucket: "acme", tags } };

describe("a bucket of the provider's second kind", () => {
  it("is held to what any bucket is", async () => {
    expect(await violations([second])).toEqual([
      "encrypted-buckets it: The bucket should have a BucketServerSideEncryptionConfiguration with a default.",
      "no-public-buckets it: The bucket should have a BucketPublicAccessBlock with blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets.",
    ]);
  });

  it("keeps the rules with encryption of either kind", async () => {
    const encryptionV2 = {
      ...encryption,
      type: "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
    };
    expect(await violations([second, accessBlock, encryption])).toEqual([]);
    expect(await violations([second, accessBlock, encryptionV2])).toEqual([]);
  });
});
