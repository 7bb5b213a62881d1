import { readFile } from "node:fs/promises";
import { sha256 } from "../checksum";
import { mapConcurrently } from "../concurrency";
import { InputError } from "../errors";
import { packageOf } from "../provenance/attestation";
import type { Bucket } from "./bucket";
import type { Change } from "./change";
import { refuseForeignFolder } from "./check-names";
import { sweeping } from "./commit";
import { readIndex } from "./index";
import { entryOf, type IndexedPackage } from "./packages";
import { readRelease } from "./release";
import { publishedSuites, type Shelf } from "./suite";

/**
 * Puts packages into the pool, which all suites of a bucket share, unless they are there already.
 * @param next the index that is going to list them
 * @throws InputError when other bytes are there that another suite lists or that were withdrawn.
 */
export async function placePackages(
  shelf: Shelf,
  next: readonly IndexedPackage[],
  { add, refuseOtherBytes }: Pick<Change, "add" | "refuseOtherBytes">,
): Promise<void> {
  await mapConcurrently(add, async (file) => {
    const entry = entryOf(next, file);
    refuseForeignFolder(shelf, file, entry);
    const content = await readFile(file.path);
    if ((await shelf.bucket.put(entry.filename, content, { absent: true })) !== undefined) return;
    const there = await shelf.bucket.get(entry.filename);
    const found = there && sha256(there.content);
    if (found === file.sha256) return;
    await refuseOtherBytes?.(file);
    const owner = await (await poolOwners(shelf))(entry.filename);
    if (owner !== undefined) {
      throw new InputError(
        `${file.path}: ${file.name} ${file.version} exists already with other bytes: sha256 ${found} in ${owner}, ` +
          `${file.sha256} here; build it with a new version`,
      );
    }
    // Left by a publication that never came to its end.
    await shelf.bucket.put(entry.filename, content);
  });
}

/**
 * Removes files of these packages, and their evidence, that no suite lists any more, but not withdrawn ones, which can be listed again.
 *
 * @returns whether that worked
 */
export async function sweepPool(
  shelf: Shelf,
  next: readonly IndexedPackage[],
  names: readonly string[],
): Promise<boolean> {
  const { bucket } = shelf;
  const listed = new Set(next.map((entry) => entry.filename));
  const entries = next.filter((entry) => names.includes(entry.name));
  return sweeping(`files of old packages in s3://${bucket.name}/pool/`, async () => {
    const unlisted = (await listBeside(bucket, entries)).filter((key) => !listed.has(packageOf(key)));
    if (unlisted.length === 0) return;
    const ownerOf = await poolOwners(shelf);
    // Once for a package and its evidence.
    const packages = [...new Set(unlisted.map(packageOf))];
    const owners = await mapConcurrently(packages, ownerOf);
    const unowned = new Set(packages.filter((_, index) => owners[index] === undefined));
    const orphans = unlisted.filter((key) => unowned.has(packageOf(key)));
    if (orphans.length > 0) await bucket.remove(orphans);
  });
}

/** Keys of all that lies in the folders of packages: they, other versions, and evidence. */
export async function listBeside(bucket: Bucket, packages: readonly IndexedPackage[]): Promise<string[]> {
  const folders = new Set(packages.map(({ filename }) => filename.replace(/[^/]+$/, "")));
  return (await mapConcurrently([...folders], (folder) => bucket.list(folder))).flat();
}

/**
 * Tells which suite needs a file of the pool, because it lists it or may list it again; undefined where none does.
 * @param except a channel whose needs do not count
 */
export async function poolOwners(
  { stack, bucket }: Shelf,
  except?: string,
): Promise<(filename: string) => Promise<string | undefined>> {
  const published = await publishedSuites(stack, bucket);
  const others = published.filter(({ channel }) => except === undefined || channel !== except);
  const suites = await mapConcurrently(others, async (suite) => {
    const index = await readIndex(bucket, suite.repository);
    return { suite, listed: new Set(index?.packages.map((entry) => entry.filename)) };
  });
  return async (filename) => {
    const [name = "", version = ""] = (filename.split("/").at(-1) ?? "").split("_");
    for (const { suite, listed } of suites) {
      if (listed.has(filename)) return `suite ${suite.repository.suite}`;
      const release = await readRelease(bucket, suite, name, version);
      if (release?.withdrawn) return `suite ${suite.repository.suite}, withdrawn`;
    }
    return undefined;
  };
}
