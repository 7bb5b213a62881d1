import { readPulumiConfig } from "./config/pulumi";
import { buildStack, type StackOutputs } from "./stack";

/** Pulumi's entry: the loader calls what a program exports and takes the result for the stack's outputs. */
export = (): StackOutputs => buildStack(readPulumiConfig());
