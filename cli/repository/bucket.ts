import type { S3Client } from "@aws-sdk/client-s3";
import { explained } from "../aws";

/** What the command reads of a stack's bucket. */
export interface Bucket {
  readonly name: string;
  /** The object's content, or undefined when there is none of that key. */
  get(key: string): Promise<Buffer | undefined>;
  /** All keys below a prefix. */
  list(prefix: string): Promise<string[]>;
}

/** The bucket `name` in S3, read with the default credentials. */
export async function openBucket(region: string, name: string): Promise<Bucket> {
  const s3 = await import("@aws-sdk/client-s3");
  const client: S3Client = new s3.S3Client({ region });
  return {
    name,
    get: (key) =>
      explained(`read s3://${name}/${key}`, async () => {
        try {
          const { Body } = await client.send(new s3.GetObjectCommand({ Bucket: name, Key: key }));
          return Body === undefined ? undefined : Buffer.from(await Body.transformToByteArray());
        } catch (error) {
          if (error instanceof s3.NoSuchKey) return undefined;
          throw error;
        }
      }),
    list: (prefix) =>
      explained(`list s3://${name}/${prefix}`, async () => {
        const keys: string[] = [];
        for await (const page of s3.paginateListObjectsV2({ client }, { Bucket: name, Prefix: prefix })) {
          keys.push(...(page.Contents ?? []).flatMap((object) => (object.Key === undefined ? [] : [object.Key])));
        }
        return keys;
      }),
  };
}
