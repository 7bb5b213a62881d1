import { z } from "zod";
import { appsOf, type GroupConfig, type StackConfig } from "../../infra/config";
import { PACKAGE_SIZE, POLLS, RELEASE_REQUESTS, RELEASES, SETTINGS_READS } from "./assumptions";
import { logStorage } from "./audit";
import { always, type Sizes, times, total } from "./sizes";
import { from, metered, type Usage } from "./usage";

/** The stack's bucket, or that of its logs. Of the first: what lies in it, the polls of each group's hosts, and what releases take. */
export const bucket = from(z.object({ bucket: z.string() }), ({ bucket: name }, config) => {
  if (name !== config.repository.bucket) return logStorage(config);
  const packages = packagesOf(config).size;
  // What retention drops stays for 30 days more, which is about a month's releases.
  const versions = packages * (config.repository.keep + RELEASES);
  return [
    metered(`packages, ${PACKAGE_SIZE * 1000} MB each`, always(versions * PACKAGE_SIZE), "objectStorage"),
    ...polls(config),
    metered("reads of releases", times(installsOf(config), RELEASE_REQUESTS.hostReads), "objectReads"),
    metered("writes of releases", writesOf(config), "objectWrites"),
  ];
});

/** One conditional request a minute for each object that hosts of a group watch. */
function polls({ groups }: StackConfig): Usage[] {
  return Object.entries(groups).map(([name, group]) => {
    const objects = polledObjects(group);
    return metered(`polls of ${name}: ${objects.join(", ")}`, times(group.size, POLLS * objects.length), "objectReads");
  });
}

/** What each host of a group asks for every minute. */
export function polledObjects(group: GroupConfig): string[] {
  const settings = appsOf(group).map((app) => `settings of ${app}`);
  const channels = group.channel === undefined ? [] : [`InRelease of ${group.channel}`];
  return ["InRelease", ...channels, "control.json", "policy.json", ...settings];
}

/** Each write to the bucket is told to EventBridge, the uninteresting ones too, since it asks for all of them. */
export const bucketNotification = from(z.object({ bucket: z.string(), eventbridge: z.literal(true) }), (_, config) => [
  metered("events of written objects", writesOf(config), "objectEvents"),
]);

/** A volume of no more operations and MiB a second than a gp3's size pays for. */
const plain = { iops: z.number().max(3000).optional(), throughput: z.number().max(125).optional() };

/** A disk that outlives its host. */
export const volume = from(z.object({ type: z.literal("gp3"), size: z.number(), ...plain }), ({ size }) => [
  metered(`data volume, ${size} GiB`, always(size), "volumeStorage"),
]);

/** Costs nothing itself, but the fleet's root volumes are as it says: one for each host, and plain. */
export const launchTemplate = from(
  z.object({
    blockDeviceMappings: z.tuple([z.object({ ebs: z.object({ volumeType: z.literal("gp3"), ...plain }) })]),
  }),
  () => [],
);

/** The key of the settings, and the reads that need it. */
export const key = from(z.object({ description: z.string() }), (_, { groups }) => {
  const readers = total(Object.values(groups).map((group) => times(group.size, appsOf(group).length)));
  return [metered("key", always(1), "key"), metered("decryptions", times(readers, SETTINGS_READS), "keyRequests")];
});

export function writesOf(config: StackConfig): Sizes {
  const publishing = always(packagesOf(config).size * RELEASES * RELEASE_REQUESTS.publisherWrites);
  return total([publishing, times(installsOf(config), RELEASE_REQUESTS.hostWrites)]);
}

/** Times that hosts install a release. */
function installsOf({ groups }: StackConfig): Sizes {
  return times(total(Object.values(groups).map(({ size, packages }) => times(size, packages.length))), RELEASES);
}

function packagesOf({ groups }: StackConfig): ReadonlySet<string> {
  return new Set(Object.values(groups).flatMap(({ packages }) => packages));
}
