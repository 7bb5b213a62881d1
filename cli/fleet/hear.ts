import type { Listing } from "../repository/listing";
import { asObject, fieldsOf } from "./loose";
import type { Part, Seen, Snapshot } from "./snapshot";
import { voicesOf } from "./voice-keys";

/** So many of a group's versions that are called bad are asked about at each look: those of which it was said last. */
const MOST_HEARD = 10;

/** Where a group's objects are, up to hosts' words: there is one of each host on each version, of which few are asked about. */
export function withoutVoices(group: string): Part {
  return { prefix: `rollout/${group}/`, end: `rollout/${group}/voices/` };
}

/** Adds what hosts say of the versions that are called bad, one listing each. */
export async function hear(listing: Listing, groups: readonly string[], objects: Snapshot): Promise<Snapshot> {
  const prefixes = groups.flatMap((group) => calledBad(group, objects).slice(0, MOST_HEARD));
  const voices = (await Promise.all(prefixes.map((prefix) => listing(prefix)))).flat();
  return new Map<string, Seen>([
    ...objects,
    ...voices.map(({ key, modified }) => [key, { text: "", modified }] as const),
  ]);
}

/** Below which prefixes there are words on what is called bad, the newest first. */
function calledBad(group: string, objects: Snapshot): string[] {
  const root = `rollout/${group}/verdicts/`;
  const { recalled } = fieldsOf(objects.get(`rollout/${group}/control.json`)?.text);
  const claimed = Object.entries(asObject(recalled) ?? {}).flatMap(([name, versions]) =>
    Object.keys(asObject(versions) ?? {}).map((version) => voicesOf(group, name, version)),
  );
  const found = [...objects]
    .filter(([key, { text }]) => key.startsWith(root) && fieldsOf(text).verdict === "bad")
    .sort(([, one], [, other]) => other.modified.getTime() - one.modified.getTime())
    .map(([key]) => {
      const [name = "", file = ""] = key.slice(root.length).split("/");
      return voicesOf(group, name, file.replace(/\.json$/, ""));
    });
  return [...new Set([...found, ...claimed])];
}
