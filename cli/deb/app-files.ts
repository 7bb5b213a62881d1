import type { DefaultProcessFiles } from "./default-process";

/** What towline finds at the top of an app's clean copy. */
export interface AppFiles extends DefaultProcessFiles {
  /** Only for messages. */
  readonly folder: string;
  readonly makefile: string | undefined;
  /** Whether package.json names any package to install. */
  readonly npmDependencies: boolean;
  readonly pyproject: string | undefined;
}
