import type { Command } from "commander";
import { appsOf } from "../../infra/config";
import type { Settings } from "../env/file";
import { readSettings } from "../env/store";
import { warn } from "../progress";
import { openKeylessStack, type Stack } from "../project";
import { type Bucket, openBucket } from "../repository/bucket";
import { parsePackageName } from "../repository/package-version";

/** A package of a stack that is named on the command line. */
export interface Place {
  readonly stack: Stack;
  readonly bucket: Bucket;
  readonly name: string;
  /** For messages: `staging: hello`. */
  readonly label: string;
}

/** @throws InputError unless both names are right; warns where no group of the stack starts processes of the package, so that nobody reads its settings. */
export async function openPlace(stackName: string, argument: string, command: Command): Promise<Place> {
  const name = parsePackageName(argument);
  const { directory } = command.optsWithGlobals<{ directory?: string }>();
  const stack = openKeylessStack(stackName, directory);
  const groups = Object.values(stack.config.groups);
  if (!groups.some((group) => appsOf(group).includes(name)))
    warn(`no group of stack ${stack.name} has processes of ${name} to start: its settings reach no host`);
  const bucket = await openBucket(stack.config.region, stack.repository.bucket);
  return { stack, bucket, name, label: `${stack.name}: ${name}` };
}

/** The settings a package has; none where none were ever set. @throws UserError when they are not what towline writes */
export async function settingsOf({ bucket, name }: Place): Promise<Settings> {
  return (await readSettings(bucket, name))?.settings ?? new Map();
}

/** That a package has none of these settings, and which it has. */
export function noSetting({ label }: Place, names: readonly string[], settings: Settings): string {
  const known = [...settings.keys()].join(", ");
  return `${label} has no setting ${names.join(", ")}; it has ${known === "" ? "none" : known}`;
}
