import { open } from "node:fs/promises";
import { join } from "node:path";
import { mapConcurrently } from "../concurrency";
import { InputError } from "../errors";
import { filesBelow } from "./tree";

// github.com/git-lfs/git-lfs/blob/main/docs/spec.md: the first line, and below 1,024 bytes in all.
const POINTER = "version https://git-lfs.github.com/spec/v1\n";
const LARGEST = 1024;

/**
 * Refuses Git LFS pointers, which stand where the file itself should be.
 * @param shown the folder the user knows, for messages
 * @throws InputError naming the first
 */
export async function requireNoPointers(root: string, shown: string): Promise<void> {
  const paths = await filesBelow(root);
  const pointers = await mapConcurrently(paths, (path) => isPointer(join(root, path)));
  const first = paths.find((_, index) => pointers[index]);
  if (first === undefined) return;
  throw new InputError(
    `${join(shown, first)}: is a Git LFS pointer and not the file itself; run 'git lfs install' and 'git lfs pull' (Debian's git-lfs)`,
  );
}

async function isPointer(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    if ((await handle.stat()).size >= LARGEST) return false;
    const { buffer } = await handle.read(Buffer.alloc(POINTER.length), 0, POINTER.length, 0);
    return buffer.toString("latin1") === POINTER;
  } finally {
    await handle.close();
  }
}
