import { InputError } from "../errors";
import type { IndexedPackage } from "./packages";

/** A version of a package. */
export interface PackageVersion {
  readonly name: string;
  readonly version: string;
}

const NAME = "[a-z0-9][a-z0-9.+-]+";
const VERSION = "[0-9][A-Za-z0-9.+~:-]*";

/** @throws InputError unless `text` is `package=version`. */
export function parsePackageVersion(text: string): PackageVersion {
  const [, name, version] = new RegExp(`^(${NAME})=(${VERSION})$`).exec(text) ?? [];
  if (name === undefined || version === undefined) {
    throw new InputError(`'${text}' is not package=version, such as hello=1.2.3`);
  }
  return { name, version };
}

/** @throws InputError unless `text` is the name of a package. */
export function parsePackageName(text: string): string {
  if (new RegExp(`^${NAME}$`).test(text)) return text;
  throw new InputError(`'${text}' is not the name of a package, such as hello`);
}

/** @throws InputError listing what there is when the index has no such package or version. */
export function findPackage(index: readonly IndexedPackage[], wanted: PackageVersion, place: string): IndexedPackage {
  const versions = index.filter((entry) => entry.name === wanted.name);
  const found = versions.find((entry) => entry.version === wanted.version);
  if (found !== undefined) return found;
  if (versions.length > 0) {
    const there = versions.map((entry) => entry.version).join(", ");
    throw new InputError(`${place} has no version ${wanted.version} of ${wanted.name}; its versions are ${there}`);
  }
  throw noPackage(index, wanted.name, place);
}

/** That an index has no version of a package, and what it has. */
export function noPackage(index: readonly IndexedPackage[], name: string, place: string): InputError {
  const names = [...new Set(index.map((entry) => entry.name))].sort().join(", ");
  return new InputError(
    `${place} has no package ${name}; ${names === "" ? "nothing is published there yet" : `its packages are ${names}`}`,
  );
}
