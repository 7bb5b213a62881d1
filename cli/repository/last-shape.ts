import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DebFile } from "../deb/deb";
import { newInShape, readShape, type Shape } from "../deb/shape";
import { compareVersions } from "../deb/version-order";
import { replaceFile } from "../replace-file";
import { withTemporaryFolder } from "../temporary";
import type { PublishedPackage } from "./publish";
import type { Shelf } from "./suite";

interface Kept {
  readonly version: string;
  readonly shape: Shape;
}

/**
 * What a published version brings beyond its app that the last one did not: maintainer scripts, setuid files, new paths. The last one's
 * shape is kept on this machine; where another machine published it, the package itself is fetched.
 * @param folder this machine's state
 * @returns undefined where the last version is nowhere to be had
 */
export async function newSinceLast(
  folder: string,
  shelf: Pick<Shelf, "suite" | "bucket">,
  file: Pick<DebFile, "path">,
  { name, version, previous, filename, architecture }: PublishedPackage,
): Promise<readonly string[] | undefined> {
  const path = join(folder, "shapes", shelf.suite.repository.suite, `${name}.json`);
  const shape = await readShape(file.path, name);
  const kept = await readKept(path);
  let before: Shape | undefined;
  if (previous !== null) {
    const last = `${dirname(filename)}/${name}_${previous}_${architecture}.deb`;
    before = kept?.version === previous ? kept.shape : await fetchShape(shelf, last, name);
  }
  // Of several that are published together, in whatever order, the highest is the next one's last.
  if (kept === undefined || compareVersions(version, kept.version) >= 0) {
    await replaceFile(path, JSON.stringify({ version, shape } satisfies Kept));
  }
  if (previous === null) return [];
  return before && newInShape(before, shape);
}

async function fetchShape({ bucket }: Pick<Shelf, "bucket">, key: string, name: string): Promise<Shape | undefined> {
  const there = await bucket.get(key);
  if (there === undefined) return undefined;
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, "last.deb");
    await writeFile(path, there.content);
    return readShape(path, name);
  });
}

/** Ours alone to write: what cannot be read is as good as none. */
async function readKept(path: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Kept;
  } catch {
    return undefined;
  }
}
