import { createHash } from "node:crypto";
import type { Release } from "./release";

/** What a clean root is made of. */
export interface Recipe {
  readonly release: Release;
  /** Debian's name of the machine's own. */
  readonly architecture: string;
  /** Debian packages beyond `ALWAYS`. */
  readonly packages: readonly string[];
  /** Lines of a sources.list; none where the maker's own default is to be used. */
  readonly sources: readonly string[];
  /** Certificates of the machine's that Debian does not have. */
  readonly certificates: readonly string[];
}

/** What every root has: as on Debian's own build machines. */
const ALWAYS = ["build-essential", "ca-certificates"];

/** Of how roots are made: another makes new ones of the same recipe. */
const MAKER = 1;

/** Names the folder of a root: the same for what makes the same root. */
export function recipeName({ release, architecture, packages, sources, certificates }: Recipe): string {
  const inputs = [MAKER, packagesOf(packages), sources, certificates];
  const hash = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 12);
  return `${release}-${architecture}-${hash}`;
}

/** All packages of a root, in an order of their own. */
export function packagesOf(packages: readonly string[]): string[] {
  return [...new Set([...ALWAYS, ...packages])].sort();
}
