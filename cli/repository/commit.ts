import { sha512 } from "../checksum";
import { messageOf, UserError } from "../errors";
import { warn } from "../progress";
import { byHashKey, type Index, type Repository } from "./index";
import type { Shelf } from "./suite";

interface DraftObject {
  readonly key: string;
  readonly content: Buffer;
}

/** A signed index that is not in the bucket yet, as the two objects hosts read. */
export interface Draft {
  /** The list of packages, under its hash. */
  readonly packages: DraftObject;
  /** Names the list and is signed: what it names is what hosts see. */
  readonly inRelease: DraftObject;
}

export function draftOf(repository: Repository, packages: Buffer, inRelease: Buffer): Draft {
  const root = `dists/${repository.suite}`;
  const path = `${repository.component}/binary-${repository.architecture}/Packages.gz`;
  return {
    packages: { key: byHashKey(root, path, sha512(packages)), content: packages },
    inRelease: { key: `${root}/InRelease`, content: inRelease },
  };
}

/** Puts a draft's list of packages where nothing refers to it yet. */
export async function placeList({ bucket }: Shelf, draft: Draft): Promise<void> {
  await bucket.put(draft.packages.key, draft.packages.content);
}

/**
 * Makes a draft, whose list is in its place, what hosts see, by writing InRelease last and only over the index the draft was made from.
 * @param index what hosts saw when the draft was made
 * @throws UserError when somebody else published meanwhile.
 */
export async function commit({ bucket }: Shelf, draft: Draft, index: Index | undefined): Promise<void> {
  const { key, content } = draft.inRelease;
  if (await bucket.put(key, content, index === undefined ? { absent: true } : { etag: index.etag })) return;
  // A write that got through although its answer was lost looks as if somebody else had written.
  if ((await bucket.get(key))?.content.equals(content)) return;
  throw new UserError(`s3://${bucket.name}/${key} was changed by somebody else; nothing was published, try again`);
}

/**
 * Removes the lists of packages that neither hosts that are up to date need nor those that read the index before this one.
 *
 * @param left lists that may be there; undefined where the bucket has to be asked
 * @returns whether that worked
 */
export async function sweepIndexes(
  { bucket, suite }: Shelf,
  draft: Draft,
  index: Index | undefined,
  left: readonly string[] | undefined,
): Promise<boolean> {
  const root = `dists/${suite.repository.suite}/`;
  const needed = new Set([draft.inRelease.key, draft.packages.key, ...(index?.objects ?? [])]);
  return sweeping(`old indexes of s3://${bucket.name}/${root}`, async () => {
    const old = (left ?? (await bucket.list(root))).filter((key) => !needed.has(key));
    if (old.length > 0) await bucket.remove(old);
  });
}

/**
 * Removes what a publication leaves over. Where that fails hosts are none the worse, and the next publication does it.
 *
 * @returns whether it worked
 */
export async function sweeping(what: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    warn(`${what} could not be removed and will be by the next publication: ${messageOf(error)}`);
    return false;
  }
}
