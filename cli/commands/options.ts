import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { InputError } from "../errors";
import { openStack, type Stack } from "../project";
import { openBucket } from "../repository/bucket";
import type { PublisherOptions } from "../repository/change";
import { personOf } from "../repository/provenance";
import { type Shelf, suiteOf } from "../repository/suite";

/** What every command that publishes takes. */
export interface PublisherFlags {
  readonly signingKey?: string;
  readonly stateDir?: string;
  readonly wait: number;
  readonly by?: string;
}

/** Options of a command that publishes. */
export function withPublisherOptions(command: Command): Command {
  return withDatabaseOptions(command).option(
    "--signing-key <file>",
    "armored private key (default: the file TOWLINE_SIGNING_KEY_FILE names)",
  );
}

/** Options of a command that works on aptly's database. */
export function withDatabaseOptions(command: Command): Command {
  return withLeaseOptions(command).option(
    "--state-dir <dir>",
    "folder for aptly's databases (default: $XDG_STATE_HOME/towline or ~/.local/state/towline)",
  );
}

/** Options of a command that keeps publishers away. */
export function withLeaseOptions(command: Command): Command {
  return command
    .option("--wait <seconds>", "how long to wait for another publisher", seconds, 60)
    .option("--by <name>", "who does it (default: BUILD_USER of Jenkins, else the system's user)");
}

/** What the options of `withPublisherOptions` mean for a stack. @throws InputError when there is no signing key. */
export function publisherOf(stack: Stack, flags: PublisherFlags): Omit<PublisherOptions, "purpose"> {
  return { ...databaseOf(stack, flags), signingKey: signingKeyFile(flags.signingKey) };
}

/** What the options of `withDatabaseOptions` mean for a stack. */
export function databaseOf(
  stack: Stack,
  flags: Omit<PublisherFlags, "signingKey">,
): Pick<PublisherOptions, "stateDirectory" | "wait" | "by"> {
  return {
    stateDirectory: stateDirectoryOf(stack.repository.bucket, flags.stateDir),
    wait: flags.wait,
    by: personOf(flags.by, process.env),
  };
}

/**
 * The private signing key's path from the command line or TOWLINE_SIGNING_KEY_FILE.
 * @throws InputError when neither is given or there is no such file.
 */
function signingKeyFile(given: string | undefined): string {
  const path = given ?? process.env.TOWLINE_SIGNING_KEY_FILE ?? "";
  if (path === "") {
    throw new InputError(
      "publishing needs the private signing key: give its file with --signing-key or TOWLINE_SIGNING_KEY_FILE",
    );
  }
  if (!existsSync(path))
    throw new InputError(`${path}: there is no such file; it should hold the armored private signing key`);
  return resolve(path);
}

/** Where the database of a bucket is kept, below `given` or the user's state folder (XDG base directories). */
export function stateDirectoryOf(bucket: string, given: string | undefined): string {
  if (given !== undefined) return resolve(given, bucket);
  const home = process.env.HOME ?? "/root";
  const state = process.env.XDG_STATE_HOME;
  return join(state === undefined || state === "" ? join(home, ".local", "state") : state, "towline", bucket);
}

/** A suite of a stack that is named on the command line. */
export async function openShelf(name: string, channel: string | undefined, command: Command): Promise<Shelf> {
  const { directory } = command.optsWithGlobals<{ directory?: string }>();
  const stack = openStack(name, directory);
  const suite = suiteOf(stack, channel);
  // What a branch builds is no release.
  const lockDays = channel === undefined ? stack.config.protect?.releaseDays : undefined;
  return { stack, suite, bucket: await openBucket(stack.config.region, stack.repository.bucket, lockDays) };
}

/** @throws InvalidArgumentError unless `text` is a whole number of seconds. */
export function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It should be a whole number of seconds, such as 60.");
}

/** @throws InvalidArgumentError unless `text` is a time with its zone. */
export function moment(text: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)))
    return text;
  throw new InvalidArgumentError("It should be a time with its zone, such as 2026-01-31T12:00:00Z.");
}
