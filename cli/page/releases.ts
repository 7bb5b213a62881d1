import { compareVersions } from "../deb/version-order";
import type { FollowedIndex } from "../fleet/index-status";
import { fieldsOf, textOf } from "../fleet/loose";
import type { Snapshot } from "../fleet/snapshot";
import type { StatusRow } from "../fleet/status";
import { isBelieved } from "../fleet/voices";
import { parseRelease, type Release, unrecorded } from "../repository/release";
import { stateOf } from "../repository/releases";
import type { ReleaseView } from "./model";

/** Releases of a package that the page shows, the newest: older ones are for `towline releases`. */
const MOST = 10;

/** Which objects are records of releases. */
export const RECORD = /^(?:channels\/([^/]+)\/)?releases\/([^/]+)\/([^/]+)\.json$/;

/** The records of a bucket's releases, with the key of each. @param tell told of those that are none, which are left out */
export function recordsOf(bucket: string, objects: Snapshot, tell: (fault: string) => void): Release[] {
  return [...objects].flatMap(([key, { text }]) => {
    if (!RECORD.test(key)) return [];
    const release = parseRelease(text);
    if (release === undefined) tell(`s3://${bucket}/${key}: is no release record towline wrote`);
    return release ?? [];
  });
}

/** What became of each release of a stack: of each package the newest ones. */
export function releaseViews(
  records: readonly Release[],
  indexes: readonly FollowedIndex[],
  objects: Snapshot,
  rows: readonly StatusRow[],
): ReleaseView[] {
  const key = (one: { channel: string | null; name: string; version: string }) =>
    `${one.channel ?? ""} ${one.name} ${one.version}`;
  const recorded = new Set(records.map((one) => key({ ...one, name: one.package })));
  const listed = indexes.flatMap(({ channel = null, index }) => index.packages.map((entry) => ({ channel, entry })));
  const bare = listed
    .filter(({ channel, entry }) => !recorded.has(key({ ...entry, channel })))
    .map(({ channel, entry }) => unrecorded(entry, channel ?? undefined));
  const hashes = new Set(listed.map(({ channel, entry }) => `${channel ?? ""} ${entry.sha256}`));
  const verdicts = verdictsOf(objects);
  const running = Map.groupBy(
    rows.flatMap(({ packages }) => Object.entries(packages)),
    ([name, version]) => `${name} ${version}`,
  );
  const byPackage = Map.groupBy([...records, ...bare], (one) => `${one.channel ?? ""} ${one.package}`);
  return [...byPackage.values()].flatMap((releases) =>
    releases
      .toSorted((a, b) => compareVersions(b.version, a.version))
      .slice(0, MOST)
      .map((release) => ({
        package: release.package,
        version: release.version,
        channel: release.channel ?? "",
        state: stateOf(release, hashes.has(`${release.channel ?? ""} ${release.sha256}`)),
        commit: release.commit,
        buildUrl: release.buildUrl,
        publishedAt: release.published?.at ?? null,
        publishedBy: release.published?.by ?? null,
        promotedFrom: release.promotedFrom?.stack ?? null,
        verdicts: verdicts.get(`${release.package} ${release.version}`) ?? {},
        hosts: running.get(`${release.package} ${release.version}`)?.length ?? 0,
      })),
  );
}

/** The words of groups, by package and version. */
function verdictsOf(objects: Snapshot): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  for (const [key, { text }] of objects) {
    const [, group, name, version] = /^rollout\/([^/]+)\/verdicts\/([^/]+)\/([^/]+)\.json$/.exec(key) ?? [];
    if (group === undefined || name === undefined || version === undefined) continue;
    const said = textOf(fieldsOf(text).verdict);
    const word = said === "bad" && !isBelieved(objects, group, name, version) ? "ok" : said;
    if (word === "") continue;
    const words = found.get(`${name} ${version}`) ?? Object.create(null);
    words[group] = word;
    found.set(`${name} ${version}`, words);
  }
  return found;
}
