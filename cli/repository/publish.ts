import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { credentialEnvironment } from "../aws";
import type { DebFile } from "../deb/deb";
import { InputError, UserError } from "../errors";
import { progress } from "../progress";
import type { Stack } from "../project";
import { withTemporaryFolder } from "../temporary";
import { openAptly, type Publisher } from "./aptly";
import type { Bucket } from "./bucket";
import { readIndex, readPackage } from "./index";
import { type SigningHome, withSigningHome } from "./keys";
import { withLock } from "./lock";
import type { IndexedPackage } from "./packages";
import { absentFrom, compareWithIndex, reconcile } from "./plan";

export interface PublishOptions {
  /** Path of the armored private key. */
  readonly signingKey: string;
  /** Folder that keeps the stack's lock and aptly's database. */
  readonly stateDirectory: string;
  /** @default aptly */
  readonly openPublisher?: (signing: SigningHome, temporary: string) => Promise<Publisher>;
}

export interface Publication {
  /** What hosts see now for packages they did not see before. */
  readonly published: readonly IndexedPackage[];
  /** What hosts saw already, with the same bytes. */
  readonly unchanged: readonly IndexedPackage[];
  /** Number of packages in the index. */
  readonly total: number;
}

/**
 * Adds packages to a stack's signed repository and checks that hosts see them. Safe to repeat, also after a failure: the
 * live index decides what there is, and a local database that lost or gained packages is brought in line with it first.
 * @throws InputError when a package or key cannot be used; UserError when the repository is broken or publishing fails.
 */
export async function publishPackages(
  stack: Stack,
  bucket: Bucket,
  files: readonly DebFile[],
  options: PublishOptions,
): Promise<Publication> {
  return withLock(options.stateDirectory, `stack ${stack.name}`, async () => {
    const index = await readIndex(bucket, stack.repository);
    const live = index ?? [];
    const { fresh, present } = compareWithIndex(live, files, stack.repository.architecture);
    if (fresh.length === 0) return { published: [], unchanged: present, total: live.length };
    await withTemporaryFolder((temporary) =>
      withSigningHome(temporary, options.signingKey, stack.repository.publicKey, async (signing) => {
        const publisher = await (options.openPublisher ?? openAptlyOf(stack, options.stateDirectory))(
          signing,
          temporary,
        );
        await restore(publisher, bucket, live, temporary);
        await publisher.add(fresh);
        progress(`publishing ${fresh.map((file) => `${file.name} ${file.version}`).join(", ")} to s3://${bucket.name}`);
        await publisher.publish(index !== undefined);
      }),
    );
    const result = (await readIndex(bucket, stack.repository)) ?? [];
    const absent = absentFrom(result, [...live, ...fresh]);
    if (absent.length > 0) {
      throw new UserError(
        `s3://${bucket.name} was published, but its index lacks ${absent.join(", ")}; publish those again`,
      );
    }
    return {
      published: result.filter((entry) => absentFrom(fresh, [entry]).length === 0),
      unchanged: present,
      total: result.length,
    };
  });
}

/**
 * The private signing key's path from the command line or TOWLINE_SIGNING_KEY_FILE.
 * @throws InputError when neither is given or there is no such file.
 */
export function signingKeyFile(given: string | undefined): string {
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

/** Where a stack's lock and database are kept, below `given` or the user's state folder (XDG base directories). */
export function stateDirectoryOf(stack: string, given: string | undefined): string {
  if (given !== undefined) return resolve(given, stack);
  const home = process.env.HOME ?? "/root";
  const state = process.env.XDG_STATE_HOME;
  return join(state === undefined || state === "" ? join(home, ".local", "state") : state, "towline", stack);
}

async function restore(
  publisher: Publisher,
  bucket: Bucket,
  live: readonly IndexedPackage[],
  temporary: string,
): Promise<void> {
  const { missing, stale } = reconcile(live, await publisher.packages());
  await publisher.remove(stale);
  if (missing.length === 0) return;
  progress(
    `fetching ${missing.length} published package${missing.length === 1 ? "" : "s"} this machine has no copy of`,
  );
  for (const entry of missing) {
    const path = join(temporary, `${entry.sha256}.deb`);
    await writeFile(path, await readPackage(bucket, entry));
    await publisher.add([{ ...entry, path }]);
  }
}

function openAptlyOf(stack: Stack, stateDirectory: string) {
  return async (signing: SigningHome, temporary: string): Promise<Publisher> =>
    openAptly({
      stack: stack.name,
      region: stack.config.region,
      repository: stack.repository,
      stateDirectory: join(stateDirectory, "aptly"),
      temporary,
      signing,
      credentials: await credentialEnvironment(stack.config.region),
      endpoint: process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL,
    });
}
