import { isGroupObject } from "../fleet/group-status";
import { AGENT, KEYRING } from "../fleet/groups";
import { reportKeys } from "../fleet/host";
import { type FollowedIndex, readFollowedIndexes } from "../fleet/index-status";
import { readFleet } from "../fleet/instances";
import { isReportOf, stackStatus } from "../fleet/look";
import { Watcher } from "../fleet/snapshot";
import { isVoice } from "../fleet/voice-keys";
import type { Stack } from "../project";
import type { Bucket } from "../repository/bucket";
import { type Listed, openListing } from "../repository/listing";
import { versionsOf } from "../repository/packages";
import { openVersions } from "../repository/versions";
import { timestamp } from "../time";
import { type Cloud, openCloud } from "./cloud";
import { missed } from "./gone";
import { readHostDetail } from "./host-detail";
import { listedOnce } from "./listed-once";
import type { GoneHost, HostDetail, StackView } from "./model";
import { PastReader } from "./past";
import { Permitted } from "./permitted";
import { RECORD, recordsOf, releaseViews } from "./releases";
import { type Offer, rolloutsOf } from "./rollouts";
import { timelineOf } from "./timeline";

/** What the page knows of one stack. */
export interface PageSource {
  /** Looks at it: one listing of the bucket, and what has changed since the look before. */
  look(): Promise<StackView>;
  /** What is known of a host that the last look saw; undefined of any other. */
  detail(group: string, instance: string): Promise<HostDetail | undefined>;
}

/** Opens a stack for the page, with the default credentials. */
export async function openPageSource(stack: Stack, bucket: Bucket, cloud?: Cloud): Promise<PageSource> {
  const { region } = stack.config;
  const asked = cloud ?? (await openCloud(stack));
  const permitted = new Permitted();
  const versions = await openVersions(region, bucket.name);
  const past = new PastReader(versions, asked, permitted);
  const watcher = new Watcher(bucket, listedOnce(await openListing(region, bucket.name)), [""]);
  let indexes: { readonly tags: string; readonly read: readonly FollowedIndex[] } | undefined;
  let gone: readonly GoneHost[] = [];
  let last: StackView | undefined;
  let keys: ReadonlyMap<string, string> = new Map();

  const look = async () => {
    const troubles = new Set<string>();
    const tell = (fault: string) => troubles.add(fault);
    const fleet = await readFleet(stack);
    const now = new Date();
    const isReport = isReportOf(fleet);
    const objects = await watcher.look(
      (key) =>
        isGroupObject(key) ||
        isVoice(key) ||
        isReport(key) ||
        RECORD.test(key) ||
        /^rollout\/[^/]+\/trials\//.test(key),
    );
    const status = stackStatus(stack, fleet, objects, now, tell);
    const tags = tagsOf(watcher.listed);
    if (indexes?.tags !== tags) {
      const faults: string[] = [];
      const read = await readFollowedIndexes(stack, bucket, (fault) => faults.push(fault));
      // What cannot be trusted may be well at the next look, though nothing has changed.
      indexes = { tags: faults.length === 0 ? tags : "", read };
      faults.forEach(tell);
    }
    const records = recordsOf(bucket.name, objects, tell);
    const [targets, before] = await Promise.all([
      permitted.ask("targets", () => asked.targets(fleet.sizes), tell),
      past.read(fleet, watcher.listed, tell),
    ]);
    gone = missed(gone, last?.rows ?? [], status.rows, now);
    last = {
      ...status,
      ...{ stack: stack.name, region, at: timestamp(now), sizes: fleet.sizes, targets: targets ?? null, gone },
      indexes: indexes.read.map((one) => one.status),
      rollouts: rolloutsOf(offersOf(stack, indexes.read), status.rows, status.groups, objects, now),
      releases: releaseViews(records, indexes.read, objects, status.rows),
      timeline: timelineOf({ objects, records, ...before }),
      troubles: [...troubles],
    };
    keys = new Map(reportKeys([...objects.keys()]).map(({ key, ...host }) => [`${host.group}/${host.instance}`, key]));
    return last;
  };
  return {
    look,
    async detail(group, instance) {
      const key = keys.get(`${group}/${instance}`);
      return key === undefined ? undefined : readHostDetail(versions, key);
    },
  };
}

function tagsOf(listed: readonly Listed[]): string {
  const found = listed.filter(({ key }) => /^dists\/[^/]+\/InRelease$/.test(key));
  return found.map(({ key, etag }) => `${key} ${etag}`).join("\n") || "none";
}

/** Of a package that a group's channel lists, the main suite's versions do not count. */
function offersOf({ config }: Stack, indexes: readonly FollowedIndex[]): Offer[] {
  const versions = (channel: string | undefined, name: string) =>
    versionsOf(indexes.find((one) => one.channel === channel)?.index.packages ?? [], name);
  return Object.entries(config.groups).flatMap(([group, { channel, packages }]) =>
    [...packages, AGENT, KEYRING].map((name) => {
      const own = channel === undefined ? [] : versions(channel, name);
      return { group, package: name, listed: own.length > 0 ? own : versions(undefined, name) };
    }),
  );
}
