import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { PROJECT } from "../names";
import { ConfigError } from "./errors";
import { STACK } from "./formats";
import { isSection } from "./inheritance";
import { parseStackConfig, wrongStackName } from "./parse";
import type { StackConfig } from "./types";

/** Configuration by full key (`towline:groups`), unchecked. */
export type RawConfig = Readonly<Record<string, unknown>>;

const STACK_FILE = /^Pulumi\.([^.]+)\.yaml$/;

/**
 * Reads and checks the configuration of a stack from its `Pulumi.<stack>.yaml`, as Pulumi itself would.
 *
 * @param dir folder that holds the file
 * @param overrides values for single keys, such as `{"towline:signingKey": "/tmp/key.asc"}`
 * @throws ConfigError when there is no such stack, the file is not YAML, or a key or value is wrong
 */
export function readStackFile(stack: string, dir: string, overrides: RawConfig = {}): StackConfig {
  return parseStackConfig(stack, { ...readRawConfig(stack, dir), ...overrides });
}

/**
 * Reads the configuration of a stack from its file by Pulumi's rules, without checking it: bare keys belong to the
 * project, scalars are texts, and encrypted values, which only Pulumi can read, become placeholders.
 *
 * @throws ConfigError when there is no such stack or the file is not YAML
 */
export function readRawConfig(stack: string, dir: string): RawConfig {
  const config = stackDocument(stack, dir).config ?? {};
  if (!isSection(config)) {
    throw new ConfigError([
      `Pulumi.${stack}.yaml: config: should be a map of keys to values. Write for example "config: {}".`,
    ]);
  }
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key.includes(":") ? key : `${PROJECT}:${key}`,
      asText(withoutSecrets(value)),
    ]),
  );
}

/** The stacks that have a file in a folder, by name. */
export function stackNames(dir: string): string[] {
  return readdirSync(dir)
    .flatMap((file) => STACK_FILE.exec(file)?.[1] ?? [])
    .sort();
}

function stackDocument(stack: string, dir: string): Readonly<Record<string, unknown>> {
  if (!STACK.test(stack)) throw new ConfigError([`${wrongStackName(stack)} ${existing(dir)}`]);
  const file = `Pulumi.${stack}.yaml`;
  const document = parseDocument(readText(stack, dir), { merge: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    const [what] = error.message.split(/ at line \d|\n/);
    throw new ConfigError([`${file}, line ${line}: is not valid YAML: ${what}. Mend that line.`]);
  }
  const content: unknown = document.toJS() ?? {};
  if (!isSection(content))
    throw new ConfigError([`${file}: should be a map with the key config. Write for example "config: {}".`]);
  return content;
}

function readText(stack: string, dir: string): string {
  try {
    return readFileSync(path.join(dir, `Pulumi.${stack}.yaml`), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ConfigError([
      `There is no stack "${stack}", because ${dir} holds no Pulumi.${stack}.yaml. ${existing(dir)}`,
    ]);
  }
}

function existing(dir: string): string {
  const names = stackNames(dir);
  return names.length === 0 ? "No stack exists yet." : `The stacks that exist: ${names.join(", ")}.`;
}

function asText(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

/** Replaces every `{secure: <ciphertext>}`, at whatever depth Pulumi allows it. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isSection(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value.secure === "string") return "[secret]";
  return Object.fromEntries(keys.map((key) => [key, withoutSecrets(value[key])]));
}
