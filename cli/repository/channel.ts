import { mapConcurrently } from "../concurrency";
import { InputError } from "../errors";
import { attestationKey, packageOf } from "../provenance/attestation";
import type { PublisherOptions } from "./change";
import { readIndex } from "./index";
import { type HeldLease, withPublishLease } from "./lease";
import { listBeside, poolOwners } from "./pool";
import { publishedSuites, type Shelf } from "./suite";

/** What removing a channel removes. */
export interface ChannelRemoval {
  readonly channel: string;
  /** `package version` of what its suite lists. */
  readonly packages: readonly string[];
  /** Keys of the objects. */
  readonly objects: readonly string[];
}

/** A channel that has a suite. */
export interface ChannelStatus {
  readonly channel: string;
  readonly packages: readonly string[];
  /** Groups that follow it. */
  readonly groups: readonly string[];
}

/** The channels of a stack. */
export async function listChannels({ stack, bucket }: Omit<Shelf, "suite">): Promise<ChannelStatus[]> {
  const suites = await publishedSuites(stack, bucket);
  const statuses = await mapConcurrently(suites, async ({ channel, repository }) => {
    if (channel === undefined) return [];
    const packages = (await readIndex(bucket, repository))?.packages ?? [];
    return [
      {
        channel,
        packages: packages.map(({ name, version }) => `${name} ${version}`),
        groups: followers(stack, channel),
      },
    ];
  });
  return statuses.flat();
}

/**
 * What removing a channel would remove: its suite, its records, and the packages no other suite needs.
 * @throws InputError when there is no such channel or a group follows it.
 */
export async function planChannelRemoval(shelf: Shelf & { suite: { channel: string } }): Promise<ChannelRemoval> {
  const { stack, bucket, suite } = shelf;
  const { channel } = suite;
  const groups = followers(stack, channel);
  if (groups.length > 0) {
    throw new InputError(
      `group ${groups.join(", ")} of ${stack.name} follows channel ${channel}; take 'channel' out of its section in ` +
        `Pulumi.${stack.name}.yaml and run 'pulumi up' first`,
    );
  }
  const [indexes, records] = [
    await bucket.list(`dists/${suite.repository.suite}/`),
    await bucket.list(`channels/${channel}/`),
  ];
  if (indexes.length + records.length === 0) {
    const others = (await listChannels(shelf)).map((status) => status.channel).join(", ");
    throw new InputError(
      `${stack.name} has no channel ${channel}; ${others === "" ? "it has none" : `it has ${others}`}`,
    );
  }
  const listed = (await readIndex(bucket, suite.repository))?.packages ?? [];
  const ownerOf = await poolOwners(shelf, channel);
  const owners = await mapConcurrently(listed, (entry) => ownerOf(entry.filename));
  const files = listed.filter((_, index) => owners[index] === undefined).map((entry) => entry.filename);
  const evidence = (await listBeside(bucket, listed)).filter((key) => {
    const about = packageOf(key);
    if (key === about) return false;
    return (
      files.includes(about) || listed.some((entry) => key === attestationKey(entry.filename, suite.repository.suite))
    );
  });
  const inRelease = indexes.filter((key) => key.endsWith("/InRelease"));
  const others = indexes.filter((key) => !key.endsWith("/InRelease"));
  return {
    channel,
    packages: listed.map(({ name, version }) => `${name} ${version}`),
    // A removal that is cut short must never leave an InRelease whose list is gone.
    objects: [...inRelease, ...others, ...files, ...evidence, ...records],
  };
}

/** Removes a channel, as the only publisher of the bucket. */
export async function removeChannel(
  shelf: Shelf & { suite: { channel: string } },
  options: Pick<PublisherOptions, "wait" | "by">,
): Promise<ChannelRemoval> {
  const lease = { ...options, purpose: `removing channel ${shelf.suite.channel}` };
  return withPublishLease(shelf.bucket, lease, async (held: HeldLease) => {
    const removal = await planChannelRemoval(shelf);
    held.check();
    const [first, ...rest] = removal.objects;
    if (first !== undefined) await shelf.bucket.remove([first]);
    await shelf.bucket.remove(rest);
    return removal;
  });
}

function followers(stack: Shelf["stack"], channel: string): string[] {
  return Object.entries(stack.config.groups).flatMap(([name, group]) => (group.channel === channel ? name : []));
}
