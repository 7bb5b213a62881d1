import type { DebFile } from "../deb/deb";
import { UserError } from "../errors";
import type { Draft } from "./commit";
import { type Index, readIndex } from "./index";
import type { IndexedPackage } from "./packages";
import { absentFrom } from "./plan";
import type { Shelf } from "./suite";

/** Reads the draft as hosts would. @throws UserError unless it lists exactly what it should. */
export async function checkDraft(
  { bucket, suite }: Shelf,
  draft: Draft,
  kept: readonly IndexedPackage[],
  added: readonly DebFile[],
): Promise<Index> {
  const objects = Object.values(draft).map(({ key, content }) => [key, { content, etag: "" }] as const);
  const source = { name: bucket.name, get: async (key: string) => new Map(objects).get(key) };
  const made = await readIndex(source, suite.repository);
  const next = made?.packages ?? [];
  const lost = absentFrom(next, [...kept, ...added]);
  const foreign = absentFrom([...kept, ...added], next);
  const moved = kept.filter((entry) => !next.some((other) => other.filename === entry.filename));
  const faults = [
    ...lost.map((package_) => `lacks ${package_}`),
    ...foreign.map((package_) => `has ${package_}, which is not published`),
    ...moved.map((entry) => `does not have ${entry.name} ${entry.version} at ${entry.filename}`),
  ];
  if (made !== undefined && faults.length === 0) return made;
  throw new UserError(
    `the index aptly made for s3://${bucket.name} ${faults.join(", ")}; nothing was published: remove the folder given with ` +
      "--state-dir, or run 'towline restore', and publish again",
  );
}
