import { InputError } from "../errors";
import { runTool, tryTool } from "../tool";

// '+' and ':' break keys of S3 objects and apt's URLs of them, '-' would start a Debian revision.
const VERSION = /^[0-9][A-Za-z0-9.~]*$/;

/** @throws InputError unless `version` is a Debian version without `+`, `:` and `-`. */
export function checkVersion(version: string, source: string): string {
  if (!VERSION.test(version)) {
    throw new InputError(
      `${source}: '${version}' is not a version of letters, digits, '.' and '~' that starts with a digit, such as 1.2.3`,
    );
  }
  return version;
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

/** `1.2.3` on the tag, `1.2.3.57.gdeadbee` 57 commits later, `0.0.0.57.gdeadbee` where no tag exists. */
export function versionOf(commit: Commit): string {
  const base = (commit.tag ?? "0.0.0").replace(/^v/, "");
  if (commit.tag !== undefined && commit.distance === 0) return checkVersion(base, `git tag ${commit.tag}`);
  return checkVersion(`${base}.${commit.distance}.g${commit.hash}`, `git tag ${commit.tag ?? "(none)"}`);
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
  const describe = await tryTool("git", [
    "-C",
    folder,
    "describe",
    "--tags",
    "--abbrev=0",
    "--match=[0-9]*",
    "--match=v[0-9]*",
  ]);
  const tag = describe.exitCode === 0 ? describe.stdout.trim() : undefined;
  const range = tag === undefined ? "HEAD" : `refs/tags/${tag}..HEAD`;
  const distance = await runTool("git", ["-C", folder, "rev-list", "--count", range]);
  return versionOf({ tag, distance: Number(distance.trim()), hash: head.stdout.trim() });
}
