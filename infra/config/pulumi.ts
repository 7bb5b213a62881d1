import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "./errors";
import { parseStackConfig } from "./parse";
import type { StackConfig } from "./types";

/**
 * Reads and checks the configuration of the stack that Pulumi is running.
 *
 * @throws RunError, which Pulumi shows without a stack trace, with one line for every error found
 */
export function readPulumiConfig(): StackConfig {
  const raw = Object.entries(pulumi.runtime.allConfig()).map(([key, text]) => [key, structured(text)]);
  try {
    return parseStackConfig(pulumi.getStack(), Object.fromEntries(raw));
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** Pulumi hands maps and lists over as JSON. A text that only looks like it is left for the schema to judge. */
function structured(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
