import type { Bucket } from "../repository/bucket";
import type { Seen } from "./snapshot";
import { voicesOf } from "./voice-keys";
import { isBelieved } from "./voices";

/** Whether a group's hosts go by what is said against a version now, in its verdict or by a recall: one listing, and what people and the policy say. */
export async function believesWord(bucket: Bucket, group: string, name: string, version: string): Promise<boolean> {
  const said = ["orders", "policy"].map(async (file): Promise<[string, Seen]> => {
    const key = `rollout/${group}/${file}.json`;
    return [key, { text: (await bucket.get(key))?.content.toString("utf8") ?? "", modified: new Date(0) }];
  });
  const voices = await bucket.objectsBelow(voicesOf(group, name, version));
  const heard = voices.map(({ key, modified }): [string, Seen] => [key, { text: "", modified }]);
  return isBelieved(new Map([...(await Promise.all(said)), ...heard]), group, name, version);
}
