import { duration } from "../duration";
import { enumerate } from "../values";

/** What came before counts for so long: whatever is older may have nothing to do with it. */
const COUNTS_SECONDS = 600;

/** Something that reached a group: a version that its hosts tried or found good, or settings. */
export interface Reached {
  /** `hello 1.2.0`, `new settings of hello`. */
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** An object as S3 lists it. */
export interface Listed {
  readonly key: string;
  readonly at: number;
}

const RELEASE = /\/(verdicts|trials)\/([^/]+)\/([^/]+)\.json$/;

/**
 * What has reached a group, by the times of the objects in which its hosts say so: a version is there since it was found good or bad, and
 * before that since somebody tries it. The agent is no app, and serves nobody.
 */
export function reached(listed: readonly Listed[]): Reached[] {
  const verdicts = new Set(listed.flatMap(({ key }) => (key.includes("/verdicts/") ? key.split("/verdicts/")[1] : [])));
  return listed.flatMap(({ key, at }) => {
    const [, kind, name = "", version = ""] = RELEASE.exec(key) ?? [];
    if (kind === undefined || name === "towline-agent" || name === "towline-archive-keyring") return [];
    // A trial is written again when it ends.
    if (kind === "trials" && verdicts.has(`${name}/${version}.json`)) return [];
    return [{ what: version.startsWith("settings-") ? `new settings of ${name}` : `${name} ${version}`, at }];
  });
}

/**
 * What the time of a beginning says: `began 90 s after hello 1.2.0 reached web`. That one thing came after another is told, and not that it
 * came of it.
 *
 * @param began milliseconds since the epoch; undefined where nobody knows
 * @returns undefined where nothing had reached the group in the minutes before
 */
export function beganAfter(began: number | undefined, group: string, seen: readonly Reached[]): string | undefined {
  if (began === undefined) return undefined;
  const near = seen
    .map(({ what, at }) => ({ what, seconds: (began - at) / 1000 }))
    .filter(({ seconds }) => seconds >= 0 && seconds <= COUNTS_SECONDS)
    .sort((a, b) => a.seconds - b.seconds)
    .slice(0, 2);
  if (near.length === 0) return undefined;
  return `began ${enumerate(near.map(({ what, seconds }) => `${duration(seconds)} after ${what}`))} reached ${group}`;
}
