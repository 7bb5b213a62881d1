/** Synthesis: runs the stack program in process, without AWS and without Pulumi's engine, and tells what it declares. */
export { type Cloud, type Created, LookUpRefused, type Registration } from "./cloud";
export type { Declared } from "./declared";
export { offlineCloud } from "./offline-cloud";
export { UNKNOWN } from "./preview";
export { type SynthesizeOptions, synthesize } from "./synthesize";
