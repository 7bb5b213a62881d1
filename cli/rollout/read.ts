import { mapConcurrently } from "../concurrency";
import { isVoice } from "../fleet/voice-keys";
import type { KeyedVersion, Versions } from "../repository/versions";
import type { History, Past, Wanted } from "./event";

/** Most versions of objects that are read for a group: renewed slots and reports are many. */
const VERSIONS_READ = 5000;

/** Reads the versions of a group's objects that may say something of a version, those since `begin` and the last one before. */
export async function readHistories(
  versions: Versions,
  wanted: Wanted,
  begin: Date | undefined,
): Promise<{ readonly histories: readonly History[]; readonly cut: boolean }> {
  const { group } = wanted;
  const listed = (await Promise.all([versions.below(`rollout/${group}/`), versions.below(`hosts/${group}/`)])).flat();
  const byKey = Map.groupBy(
    listed.filter(({ key }) => matters(key, wanted)),
    ({ key }) => key,
  );
  const since = [...byKey.values()].flatMap((all) => lastBefore(all, begin));
  const oldest = since.sort((a, b) => a.at.getTime() - b.at.getTime()).slice(0, VERSIONS_READ);
  const read = await readTexts(versions, oldest);
  const histories = [...Map.groupBy(read, ({ key }) => key)].map(([key, all]) => ({ key, versions: all }));
  return { histories, cut: since.length > oldest.length };
}

function matters(key: string, { group, name, version }: Wanted): boolean {
  const rest = key.startsWith(`rollout/${group}/`) ? key.slice(`rollout/${group}/`.length) : undefined;
  if (rest === undefined) return true;
  if (/^(orders|control|lease)\.json$|^slots\//.test(rest)) return true;
  if (rest.startsWith(`voices/${name}/${version}/`)) return true;
  return rest === `trials/${name}/${version}.json` || rest === `verdicts/${name}/${version}.json`;
}

/** What old versions of objects said, each in its place. */
export function readTexts(
  versions: Versions,
  all: readonly KeyedVersion[],
): Promise<(Past & Pick<KeyedVersion, "key">)[]> {
  return mapConcurrently(all, async ({ key, id, at, deleted }) => ({
    key,
    at,
    // Of a host's word, all that hosts go by is in its name.
    text: deleted ? undefined : isVoice(key) ? "" : (await versions.get(key, id))?.content.toString("utf8"),
  }));
}

/**
 * The versions of an object since `begin` and the last one before, which tells what was there then.
 * @param all the newest first
 * @returns the oldest first
 */
export function lastBefore(all: readonly KeyedVersion[], begin: Date | undefined): readonly KeyedVersion[] {
  const before = begin === undefined ? -1 : all.findIndex(({ at }) => at < begin);
  return (before < 0 ? all : all.slice(0, before + 1)).toReversed();
}
