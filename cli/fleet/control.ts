import { z } from "zod";
import { UserError } from "../errors";
import type { Bucket } from "../repository/bucket";
import { wordOf } from "./verdict";

const said = z.record(z.string(), z.unknown());
const schema = z.looseObject({
  generation: z.number().default(0),
  hold: said.nullish(),
  recalled: z.record(z.string(), z.record(z.string(), said)).default({}),
});

/** What people, and hosts that agree, say of a group's rollouts in `rollout/<group>/control.json` (docs/contracts.md, "The bucket"). */
export type Control = z.infer<typeof schema>;

/** Who said something, why and when. */
export interface Said {
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** Hosts write it too, seldom: that often a writer may come too late. */
const ATTEMPTS = 5;

function keyOf(group: string): string {
  return `rollout/${group}/control.json`;
}

function parse(url: string, text: string): Control {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`${url}: is not what hosts or this command write; correct or delete it`, { cause: error });
  }
}

async function readControl(bucket: Bucket, group: string): Promise<Control> {
  const key = keyOf(group);
  return parse(`s3://${bucket.name}/${key}`, (await bucket.get(key))?.content.toString("utf8") ?? "{}");
}

/**
 * Changes what is said of a group, over exactly what was read.
 * @param change gives the new content, or undefined where nothing is to change
 * @returns whether something was changed
 * @throws UserError when the object is nonsense, or others keep writing it.
 */
export async function changeControl(
  bucket: Bucket,
  group: string,
  change: (control: Control) => Control | undefined,
): Promise<boolean> {
  const key = keyOf(group);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await bucket.get(key);
    const before = parse(`s3://${bucket.name}/${key}`, stored?.content.toString("utf8") ?? "{}");
    const after = change(before);
    if (after === undefined) return false;
    const content = JSON.stringify({ ...after, generation: before.generation + 1 });
    if ((await bucket.put(key, content, stored ? { etag: stored.etag } : { absent: true })) !== undefined) return true;
  }
  throw new UserError(`s3://${bucket.name}/${key} was written by others ${ATTEMPTS} times in a row; try again`);
}

/** Keeps what is new from a group's hosts. */
export function hold(bucket: Bucket, group: string, said: Said): Promise<boolean> {
  return changeControl(bucket, group, (control) => ({ ...control, hold: { ...said } }));
}

/** Ends a hold; false where there is none. */
export function resume(bucket: Bucket, group: string): Promise<boolean> {
  return changeControl(bucket, group, ({ hold: held, ...control }) => (held ? control : undefined));
}

/** Whether a group is held now. */
export async function isHeld(bucket: Bucket, group: string): Promise<boolean> {
  return Boolean((await readControl(bucket, group)).hold);
}

/** Has a group's hosts leave a version, whatever they found about it. */
export function reject(bucket: Bucket, group: string, name: string, version: string, said: Said): Promise<boolean> {
  return changeControl(bucket, group, (control) => ({
    ...control,
    recalled: { ...control.recalled, [name]: { ...control.recalled[name], [version]: { ...said } } },
  }));
}

/** Whether a version is bad for a group, or recalled there. */
export async function isRefused(bucket: Bucket, group: string, name: string, version: string): Promise<boolean> {
  const { recalled } = await readControl(bucket, group);
  if (recalled[name]?.[version] !== undefined) return true;
  const found = await bucket.get(`rollout/${group}/verdicts/${name}/${version}.json`);
  return found !== undefined && wordOf(found.content) === "bad";
}

/** Has a group's hosts try a version that is bad once more; false where it is not bad. */
export async function retry(bucket: Bucket, group: string, name: string, version: string): Promise<boolean> {
  const [verdict, trial] = ["verdicts", "trials"].map((kind) => `rollout/${group}/${kind}/${name}/${version}.json`);
  const found = await bucket.get(verdict as string);
  const bad = found !== undefined && wordOf(found.content) === "bad";
  if (bad) await bucket.remove([verdict as string, trial as string]);
  return changeControl(bucket, group, (control) => {
    const { [version]: recalled, ...others } = control.recalled[name] ?? {};
    // That something was written makes hosts look, also where only the verdict has gone.
    return recalled || bad ? { ...control, recalled: { ...control.recalled, [name]: others } } : undefined;
  });
}
