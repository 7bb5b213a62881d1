import { z } from "zod";
import { UserError } from "../errors";
import type { Bucket, Condition, Objects } from "./bucket";
import type { IndexedPackage } from "./packages";
import type { Suite } from "./suite";

const deed = z.object({ at: z.string(), by: z.string() });
const reasonedDeed = deed.extend({ reason: z.string() });

const schema = z.object({
  package: z.string(),
  version: z.string(),
  architecture: z.string(),
  sha256: z.string(),
  size: z.number(),
  /** Key of the .deb. */
  filename: z.string(),
  channel: z.string().nullable(),
  /** Null for a package that was published before there were records. */
  published: deed.nullable(),
  commit: z.string().nullable(),
  buildUrl: z.string().nullable(),
  /** Where the same bytes were published before, and who did. */
  promotedFrom: z.object({ stack: z.string(), at: z.string().nullable(), by: z.string().nullable() }).nullable(),
  /** Why it was promoted although nothing proved it healthy. */
  forced: z.string().nullable(),
  /** Hosts must not run it; `reason` may be empty. */
  withdrawn: reasonedDeed.nullable(),
  /** The last withdrawal was undone. */
  relisted: reasonedDeed.nullable(),
  /** When retention took it out of the index. */
  dropped: z.string().nullable(),
});

/** What is known about one version of a package in one suite (docs/contracts.md, "The bucket"). */
export type Release = z.infer<typeof schema>;

/** Key of a release's record. */
export function recordKey(suite: Pick<Suite, "records">, name: string, version: string): string {
  return `${suite.records}${name}/${version}.json`;
}

/** The record in a text; undefined where it is none that towline wrote. */
export function parseRelease(text: string): Release | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** @throws UserError when there is a record and it is not one towline wrote. */
export async function readRelease(
  bucket: Objects,
  suite: Pick<Suite, "records">,
  name: string,
  version: string,
): Promise<Release | undefined> {
  const key = recordKey(suite, name, version);
  const stored = await bucket.get(key);
  if (stored === undefined) return undefined;
  const release = parseRelease(stored.content.toString("utf8"));
  if (release !== undefined) return release;
  throw new UserError(
    `s3://${bucket.name}/${key}: is no release record towline wrote; bring its last good version back`,
  );
}

/** @returns its entity tag, or undefined where `condition` does not hold */
export function writeRelease(
  bucket: Bucket,
  suite: Pick<Suite, "records">,
  release: Release,
  condition?: Condition,
): Promise<string | undefined> {
  const key = recordKey(suite, release.package, release.version);
  return bucket.put(key, `${JSON.stringify(release, null, 1)}\n`, condition);
}

/** The record of a package nothing is known of but what the index says. */
export function unrecorded(entry: IndexedPackage, channel: string | undefined): Release {
  return {
    package: entry.name,
    version: entry.version,
    architecture: entry.architecture,
    sha256: entry.sha256,
    size: entry.size,
    filename: entry.filename,
    channel: channel ?? null,
    published: null,
    commit: null,
    buildUrl: null,
    promotedFrom: null,
    forced: null,
    withdrawn: null,
    relisted: null,
    dropped: null,
  };
}
