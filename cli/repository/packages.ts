import type { DebFile } from "../deb/deb";
import { newestFirst } from "../deb/version-order";
import { parseStanzas, type Stanza } from "./stanzas";

/** A package as a repository's index lists it. */
export interface IndexedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Key of the .deb, from the repository's root. */
  readonly filename: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** The versions of one package, the newest first. */
export function versionsOf(packages: readonly Pick<IndexedPackage, "name" | "version">[], name: string): string[] {
  return newestFirst(packages.flatMap((entry) => (entry.name === name ? entry.version : [])));
}

/** What an index says of a file that it was made with. */
export function entryOf(
  packages: readonly IndexedPackage[],
  { path, sha256 }: Pick<DebFile, "path" | "sha256">,
): IndexedPackage {
  const entry = packages.find((one) => one.sha256 === sha256);
  if (entry === undefined) throw new Error(`${path} is not in the index it was added to`);
  return entry;
}

/** A file a Release lists. */
export interface IndexFile {
  /** Lower-case hexadecimal. */
  readonly sha512: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Reads a Packages file.
 * @throws Error when it is malformed or a package lacks a field.
 */
export function parsePackages(text: string): IndexedPackage[] {
  return parseStanzas(text).map((stanza) => {
    const filename = required(stanza, "Filename");
    if (!/^pool\/[^\0]+\.deb$/.test(filename) || filename.split("/").includes("..")) {
      throw new Error(`'${filename}' is no path below pool/`);
    }
    return {
      name: required(stanza, "Package"),
      version: required(stanza, "Version"),
      architecture: required(stanza, "Architecture"),
      filename,
      sha256: checkHash(required(stanza, "SHA256"), 256),
      size: checkSize(required(stanza, "Size")),
    };
  });
}

/**
 * The files a Release lists under SHA512, the hash apt goes by, by path below `dists/<suite>/`.
 * @throws Error when it is malformed or has no such list.
 */
export function parseRelease(text: string): Map<string, IndexFile> {
  const [release] = parseStanzas(text);
  if (release === undefined) throw new Error("it is empty");
  const lines = required(release, "SHA512")
    .split("\n")
    .filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [hash = "", size = "", path = ""] = line.split(/\s+/);
      return [path, { sha512: checkHash(hash, 512), size: checkSize(size) }];
    }),
  );
}

function required(stanza: Stanza, field: string): string {
  const value = stanza.get(field.toLowerCase());
  if (value === undefined) throw new Error(`field ${field} is missing`);
  return value;
}

function checkHash(value: string, bits: 256 | 512): string {
  if (value.length !== bits / 4 || !/^[0-9a-f]+$/.test(value)) throw new Error(`'${value}' is no SHA-${bits}`);
  return value;
}

function checkSize(value: string): number {
  if (!/^[0-9]{1,15}$/.test(value)) throw new Error(`'${value}' is no size`);
  return Number(value);
}
