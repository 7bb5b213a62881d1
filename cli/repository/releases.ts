import { mapConcurrently } from "../concurrency";
import { compareVersions } from "../deb/version-order";
import { readReportedFleet } from "../fleet/reports";
import { readVerdicts, type Verdict } from "../fleet/verdict";
import { readIndex } from "./index";
import { noPackage } from "./package-version";
import { type Release, readRelease, unrecorded } from "./release";
import { placeOf, type Shelf } from "./suite";

/**
 * Listed: hosts see it. Withdrawn: it can be listed again. Dropped: retention took it. Interrupted: a publication that
 * never came to its end.
 */
export type ReleaseState = "listed" | "withdrawn" | "dropped" | "interrupted";

/** A release, and what became of it. */
export interface ReleaseStatus extends Release {
  readonly state: ReleaseState;
  /** By group. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** Number of hosts that run it. */
  readonly hosts: number;
}

/**
 * All releases of a suite, by package, the newest version first.
 * @param name only those of this package
 * @throws InputError when there is no release of that package
 */
export async function listReleases(shelf: Shelf, name: string | undefined): Promise<ReleaseStatus[]> {
  const { stack, bucket, suite } = shelf;
  const index = (await readIndex(bucket, suite.repository))?.packages ?? [];
  const listed = index.filter((entry) => name === undefined || entry.name === name);
  const recorded = await readRecords(shelf, name);
  const isRecorded = (one: { name: string; version: string }) =>
    recorded.some((release) => release.package === one.name && release.version === one.version);
  const bare = listed.filter((entry) => !isRecorded(entry)).map((entry) => unrecorded(entry, suite.channel));
  const releases = [...recorded, ...bare];
  if (name !== undefined && releases.length === 0) throw noPackage(index, name, placeOf(shelf));

  const hashes = new Set(listed.map((entry) => entry.sha256));
  const { reports } = await readReportedFleet(stack, bucket);
  const groups = Object.keys(stack.config.groups);
  const packages = [...new Set(releases.map((release) => release.package))].sort();
  const lists = await mapConcurrently(packages, async (package_) => {
    const ours = releases.filter((release) => release.package === package_);
    const versions = ours.map((release) => release.version);
    const verdicts = await readVerdicts(bucket, groups, package_, versions);
    return ours
      .sort((a, b) => compareVersions(b.version, a.version))
      .map((release) => ({
        ...release,
        state: stateOf(release, hashes.has(release.sha256)),
        verdicts: Object.fromEntries(verdicts.get(release.version) ?? []),
        hosts: reports.filter((report) => report.packages[package_] === release.version).length,
      }));
  });
  return lists.flat();
}

/** What hosts see decides; the record says why they do not. */
export function stateOf(release: Release, listed: boolean): ReleaseState {
  if (listed) return "listed";
  if (release.withdrawn !== null) return "withdrawn";
  return release.dropped === null ? "interrupted" : "dropped";
}

async function readRecords({ bucket, suite }: Shelf, name: string | undefined): Promise<Release[]> {
  const prefix = name === undefined ? suite.records : `${suite.records}${name}/`;
  const releases = await mapConcurrently(await bucket.list(prefix), async (key) => {
    const [package_ = "", file = ""] = key.slice(suite.records.length).split("/");
    return readRelease(bucket, suite, package_, file.replace(/\.json$/, ""));
  });
  return releases.filter((release) => release !== undefined);
}
