import { userInfo } from "node:os";
import { codeOf } from "../errors";
import { tryTool } from "../tool";

/** Where a release comes from. */
export interface Provenance {
  /** Full hash of the commit it was built from, with `-dirty` where the checkout had changes; null where unknown. */
  readonly commit: string | null;
  /** Page of the build; null where unknown. */
  readonly buildUrl: string | null;
}

/** What was given on the command line. */
export interface GivenProvenance {
  readonly commit?: string | undefined;
  readonly buildUrl?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Completes what was given from Jenkins' environment, and the commit from git in `folder`. */
export async function provenanceOf(
  given: GivenProvenance,
  environment: Environment,
  folder: string,
): Promise<Provenance> {
  return {
    commit: given.commit ?? nonEmpty(environment.GIT_COMMIT) ?? (await checkedOut(folder)),
    buildUrl: given.buildUrl ?? nonEmpty(environment.BUILD_URL) ?? null,
  };
}

/** Who runs the command: as given, as Jenkins' build-user plugin says, or the operating system's user. */
export function personOf(given: string | undefined, environment: Environment): string {
  return given ?? nonEmpty(environment.BUILD_USER) ?? nonEmpty(environment.BUILD_USER_ID) ?? systemUser();
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // A container may run under a number that has no name.
    if (codeOf(error) === undefined) throw error;
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/**
 * Full hash of the commit that is checked out in a folder, as `commit` above has it.
 * @param paths below the folder, whose changes alone count; all of the checkout's unless given
 */
export async function checkedOut(folder: string, ...paths: readonly string[]): Promise<string | null> {
  const head = await tryTool("git", ["-C", folder, "rev-parse", "HEAD"]);
  if (head.exitCode !== 0) return null;
  const changes = await tryTool("git", ["-C", folder, "status", "--porcelain", "--untracked-files=no", "--", ...paths]);
  return `${head.stdout.trim()}${changes.stdout.trim() === "" ? "" : "-dirty"}`;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
