import { codeOf, UserError } from "./errors";

/**
 * Does `work` and says in one sentence what went wrong when AWS refuses.
 * @param action completes "cannot …": `read s3://bucket/key`
 * @throws UserError for everything AWS, the credentials or the network are to blame for.
 */
export async function explained<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw new UserError(`cannot ${action}: ${reason}`, { cause: error });
  }
}

/** What the AWS SDK calls it where there are no credentials, and where those there are lack a right. */
const NO_CREDENTIALS = ["CredentialsProviderError", "TokenProviderError"];
const NO_RIGHT = ["AccessDenied", "AccessDeniedException", "Forbidden"];

/** Errors to which the same call has the same answer until somebody changes rights or credentials. */
const DENIED = new Set([
  ...NO_CREDENTIALS,
  ...NO_RIGHT,
  "UnauthorizedOperation",
  "ExpiredToken",
  "ExpiredTokenException",
]);

/** Whether what `explained` threw comes of missing rights or credentials, so that asking again is of no use. */
export function isDenied({ cause }: Error): boolean {
  return cause instanceof Error && DENIED.has(cause.name);
}

/** What an error of the AWS SDK means to the user; undefined for errors that are none of AWS's. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof UserError) return undefined;
  if (NO_CREDENTIALS.includes(error.name)) {
    return "there are no AWS credentials; set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use an instance role";
  }
  if (error.name === "NoSuchBucket") return "there is no such bucket; has 'pulumi up' made the stack?";
  if (NO_RIGHT.includes(error.name)) return "access denied; the credentials lack this permission";
  // Errors answered by a service carry $metadata and $fault, those of the network a code such as ECONNREFUSED. What a proxy or a front
  // end answers in a service's place has no $fault.
  const answered = "$metadata" in error;
  const code = codeOf(error);
  if (answered && !("$fault" in error)) return `no answer of AWS's: ${error.message.split("\n", 1)[0]}`;
  if (answered) return `${error.name}: ${error.message || "no reason given"}`;
  return code === undefined ? undefined : `${code}: ${error.message || "no connection"}`;
}
