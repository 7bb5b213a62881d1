import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Document, parseDocument } from "yaml";
import { PROJECT } from "../names";
import { whyUnreadable } from "../unreadable";
import { ConfigError } from "./errors";
import { STACK } from "./formats";
import { isSection, type Section } from "./inheritance";
import { wrongStackName } from "./parse";

const STACK_FILE = /^Pulumi\.([^.]+)\.yaml$/;

/** The stacks that have a file in a folder, by name. */
export function stackNames(dir: string): string[] {
  return readdirSync(dir)
    .flatMap((file) => STACK_FILE.exec(file)?.[1] ?? [])
    .sort();
}

/**
 * Reads what a stack's file holds, as plain values.
 *
 * @throws ConfigError when there is no such stack, or the file cannot be read, is not YAML, or has no end
 */
export function stackDocument(stack: string, dir: string): Section {
  if (!STACK.test(stack)) throw new ConfigError([`${wrongStackName(stack)} ${existing(dir)}`]);
  const file = `Pulumi.${stack}.yaml`;
  const document = parseDocument(readText(stack, dir), { merge: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    const [what] = error.message.split(/ at line \d|\n/);
    throw new ConfigError([`${file}, line ${line}: is not valid YAML: ${what}. Mend that line.`]);
  }
  const content = plain(document, file) ?? {};
  if (!isSection(content))
    throw new ConfigError([`${file}: should be a map with the key config. Write for example "config: {}".`]);
  refuseCycles(content.config, file);
  return content;
}

/** Aliases and merges are followed only here, so that their faults are found only here. */
function plain(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`${file}: is not valid YAML: ${what}. Mend that.`]);
  }
}

/** An alias can make a value a part of itself, whose end nobody would ever reach. */
function refuseCycles(
  value: unknown,
  file: string,
  path: readonly string[] = [],
  around: readonly unknown[] = [],
): void {
  if (typeof value !== "object" || value === null) return;
  if (around.includes(value)) {
    const [first = "config", ...rest] = path;
    const place = [fullKey(first), ...rest].join("/");
    throw new ConfigError([`${file}: ${place}: should not be an alias of what it is part of, but is. Write it out.`]);
  }
  for (const [key, part] of Object.entries(value)) refuseCycles(part, file, [...path, key], [...around, value]);
}

function readText(stack: string, dir: string): string {
  const file = path.join(dir, `Pulumi.${stack}.yaml`);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = whyUnreadable(error);
    if (reason !== undefined) {
      throw new ConfigError([
        `${file} should be the configuration of the stack "${stack}", but cannot be read: ${reason}. Put a file there that you may read.`,
      ]);
    }
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

/** A configuration key as Pulumi knows it: a bare one is the project's. */
export function fullKey(key: string): string {
  return key.includes(":") ? key : `${PROJECT}:${key}`;
}
