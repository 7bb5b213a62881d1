// `1!` is an epoch of PEP 440; `+` begins build metadata (semver.org, 10) or a local version (PEP 440).
const TAG = /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)([^+]*)(?:\+(.*))?$/s;

const PEP440 =
  /^(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)(?:([-_.]?)(\d+))?)?(?:[-_.]?(?:post|rev|r)[-_.]?(\d*)|-(\d+))?(?:[-_.]?dev[-_.]?(\d*))?$/i;

// What projects call a release, or what follows one; no standard's pre-release.
const NO_PRERELEASE = /^(post|rev|r|final|release|ga|sp|patch|p)(?![a-z])/i;

/**
 * The Debian version a git tag names. Pre-releases of semantic versioning, PEP 440 and RubyGems begin with `~`, which dpkg
 * sorts before the release itself (deb-version(7)); build metadata stays behind `+`.
 * @param tag begins with a digit, or `v` and a digit
 */
export function tagVersion(tag: string): string {
  const [, epoch, release = "", rest = "", build] = TAG.exec(tag) ?? [];
  if (release === "") return plain(tag);
  const version = `${release}${suffixOf(release, rest)}${build === undefined ? "" : `+${plain(build)}`}`;
  return epoch === undefined || Number(epoch) === 0 ? version : `${epoch}:${version}`;
}

function suffixOf(release: string, rest: string): string {
  const [joint = "", name = ""] = [rest.slice(0, 1), rest.slice(1)];
  const semantic = joint === "-" && /^\d+\.\d+\.\d+$/.test(release) && /^[0-9a-z]/i.test(name);
  if (semantic && !NO_PRERELEASE.test(name)) return `~${plain(name)}`;
  const pep = /^-\d/.test(rest) && !release.includes(".") ? null : PEP440.exec(rest);
  if (pep !== null) return pep440Suffix(pep);
  // RubyGems: any part with a letter makes a pre-release.
  if (/^[-.][a-z]/i.test(rest) && !NO_PRERELEASE.test(name)) return `~${plain(name)}`;
  return plain(rest);
}

/** PEP 440's order: `.dev` before `a`, `b` and `rc`, then the release, then `.post`; each with a `.dev` before itself. */
function pep440Suffix([, stage, joint, number = "", post, implicitPost, dev]: readonly (string | undefined)[]): string {
  const before = stage === undefined ? "" : `~${stage.toLowerCase()}${joint ? "." : ""}${number}`;
  const after = post ?? implicitPost;
  const released = after === undefined ? before : `${before}.post${after}`;
  if (dev === undefined) return released;
  return released === "" ? `~~dev${dev}` : `${released}~dev${dev}`;
}

/** `text` in the characters a Debian version without revision has. */
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9.~]+/g, ".");
}
