import { z } from "zod";
import { UserError } from "../errors";
import type { Bucket } from "../repository/bucket";
import { believesWord } from "./belief";
import { trialKey, verdictKey, wordOf } from "./verdict";
import { voicesOf } from "./voice-keys";

const said = z.record(z.string(), z.unknown());
const schema = z.looseObject({
  generation: z.number().default(0),
  hold: said.nullish(),
  recalled: z.record(z.string(), z.record(z.string(), said)).default({}),
});

/**
 * What is said of a group's rollouts: by people and the alarms' function in `rollout/<group>/orders.json`, which no host may write, and by these and hosts
 * in `control.json`, a change of which has hosts look (docs/contracts.md, "The bucket").
 */
export type Control = z.infer<typeof schema>;

/** Who said something, why and when. */
export interface Said {
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** Hosts write it too, seldom: that often a writer may come too late. */
const ATTEMPTS = 5;

/** In which order a change is written: what hosts look for comes once the rest is there. */
const OBJECTS = ["orders", "control"] as const;

function parse(url: string, text: string): Control {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`${url}: is not what hosts or this command write; correct or delete it`, { cause: error });
  }
}

/**
 * Changes what is said of a group, over exactly what was read.
 * @param change gives the new content of an object, or undefined where nothing is to change
 * @param dryRun writes nothing
 * @returns whether something was changed, or would be
 * @throws UserError when an object is nonsense, or others keep writing it.
 */
async function changeControl(
  bucket: Bucket,
  group: string,
  change: (control: Control) => Control | undefined,
  dryRun = false,
): Promise<boolean> {
  let changed = false;
  // Hosts look again once control.json is another, and agents before 0.11 read it alone: it is written where anything was.
  for (const name of OBJECTS) {
    const any = name === "control" && changed;
    const both = (said: Control) => change(said) ?? (any ? said : undefined);
    if (await changeObject(bucket, `rollout/${group}/${name}.json`, both, dryRun)) changed = true;
  }
  return changed;
}

async function changeObject(
  bucket: Bucket,
  key: string,
  change: (control: Control) => Control | undefined,
  dryRun: boolean,
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await bucket.get(key);
    const before = parse(`s3://${bucket.name}/${key}`, stored?.content.toString("utf8") ?? "{}");
    const after = change(before);
    if (after === undefined) return false;
    if (dryRun) return true;
    const content = JSON.stringify({ ...after, generation: before.generation + 1 });
    if ((await bucket.put(key, content, stored ? { etag: stored.etag } : { absent: true })) !== undefined) return true;
  }
  throw new UserError(`s3://${bucket.name}/${key} was written by others ${ATTEMPTS} times in a row; try again`);
}

/** Keeps what is new from a group's hosts. */
export function hold(bucket: Bucket, group: string, said: Said): Promise<boolean> {
  return changeControl(bucket, group, (control) => ({ ...control, hold: { ...said } }));
}

/** Ends a hold; false where there is none. @param dryRun writes nothing */
export function resume(bucket: Bucket, group: string, dryRun = false): Promise<boolean> {
  return changeControl(bucket, group, ({ hold: held, ...control }) => (held ? control : undefined), dryRun);
}

/** Has a group's hosts leave a version, whatever they found about it. */
export function reject(bucket: Bucket, group: string, name: string, version: string, said: Said): Promise<boolean> {
  return changeControl(bucket, group, (control) => ({
    ...control,
    recalled: { ...control.recalled, [name]: { ...control.recalled[name], [version]: { ...said } } },
  }));
}

/** Has a group's hosts try a version that is bad once more, whatever they said of it; false where it is not bad. @param dryRun writes nothing */
export async function retry(
  bucket: Bucket,
  group: string,
  name: string,
  version: string,
  dryRun = false,
): Promise<boolean> {
  const verdict = verdictKey(group, name, version);
  const found = await bucket.get(verdict);
  const bad = found !== undefined && wordOf(found.content) === "bad";
  if (bad && !dryRun) {
    const voices = await bucket.list(voicesOf(group, name, version));
    // Those that serve with what is called bad, and do not believe it, have said so once: they are heard on.
    const kept = (await believesWord(bucket, group, name, version))
      ? undefined
      : `${voicesOf(group, name, version)}ok/`;
    await bucket.remove(voices.filter((key) => kept === undefined || !key.startsWith(kept)));
    // Last: as long as the verdict is there, an interrupted command can be run again.
    await bucket.remove([verdict, trialKey(group, name, version)]);
  }
  const again = (control: Control) => {
    const { [version]: recalled, ...others } = control.recalled[name] ?? {};
    // That something was written makes hosts look, also where only the verdict has gone.
    return recalled || bad ? { ...control, recalled: { ...control.recalled, [name]: others } } : undefined;
  };
  return changeControl(bucket, group, again, dryRun);
}
