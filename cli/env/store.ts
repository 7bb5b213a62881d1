import { setTimeout as sleep } from "node:timers/promises";
import { settingsObject } from "../../infra/names";
import { UserError } from "../errors";
import type { Bucket, Objects, Sealing } from "../repository/bucket";
import { timestamp } from "../time";
import { applyEdit, type Difference, differenceOf, type Edit, isEmpty } from "./edit";
import { parseSettings, renderSettings, type Settings } from "./file";

/** How often a change is made anew on what another writer left. */
const ATTEMPTS = 12;
const LONGEST_PAUSE_MILLISECONDS = 400;

/** Object metadata that holds who wrote a version, percent-encoded. */
export const AUTHOR = "towline-by";

/** Settings as they lie in the bucket. */
export interface StoredSettings {
  readonly settings: Settings;
  readonly text: string;
  readonly etag: string;
}

export interface ChangeOptions {
  readonly by: string;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** ARN of the key they are encrypted with; called where there is something to write. */
  readonly keyArn: () => Promise<string>;
}

/** @throws UserError when they are not what towline writes */
export async function readSettings(bucket: Objects, name: string): Promise<StoredSettings | undefined> {
  const key = settingsObject(name);
  const stored = await bucket.get(key);
  if (stored === undefined) return undefined;
  const text = stored.content.toString("utf8");
  return { settings: parseSettings(text, `s3://${bucket.name}/${key}`), text, etag: stored.etag };
}

/**
 * Changes the settings of a package. When another writer was faster, the edit is made anew on what that one wrote.
 * @returns what is different now; nothing is written where nothing is
 * @throws UserError when other writers were faster each time, or what is there is not towline's
 */
export async function changeSettings(
  bucket: Bucket,
  name: string,
  edit: Edit,
  options: ChangeOptions,
): Promise<Difference> {
  const key = settingsObject(name);
  let sealing: Sealing | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const stored = await readSettings(bucket, name);
    const before: Settings = stored?.settings ?? new Map();
    const after = applyEdit(before, edit, options.by, timestamp());
    const difference = differenceOf(before, after);
    const text = renderSettings(name, after);
    if (isEmpty(difference) || options.dryRun) return difference;
    sealing ??= { keyArn: await options.keyArn(), metadata: { [AUTHOR]: encodeURIComponent(options.by) } };
    const condition = stored === undefined ? ({ absent: true } as const) : { etag: stored.etag };
    if ((await bucket.put(key, text, condition, sealing)) !== undefined) return difference;
    // A write whose answer was lost is made again by the SDK, and then its own result stands in its way.
    if ((await readSettings(bucket, name))?.text === text) return difference;
    await sleep(Math.random() * LONGEST_PAUSE_MILLISECONDS);
  }
  throw new UserError(
    `s3://${bucket.name}/${key}: others changed it ${ATTEMPTS} times while this change was made; nothing was written, try again`,
  );
}
