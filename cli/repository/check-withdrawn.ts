import { mapConcurrently } from "../concurrency";
import { UserError } from "../errors";
import { warn } from "../progress";
import type { Change } from "./change";
import type { IndexedPackage } from "./packages";
import { readRelease } from "./release";
import { placeOf, type Shelf } from "./suite";

/**
 * Refuses to sign a version that was withdrawn: an older index that somebody put back still lists it. What only takes away goes on, since the
 * way back must stay open.
 *
 * @param kept what the next index keeps of this one
 * @param own whether this machine signed this index, so that nothing in it can be news
 * @throws UserError with what to do
 */
export async function checkWithdrawn(
  shelf: Shelf,
  kept: readonly IndexedPackage[],
  change: Change,
  own: boolean,
): Promise<void> {
  if (own) return;
  const found = await mapConcurrently(kept, async ({ name, version }) => {
    const withdrawn = (await readRelease(shelf.bucket, shelf.suite, name, version))?.withdrawn;
    return withdrawn ? [{ spec: `${name}=${version}`, ...withdrawn }] : [];
  });
  const [first, ...others] = found.flat();
  if (first === undefined) return;
  const { spec, by, at } = first;
  const more = others.length === 0 ? "" : ` (and ${others.map((one) => one.spec).join(", ")})`;
  const sentence =
    `${placeOf(shelf)} lists ${spec}${more}, which ${by} withdrew on ${at}: a command was cut short, or somebody put an older index back; ` +
    `take it out with 'towline withdraw ${spec}', or keep it with 'towline withdraw --undo ${spec}'`;
  const grows = change.add.length + (change.relist ?? []).length > 0;
  if (grows) throw new UserError(sentence);
  warn(sentence);
}
