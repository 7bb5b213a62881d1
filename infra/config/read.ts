import { ConfigError } from "./errors";
import { isSection } from "./inheritance";
import { parseStackConfig } from "./parse";
import { fullKey, stackDocument } from "./stack-document";
import type { StackConfig } from "./types";

/** Configuration by full key (`towline:groups`), unchecked. */
export type RawConfig = Readonly<Record<string, unknown>>;

/**
 * Reads and checks the configuration of a stack from its `Pulumi.<stack>.yaml`, as Pulumi itself would.
 *
 * @param dir folder that holds the file
 * @param overrides values for single keys, such as `{"towline:signingKey": "/tmp/key.asc"}`
 * @throws ConfigError when there is no such stack, the file cannot be read or is not YAML, or a key or value is wrong
 */
export function readStackFile(stack: string, dir: string, overrides: RawConfig = {}): StackConfig {
  return parseStackConfig(stack, { ...readRawConfig(stack, dir), ...overrides });
}

/**
 * Reads the configuration of a stack from its file by Pulumi's rules, without checking it: bare keys belong to the
 * project, scalars are texts, and encrypted values, which only Pulumi can read, become placeholders.
 *
 * @throws ConfigError when there is no such stack, or the file cannot be read or is not YAML
 */
export function readRawConfig(stack: string, dir: string): RawConfig {
  const config = stackDocument(stack, dir).config ?? {};
  if (!isSection(config)) {
    throw new ConfigError([
      `Pulumi.${stack}.yaml: config: should be a map of keys to values. Write for example "config: {}".`,
    ]);
  }
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [fullKey(key), asText(withoutSecrets(value))]),
  );
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
