import { z } from "zod";
import { mapConcurrently } from "../concurrency";
import { UserError } from "../errors";
import type { Bucket } from "../repository/bucket";
import { believesWord } from "./belief";

const schema = z.object({
  verdict: z.enum(["ok", "bad"]),
  instance: z.string(),
  reason: z.string(),
  at: z.string(),
});

/** What a group found about a version (docs/contracts.md, "The bucket"). */
export type Verdict = z.infer<typeof schema>;

/** Of what the group's hosts vouch for, each under its own name. */
const VOUCHED: Verdict = { verdict: "ok", instance: "", reason: "what one host wrote over it is not believed", at: "" };

/** Verdicts by version, then by group. */
export type Verdicts = ReadonlyMap<string, ReadonlyMap<string, Verdict>>;

/** Key of what a group found about a version. */
export function verdictKey(group: string, name: string, version: string): string {
  return `rollout/${group}/verdicts/${name}/${version}.json`;
}

/** Key of a version's trial in a group. */
export function trialKey(group: string, name: string, version: string): string {
  return `rollout/${group}/trials/${name}/${version}.json`;
}

/**
 * What groups found about versions of a package. One that hosts vouch for is ok whatever one of them wrote over its verdict.
 * @throws UserError when a verdict is not one an agent wrote.
 */
export async function readVerdicts(
  bucket: Bucket,
  groups: readonly string[],
  name: string,
  versions: readonly string[],
): Promise<Verdicts> {
  const verdicts = new Map(versions.map((version) => [version, new Map<string, Verdict>()]));
  await mapConcurrently(groups, async (group) => {
    const folder = `rollout/${group}/verdicts/${name}/`;
    await mapConcurrently(await bucket.list(folder), async (key) => {
      const version = key.slice(folder.length).replace(/\.json$/, "");
      const found = verdicts.get(version);
      if (found === undefined) return;
      const stored = await bucket.get(key);
      if (stored === undefined) return;
      const denied = wordOf(stored.content) !== "ok" && !(await believesWord(bucket, group, name, version));
      found.set(group, denied ? VOUCHED : parseVerdict(`s3://${bucket.name}/${key}`, stored.content));
    });
  });
  return verdicts;
}

/** The word of a stored verdict, as agents read it; undefined where it holds none. */
export function wordOf(content: Buffer): string | undefined {
  const parsed = z.object({ verdict: z.string() }).safeParse(parseJson(content));
  return parsed.data?.verdict;
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString("utf8"));
  } catch {
    return undefined;
  }
}

function parseVerdict(url: string, content: Buffer): Verdict {
  try {
    return schema.parse(JSON.parse(content.toString("utf8")));
  } catch (error) {
    throw new UserError(`${url}: is no verdict of a host; correct or delete it`, { cause: error });
  }
}
