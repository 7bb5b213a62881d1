/** Whether the object of a key is a host's word, which stands in its name. */
export function isVoice(key: string): boolean {
  return /^rollout\/[^/]+\/voices\//.test(key);
}

/** Below which prefix hosts' words on a version are. */
export function voicesOf(group: string, name: string, version: string): string {
  return `rollout/${group}/voices/${name}/${version}/`;
}
