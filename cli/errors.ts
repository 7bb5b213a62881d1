/** A failure the user can act on: its message is one sentence and is shown without a stack trace. Exit code 1. */
export class UserError extends Error {
  readonly exitCode: number = 1;
}

/** Bad usage or bad input: the command line, a file the user wrote, a package they named. Exit code 2. */
export class InputError extends UserError {
  override readonly exitCode: number = 2;
}

/** What a command found out, where its exit code says so. */
export class Answer extends UserError {
  constructor(
    message: string,
    override readonly exitCode: number,
  ) {
    super(message);
  }
}

/** The message of anything thrown, for use inside a larger sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node.js system error such as `ENOENT`, or undefined. */
export function codeOf(error: unknown): string | undefined {
  const hasCode = typeof error === "object" && error !== null && "code" in error;
  return hasCode && typeof error.code === "string" ? error.code : undefined;
}
