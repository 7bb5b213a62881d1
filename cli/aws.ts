import { codeOf, UserError } from "./errors";

/** Credentials in the form of the environment variables that every AWS tool reads. */
export type CredentialEnvironment = Readonly<Record<string, string>>;

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

/** What an error of the AWS SDK means to the user; undefined for errors that are none of AWS's. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof UserError) return undefined;
  if (error.name === "CredentialsProviderError" || error.name === "TokenProviderError") {
    return "there are no AWS credentials; set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use an instance role";
  }
  if (error.name === "NoSuchBucket") return "there is no such bucket; has 'pulumi up' made the stack?";
  if (error.name === "AccessDenied" || error.name === "AccessDeniedException" || error.name === "Forbidden") {
    return "access denied; the credentials lack this permission";
  }
  // Errors answered by a service carry $metadata, those of the network a code such as ECONNREFUSED.
  const answered = "$metadata" in error && "$fault" in error;
  const code = codeOf(error);
  if (answered) return `${error.name}: ${error.message || "no reason given"}`;
  return code === undefined ? undefined : `${code}: ${error.message || "no connection"}`;
}

/** The SDK's credentials, resolved by its default chain, for a child process that speaks to AWS itself. */
export async function credentialEnvironment(region: string): Promise<CredentialEnvironment> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const credentials = await explained("sign requests to S3", () => new S3Client({ region }).config.credentials());
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
  };
}
