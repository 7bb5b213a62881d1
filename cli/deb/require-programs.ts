import { InputError } from "../errors";
import { warn } from "../progress";
import type { App } from "./app";
import { RELEASE, WEB } from "./process";
import { findPrograms, type HostPackage } from "./programs";

/** An app once it is built. */
export interface BuiltApp extends Omit<App, "jit" | "awsClients"> {
  /** The folder the user knows, for messages. */
  readonly folder: string;
  /** The package's root. */
  readonly root: string;
  /** Scripts that may put programs into PATH. */
  readonly profile: readonly string[];
}

/**
 * Checks that hosts find what the Procfile runs.
 * @returns Debian packages of programs in it that neither towline.yaml nor a toolchain names
 * @throws InputError when a program of `web` is certain to be missing; of other processes that is only said aloud
 */
export async function requirePrograms(app: BuiltApp): Promise<string[]> {
  const { folder, root, home, manifest, processes, steps, profile } = app;
  const unknown = (manifest.depends ?? []).length > 0 || profile.length > 0;
  const named = [...(manifest.depends ?? steps.depends)];
  const release = app.release === undefined ? [] : [{ name: RELEASE, command: app.release }];
  const added: string[] = [];
  for (const { name, command } of [...processes.filter(({ control }) => control === undefined), ...release]) {
    const { packages, missing } = await findPrograms(command, { root, home, path: steps.path, unknown });
    for (const fault of missing) refuse(name, `${folder}: the process ${name} runs '${command}', but ${fault}`);
    added.push(...packages.filter((one) => !isNamed(one, [...named, ...added])).map(([package_]) => package_));
  }
  return added;
}

function refuse(process: string, text: string): void {
  if (process === WEB)
    throw new InputError(`${text}; mend the Procfile, or have 'build' or 'depends' in towline.yaml bring it`);
  warn(text);
}

/** Whether a relation names a package, or another that brings the same program. */
function isNamed([name, others]: HostPackage, relations: readonly string[]): boolean {
  const names = relations.flatMap((relation) => relation.split("|").map((one) => one.trim().replace(/[ :(].*$/, "")));
  return names.some((one) => one === name || others?.test(one));
}
