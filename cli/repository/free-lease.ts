import { join } from "node:path";
import { readIfThere } from "../read-if-there";
import { replaceFile } from "../replace-file";

/**
 * The entity tag that the publisher's lease of a bucket had when this machine gave it back. While the lease still has it, nobody else has
 * published since, and it can be taken by one write: a lease of anybody else's, and each later one, has another.
 *
 * @param folder the bucket's state on this machine; without one nothing is remembered
 */
export async function readFreeLease(folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const etag = (await readIfThere(fileOf(folder)))?.toString("utf8").trim();
  return etag === "" ? undefined : etag;
}

/** Remembers it. */
export async function writeFreeLease(folder: string | undefined, etag: string): Promise<void> {
  if (folder !== undefined) await replaceFile(fileOf(folder), `${etag}\n`);
}

function fileOf(folder: string): string {
  return join(folder, "free-lease");
}
