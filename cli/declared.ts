import { join } from "node:path";
import type { Declared } from "../infra/synth/declared";
import { findProject, type Stack } from "./project";

/** Neither prices nor policies wait for a key to be made. */
const PLACEHOLDER_KEY = join(__dirname, "..", "infra", "synth", "placeholder.asc");

/** What a stack's program declares, asking nobody. */
export async function declaredOf(stack: Stack, directory: string | undefined): Promise<readonly Declared[]> {
  const { channels } = stack.config;
  // Loaded only now: Pulumi's SDK takes a second, which nobody should wait for to run another command.
  const { synthesize } = require("../infra/synth/index") as typeof import("../infra/synth/index");
  return synthesize(stack.name, {
    dir: findProject(directory, process.cwd()),
    config: {
      "towline:signingKey": PLACEHOLDER_KEY,
      ...(channels && { "towline:channels": { ...channels, signingKey: PLACEHOLDER_KEY } }),
    },
  });
}
