import { mapConcurrently } from "../concurrency";
import type { Seen, Snapshot } from "../fleet/snapshot";
import { isVoice } from "../fleet/voice-keys";
import type { Objects, StoredObject } from "../repository/bucket";
import type { ObjectVersion, Versions } from "../repository/versions";

/** What a bucket held at one moment, put together from the versions that it keeps. */
export interface PastBucket extends Objects {
  readonly at: Date;
  /** Objects below prefixes. @param wanted whether the object of a key matters; one that does not is not read */
  snapshot(prefixes: readonly string[], wanted: (key: string) => boolean): Promise<Snapshot>;
}

/** The bucket as it was. S3 tells times in whole seconds: what was written within the second of `at` is there. */
export function pastBucket(versions: Versions, at: Date): PastBucket {
  return {
    name: versions.name,
    at,
    async get(key): Promise<StoredObject | undefined> {
      const version = versionAt(await versions.list(key), at);
      const found = version && (await versions.get(key, version.id));
      return found && { content: found.content, etag: `"${version.id}"` };
    },
    async snapshot(prefixes, wanted) {
      const listed = (await Promise.all(prefixes.map((prefix) => versions.below(prefix)))).flat();
      const byKey = Map.groupBy(
        listed.filter(({ key }) => wanted(key)),
        ({ key }) => key,
      );
      const there = [...byKey.values()].flatMap((all) => versionAt(all, at) ?? []);
      const read = await mapConcurrently(there, async ({ key, id, at: modified }): Promise<[string, Seen][]> => {
        // All that it says is in its name.
        if (isVoice(key)) return [[key, { text: "", modified }]];
        const found = await versions.get(key, id);
        return found === undefined ? [] : [[key, { text: found.content.toString("utf8"), modified }]];
      });
      return new Map(read.flat());
    },
  };
}

/** The version that was there; undefined where there was none. @param all of one object, the newest first */
function versionAt<V extends ObjectVersion>(all: readonly V[], at: Date): V | undefined {
  const version = all.find((one) => Math.floor(one.at.getTime() / 1000) <= Math.floor(at.getTime() / 1000));
  return version?.deleted ? undefined : version;
}
