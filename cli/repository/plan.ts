import type { DebFile } from "../deb/deb";
import { InputError } from "../errors";
import type { IndexedPackage } from "./packages";

/** What makes a package itself: its name, version, architecture and bytes. */
export type Identity = Pick<IndexedPackage, "name" | "version" | "architecture" | "sha256">;

/** Files to publish, each once. */
export interface Submission {
  /** Files the live index lacks. */
  readonly fresh: readonly DebFile[];
  /** What the live index lists for files it holds already, with the same bytes. */
  readonly present: readonly IndexedPackage[];
}

/**
 * Compares files with what hosts see.
 * @throws InputError when a name and version would get other bytes, or hosts could not use a package.
 */
export function compareWithIndex(
  live: readonly IndexedPackage[],
  files: readonly DebFile[],
  architecture: string,
): Submission {
  for (const [index, file] of files.entries()) {
    checkUsable(file, architecture);
    const rival = live.find(isRivalOf(file)) ?? files.slice(0, index).find(isRivalOf(file));
    if (rival !== undefined) {
      throw new InputError(
        `${file.path}: ${file.name} ${file.version} exists already with other bytes: sha256 ${rival.sha256} there, ` +
          `${file.sha256} here; build it with a new version`,
      );
    }
  }
  const submitted = new Set(files.map((file) => file.sha256));
  const unique = files.filter((file, index) => files.findIndex((other) => other.sha256 === file.sha256) === index);
  return {
    fresh: unique.filter((file) => !live.some((entry) => entry.sha256 === file.sha256)),
    present: live.filter((entry) => submitted.has(entry.sha256)),
  };
}

/** How to make the local database hold exactly what hosts see: the live index decides. */
export interface Reconciliation {
  /** Live packages the database lacks; published without them, the index would lose them. */
  readonly missing: readonly IndexedPackage[];
  /** Packages of the database that are not live: left by a publication that failed. */
  readonly stale: readonly Identity[];
}

/** Compares the local database with what hosts see. */
export function reconcile(live: readonly IndexedPackage[], local: readonly Identity[]): Reconciliation {
  const liveHashes = new Set(live.map((entry) => entry.sha256));
  const localHashes = new Set(local.map((entry) => entry.sha256));
  return {
    missing: live.filter((entry) => !localHashes.has(entry.sha256)),
    stale: local.filter((entry) => !liveHashes.has(entry.sha256)),
  };
}

/** What of `expected` is not in `actual`, as `name version`. */
export function absentFrom(actual: readonly Identity[], expected: readonly Identity[]): string[] {
  const hashes = new Set(actual.map((entry) => entry.sha256));
  return expected.filter((entry) => !hashes.has(entry.sha256)).map((entry) => `${entry.name} ${entry.version}`);
}

function isRivalOf(file: Identity): (other: Identity) => boolean {
  return (other) => other.name === file.name && other.version === file.version && other.sha256 !== file.sha256;
}

function checkUsable(file: DebFile, architecture: string): void {
  if (file.architecture !== "all" && file.architecture !== architecture) {
    throw new InputError(
      `${file.path}: is built for ${file.architecture}, but the stack's hosts are ${architecture}; allowed are ${architecture} and all`,
    );
  }
}
