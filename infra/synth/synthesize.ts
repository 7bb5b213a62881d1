import { setImmediate as nextTurn } from "node:timers/promises";
import { runtime } from "@pulumi/pulumi";
import { parseStackConfig, type RawConfig, readRawConfig } from "../config";
import { readPulumiConfig } from "../config/pulumi";
import { declareStack } from "../program";
import { ROOT } from "../root";
import type { Cloud } from "./cloud";
import type { Declared } from "./declared";
import { type Recording, recordInto } from "./monitor";
import { offlineCloud } from "./offline-cloud";
import { previewing } from "./preview";
import { withoutPulumisStacks } from "./stacks";

export interface SynthesizeOptions {
  /** Who answers registrations and invokes. @default made-up answers, without AWS */
  readonly cloud?: Cloud;
  /** Values for single configuration keys, such as `{"towline:signingKey": "/tmp/key.asc"}`. @default none */
  readonly config?: RawConfig;
  /** Folder that holds `Pulumi.<stack>.yaml`. @default the project's root */
  readonly dir?: string;
  /** Whether to run as for a stack's first `pulumi preview`: nothing is created, and `UNKNOWN` stands for what is not known before. @default false */
  readonly preview?: boolean;
}

let previous: Promise<unknown> = Promise.resolve();

/**
 * Runs the program of a stack in process and returns everything it declares, by URN: the order of registration differs
 * from run to run. Pulumi's runtime is one per process, so runs wait for each other.
 *
 * @throws ConfigError when the stack or its configuration is wrong, the cloud's own error when it refuses something
 */
export function synthesize(stack: string, options: SynthesizeOptions = {}): Promise<Declared[]> {
  const run = previous.then(() => runOnce(stack, options));
  previous = run.catch(() => undefined);
  return run;
}

async function runOnce(stack: string, options: SynthesizeOptions): Promise<Declared[]> {
  const { config, dir = ROOT, preview = false } = options;
  const raw = { ...readRawConfig(stack, dir), ...config };
  const offline = offlineCloud(parseStackConfig(stack, raw).region);
  const cloud = options.cloud ?? offline;
  const recording: Recording = { declared: new Map() };
  if (preview) await recordInto(recording, stack, previewing(cloud), previewing(offline), preview);
  else await recordInto(recording, stack, cloud, offline);
  runtime.setAllConfig(asPulumiPasses(raw));

  // What depends on something that failed fails in its turn.
  let [failures, passed] = [0, 0];
  const fail = (reason: unknown): void => {
    failures++;
    recording.failure ??= withoutTrail(reason);
  };
  const program = async (): Promise<object> => {
    try {
      return await declareStack(readPulumiConfig());
    } catch (error) {
      fail(error);
      return {};
    }
  };
  // What goes wrong after the program's first turn, inside an apply, reaches Pulumi in no other way either.
  process.on("unhandledRejection", fail);
  const restoreStacks = withoutPulumisStacks();
  try {
    await runtime.runInPulumiStack(program).catch(fail);
    await runtime.disconnect();
    do {
      passed = failures;
      await nextTurn();
    } while (passed < failures);
  } finally {
    process.off("unhandledRejection", fail);
    restoreStacks();
  }
  if (recording.failure !== undefined) throw recording.failure;
  return [...recording.declared.values()].sort(byUrn);
}

function byUrn(one: Declared, other: Declared): number {
  return one.urn < other.urn ? -1 : 1;
}

/** Pulumi prefixes an error with every property through which it reached the resource at hand. */
function withoutTrail(reason: unknown): Error {
  const message = reason instanceof Error ? reason.message : String(reason);
  return new Error(message.replace(/^(error serializing property "[^"]+": )+/, ""), { cause: reason });
}

/** Pulumi hands every value to a program as text: maps and lists as JSON. */
function asPulumiPasses(raw: RawConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
