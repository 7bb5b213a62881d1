/** Where an app's steps run, and where what they made is looked at. */
export interface Workplace {
  /**
   * Runs a shell line in the app's folder, as if it lay at its place on hosts; its output goes to standard error.
   * @param offline whether it needs no network
   * @returns its exit code
   */
  run(line: string, offline: boolean): Promise<number>;
  /**
   * Runs a shell line that looks at the package's tree, with the tools of the steps.
   * @param packaged the package's root, `$PACKAGE` for the line
   * @param input what it finds in the file `$INPUT`
   * @returns what it prints
   * @throws UserError when it fails
   */
  inspect(packaged: string, line: string, input: string): Promise<string>;
  /** Hands what the steps made over to the user. */
  leave(): Promise<void>;
}

/** What every workplace needs to know. */
export interface WorkplaceOptions {
  /** Where the app lies on hosts. */
  readonly home: string;
  /** The clean copy. */
  readonly folder: string;
  /** The package's root for `make install`; undefined for any other app, of which nothing but its folder gets into the package. */
  readonly destination: string | undefined;
  /** The private folder that holds all of this build. */
  readonly temporary: string;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** The folder the user knows, for messages. */
  readonly shown: string;
}
