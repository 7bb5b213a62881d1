import { ConfigError } from "./errors";
import { GROUPS } from "./fault";
import type { StackConfig } from "./types";

/**
 * Refuses what hosts do not act on yet: a bake that nobody waits for is worse than none.
 *
 * @throws ConfigError that names each key
 */
export function refuseUnheeded({ stack, groups }: Pick<StackConfig, "stack" | "groups">): void {
  const lines = Object.entries(groups).flatMap(([name, { rollout }]) => {
    const given = rollout.bake > 0 ? ["bake"] : [];
    return given.map(
      (key) =>
        `Pulumi.${stack}.yaml: ${GROUPS}/${name}/rollout/${key}: is not acted on by hosts yet (agent 0.7). Leave it out; ` +
        'to keep new releases away for a time, there is "towline hold".',
    );
  });
  if (lines.length > 0) throw new ConfigError(lines);
}
