import type { paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { explained } from "../aws";

/** An object as S3 lists it. */
export interface Listed {
  readonly key: string;
  /** Another one for another content. */
  readonly etag: string;
  readonly modified: Date;
}

/** Lists what a bucket holds below a prefix, up to the first key that is `end` or comes after it; page by page, so that no more is asked for. */
export type Listing = (prefix: string, end?: string) => Promise<Listed[]>;

/** The listing of the bucket `name`, with the default credentials. */
export async function openListing(region: string, name: string): Promise<Listing> {
  const s3 = await import("@aws-sdk/client-s3");
  return listingOf(new s3.S3Client({ region }), name, s3.paginateListObjectsV2);
}

/** The listing of the bucket `name` by a client that is there. @param pages the client's own way to list page by page */
export function listingOf(client: S3Client, name: string, pages: typeof paginateListObjectsV2): Listing {
  return (prefix, end) =>
    explained(`list s3://${name}/${prefix}`, async () => {
      const found: Listed[] = [];
      for await (const page of pages({ client }, { Bucket: name, Prefix: prefix })) {
        for (const { Key, ETag, LastModified } of page.Contents ?? []) {
          if (Key !== undefined && end !== undefined && Key >= end) return found;
          if (Key !== undefined && ETag !== undefined && LastModified !== undefined)
            found.push({ key: Key, etag: ETag, modified: LastModified });
        }
      }
      return found;
    });
}
