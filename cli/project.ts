import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ConfigError, readStackFile, type StackConfig } from "../infra/config";
import { InputError } from "./errors";
import type { Repository } from "./repository/index";

/** One stack as the commands see it. */
export interface Stack {
  readonly name: string;
  readonly config: StackConfig;
  readonly repository: Repository;
  /** Path of the armored public key of the channels; absent where the repository's signs them too. */
  readonly channelsKey?: string;
}

/**
 * Reads a stack's configuration.
 * @param directory the project's folder; without it the nearest one with a Pulumi.yaml at or above the working folder
 * @throws InputError when there is no project, no such stack, its configuration is wrong or its public key is missing
 */
export function openStack(name: string, directory: string | undefined): Stack {
  const stack = openKeylessStack(name, directory);
  const { publicKey } = stack.repository;
  if (existsSync(publicKey)) return stack;
  throw new InputError(
    `stack ${name}: ${publicKey}, the public key its packages are signed with, does not exist; ` +
      `make it with 'towline key create --stack ${name}' or set towline:signingKey in Pulumi.${name}.yaml`,
  );
}

/** Like `openStack`, for a stack that may have no signing key yet. */
export function openKeylessStack(name: string, directory: string | undefined): Stack {
  const project = findProject(directory, process.cwd());
  try {
    const config = readStackFile(name, project);
    const { bucket, suite, component, architecture } = config.repository;
    const publicKey = resolve(project, config.signingKey);
    const channelsKey = config.channels && resolve(project, config.channels.signingKey);
    const repository = { bucket, suite, component, architecture, publicKey };
    return { name, config, repository, ...(channelsKey !== undefined && { channelsKey }) };
  } catch (error) {
    if (error instanceof ConfigError) throw new InputError(error.message, { cause: error });
    throw error;
  }
}

/** @throws InputError when no folder on the way up from `start`, or not `directory`, holds a Pulumi.yaml. */
export function findProject(directory: string | undefined, start: string): string {
  if (directory !== undefined) {
    const given = resolve(directory);
    if (existsSync(join(given, "Pulumi.yaml"))) return given;
    throw new InputError(`--directory ${directory}: holds no Pulumi.yaml; give the folder of the towline project`);
  }
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (folder === dirname(folder)) {
      throw new InputError(
        `${start}: is in no towline project (no Pulumi.yaml here or above); change folder or give one with -C`,
      );
    }
  }
}
