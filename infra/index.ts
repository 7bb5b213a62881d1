import { log } from "@pulumi/pulumi";
import { readPulumiConfig } from "./config/pulumi";
import { warningsOf } from "./config/warnings";
import { declareStack } from "./program";
import type { StackOutputs } from "./stack";

/** Pulumi's entry: the loader calls what a program exports and takes the result for the stack's outputs. */
export = async (): Promise<StackOutputs> => {
  const config = readPulumiConfig();
  for (const warning of warningsOf(config)) void log.warn(warning);
  return declareStack(config);
};
