import { InputError } from "../errors";
import { runTool, tryTool } from "../tool";
import { tagVersion } from "./tag-version";
import { newestFirst } from "./version-order";

const TAGS = ["[0-9]*", "v[0-9]*"];

// deb-version(7); a '-' would start the revision, which only Debian's own packages have.
const VERSION = /^(\d{1,9}:)?\d[A-Za-z0-9.+~]*$/;

/** @throws InputError unless `version` is a Debian version without revision. */
export function checkVersion(version: string, source: string): string {
  if (VERSION.test(version)) return version;
  const instead = /^v?\d[\w.+-]*$/.test(version) ? `; write ${tagVersion(version)}` : ", such as 1.2.3";
  throw new InputError(
    `${source}: '${version}' is not a Debian version without revision: letters, digits, '.', '+' and '~', a digit first, ` +
      `an epoch such as '1:' before it where needed${instead}`,
  );
}

/** What git knows about a commit, as far as a version needs it. */
export interface Commit {
  /** Nearest tag that starts with a digit or `v` and a digit; undefined when there is none. */
  readonly tag: string | undefined;
  /** Commits since that tag, or since the beginning where there is none. */
  readonly distance: number;
  /** Abbreviated commit hash. */
  readonly hash: string;
}

/**
 * `1.2.3` on the tag, `1.2.3.57.gdeadbee` 57 commits later, `0.0.0.57.gdeadbee` where no tag exists; `1.2.3~rc.1` and
 * `1.2.3~rc.1.57.gdeadbee` on and after the pre-release `v1.2.3-rc.1`.
 */
export function versionOf({ tag, distance, hash }: Commit): string {
  const base = tagVersion(tag ?? "0.0.0");
  if (tag !== undefined && distance === 0) return base;
  // A pre-release without a number is its own number 0: what follows it must not sort above number 1.
  const numbered = /~[^~+]*[A-Za-z]$/.test(base) ? `${base}0` : base;
  return `${numbered}.${distance}.g${hash}`;
}

/**
 * The version git gives the checkout that holds `folder`.
 * @throws InputError when the folder is not in git or the history is cut off.
 */
export async function gitVersion(folder: string): Promise<string> {
  const head = await tryTool("git", ["-C", folder, "rev-parse", "--short=7", "HEAD"]);
  if (head.exitCode !== 0) {
    throw new InputError(
      `${folder}: is in no git checkout with a commit, so its version is unknown; give it with --version`,
    );
  }
  const shallow = await runTool("git", ["-C", folder, "rev-parse", "--is-shallow-repository"]);
  if (shallow.trim() === "true") {
    throw new InputError(
      `${folder}: is in a shallow clone, where git cannot count commits; run 'git fetch --unshallow --tags' or give --version`,
    );
  }
  const tag = await nearestTag(folder);
  const range = tag === undefined ? "HEAD" : `refs/tags/${tag}..HEAD`;
  const distance = await runTool("git", ["-C", folder, "rev-list", "--count", range]);
  return versionOf({ tag, distance: Number(distance.trim()), hash: head.stdout.trim() });
}

/** The tag of the nearest commit that has one; of several there the highest version, as of a release that was a candidate. */
async function nearestTag(folder: string): Promise<string | undefined> {
  const matching = TAGS.map((pattern) => `--match=${pattern}`);
  const describe = await tryTool("git", ["-C", folder, "describe", "--tags", "--abbrev=0", ...matching]);
  if (describe.exitCode !== 0) return undefined;
  const commit = `refs/tags/${describe.stdout.trim()}^{commit}`;
  const tags = await runTool("git", ["-C", folder, "tag", "--points-at", commit, "--list", ...TAGS]);
  const byVersion = new Map(
    tags
      .split("\n")
      .filter(Boolean)
      .map((tag) => [tagVersion(tag), tag]),
  );
  const [highest = ""] = newestFirst(byVersion.keys());
  return byVersion.get(highest);
}
