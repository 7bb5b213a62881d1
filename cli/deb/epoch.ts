import { InputError } from "../errors";
import { tryTool } from "../tool";

// 2020-01-01T00:00:00Z: any fixed time will do, zip-like formats dislike those before 1980.
const FALLBACK = 1577836800;

/**
 * The time given to every file of a package, in seconds since 1970: SOURCE_DATE_EPOCH where set (as its specification
 * demands), else that of the last commit that touched `folder`, else a constant.
 * @throws InputError when SOURCE_DATE_EPOCH is no number.
 */
export async function sourceDateEpoch(folder: string, environment: string | undefined): Promise<number> {
  if (environment !== undefined && environment !== "") {
    if (!/^[0-9]{1,11}$/.test(environment)) {
      throw new InputError(`SOURCE_DATE_EPOCH is '${environment}'; it must be seconds since 1970 or be unset`);
    }
    return Number(environment);
  }
  const log = await tryTool("git", ["-C", folder, "log", "-1", "--format=%ct", "--", "."]);
  const committed = log.stdout.trim();
  return log.exitCode === 0 && committed !== "" ? Number(committed) : FALLBACK;
}
