import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onInterrupt } from "./interrupt";

/** Runs `work` with a private (0700) temporary folder that is gone afterwards, also after a failure or a signal. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "towline-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const done = onInterrupt(remove);
  try {
    return await work(folder);
  } finally {
    remove();
    done();
  }
}
