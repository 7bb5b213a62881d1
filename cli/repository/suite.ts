import { isChannel } from "../../infra/config";
import { channelSuite } from "../../infra/names";
import { InputError } from "../errors";
import type { Stack } from "../project";
import type { Bucket } from "./bucket";
import type { Repository } from "./index";

/** One suite of a stack's repository: the main one, or that of a channel for branch builds. */
export interface Suite {
  /** Undefined for the main suite. */
  readonly channel: string | undefined;
  readonly repository: Repository;
  /** Prefix of the suite's release records. */
  readonly records: string;
}

/** A suite where it is kept. */
export interface Shelf {
  readonly stack: Stack;
  readonly bucket: Bucket;
  readonly suite: Suite;
}

/** The suite of a channel of a stack, or its main suite. */
export function suiteOf(stack: Pick<Stack, "repository" | "channelsKey">, channel?: string | undefined): Suite {
  if (channel === undefined) return { channel, repository: stack.repository, records: "releases/" };
  const suite = channelSuite(stack.repository.suite, checkChannel(channel));
  const publicKey = stack.channelsKey ?? stack.repository.publicKey;
  return { channel, repository: { ...stack.repository, suite, publicKey }, records: `channels/${channel}/releases/` };
}

/** All suites that are published in a stack's bucket, the main one first. */
export async function publishedSuites(
  stack: Pick<Stack, "repository" | "channelsKey">,
  bucket: Bucket,
): Promise<Suite[]> {
  const published = (await bucket.list("dists/")).flatMap((key) => /^dists\/([^/]+)\/InRelease$/.exec(key)?.[1] ?? []);
  const prefix = channelSuite(stack.repository.suite, "");
  const channels = published.filter((suite) => suite.startsWith(prefix)).map((suite) => suite.slice(prefix.length));
  const main = published.includes(stack.repository.suite) ? [suiteOf(stack)] : [];
  return [...main, ...channels.filter(isChannel).map((channel) => suiteOf(stack, channel))];
}

/** @throws InputError unless it can be the name of a channel. */
export function checkChannel(name: string): string {
  if (isChannel(name)) return name;
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40)
    .replace(/-$/, "");
  const example = isChannel(slug) ? slug : "feature-x";
  throw new InputError(
    `'${name}' is not a channel's name of 1 to 40 lower-case letters, digits and single hyphens between them, such as ${example}`,
  );
}

/** How a suite is called in a sentence. */
export function placeOf(shelf: Pick<Shelf, "suite"> & { readonly stack: Pick<Stack, "name"> }): string {
  const { channel } = shelf.suite;
  return channel === undefined ? shelf.stack.name : `${shelf.stack.name}, channel ${channel}`;
}
