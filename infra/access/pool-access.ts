import { poolFolder, publishable, type StackConfig } from "../config";

/** Characters of the names in a publisher's policy: IAM takes 10,240 of all that a role may do. */
const MOST_OF_NAMES = 6000;

/**
 * The parts of a stack's pool that may be written to: the folder of each package that may be published. Where those are too many for a policy, all folders
 * that begin with the same letters.
 */
export function writablePool(
  bucketArn: string,
  config: Pick<StackConfig, "groups" | "publisher" | "repository">,
): string[] {
  const { component } = config.repository;
  const folders = publishable(config).map((name) => `${bucketArn}/${poolFolder(component, name)}/*`);
  if (JSON.stringify(folders).length <= MOST_OF_NAMES) return folders;
  return [...new Set(folders.map((folder) => folder.replace(/[^/]+\/\*$/, "*")))];
}
