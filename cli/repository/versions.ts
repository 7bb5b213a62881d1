import { explained } from "../aws";

/** One version of an object, as the bucket keeps it. */
export interface ObjectVersion {
  /** What the bucket calls it. */
  readonly id: string;
  readonly at: Date;
  /** Whether this version says that the object was deleted; there is no content then. */
  readonly deleted: boolean;
}

/** A version of one of several objects. */
export interface KeyedVersion extends ObjectVersion {
  readonly key: string;
}

/** The content of a version, and what was said of it beside that. */
export interface VersionContent {
  readonly content: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The versions of a bucket's objects. */
export interface Versions {
  /** Name of the bucket. */
  readonly name: string;
  /** All versions of the object `key`, the newest first. */
  list(key: string): Promise<ObjectVersion[]>;
  /** All versions of all objects below a prefix, of each object the newest first. */
  below(prefix: string): Promise<KeyedVersion[]>;
  /** The content of a version; undefined where there is none of that id, or it is a deletion. */
  get(key: string, id: string): Promise<VersionContent | undefined>;
}

/** S3's answers where there is no such version: an id it does not know, one it cannot be, and that of a deletion. */
const NONE = ["NoSuchVersion", "NoSuchKey", "MethodNotAllowed", "InvalidArgument"];

/** The versions kept in the bucket `name`, read with the default credentials. */
export async function openVersions(region: string, name: string): Promise<Versions> {
  const s3 = await import("@aws-sdk/client-s3");
  const client = new s3.S3Client({ region });
  const below = (prefix: string) =>
    explained(`list the versions of s3://${name}/${prefix}`, async () => {
      const found: (KeyedVersion & { readonly latest: boolean })[] = [];
      const versioned =
        (deleted: boolean) => (one: { Key?: string; VersionId?: string; LastModified?: Date; IsLatest?: boolean }) => {
          if (one.Key === undefined || one.VersionId === undefined || one.LastModified === undefined) return [];
          return [{ key: one.Key, id: one.VersionId, at: one.LastModified, deleted, latest: one.IsLatest === true }];
        };
      let KeyMarker: string | undefined;
      let VersionIdMarker: string | undefined;
      do {
        const input = { Bucket: name, Prefix: prefix, KeyMarker, VersionIdMarker };
        const page = await client.send(new s3.ListObjectVersionsCommand(input));
        found.push(...(page.Versions ?? []).flatMap(versioned(false)));
        found.push(...(page.DeleteMarkers ?? []).flatMap(versioned(true)));
        [KeyMarker, VersionIdMarker] = page.IsTruncated
          ? [page.NextKeyMarker, page.NextVersionIdMarker]
          : [undefined, undefined];
      } while (KeyMarker !== undefined);
      // Within a second only the answer's own order tells, and which is the latest.
      return found
        .sort((a, b) => Number(b.latest) - Number(a.latest) || b.at.getTime() - a.at.getTime())
        .map(({ key, id, at, deleted }) => ({ key, id, at, deleted }));
    });
  return {
    name,
    below,
    list: async (key) => (await below(key)).flatMap(({ key: found, ...version }) => (found === key ? [version] : [])),
    get: (key, id) =>
      explained(`read version ${id} of s3://${name}/${key}`, async () => {
        try {
          const command = new s3.GetObjectCommand({ Bucket: name, Key: key, VersionId: id });
          const { Body, Metadata = {} } = await client.send(command);
          return { content: Buffer.from((await Body?.transformToByteArray()) ?? []), metadata: Metadata };
        } catch (error) {
          if (error instanceof Error && NONE.includes(error.name)) return undefined;
          throw error;
        }
      }),
  };
}
