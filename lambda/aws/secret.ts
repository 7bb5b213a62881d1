const TIMEOUT_MS = 5000;

/** Reads a secret; takes what names it, and how long that may take. */
export type ReadSecret = (name: string, timeoutMs?: number) => Promise<string>;

/**
 * Reads a secret, decrypted: the SSM SecureString of that name or, where it is the ARN of one, the Secrets Manager secret,
 * to which Parameter Store gives access under a name of its own (so one client will do). The SDK is loaded only here: it
 * costs a cold start some 65 ms, which a notifier with its URL in the environment need not pay.
 *
 * @throws naming the secret, the cause and the fix
 */
export async function readSecret(name: string, timeoutMs: number = TIMEOUT_MS): Promise<string> {
  const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient({});
  try {
    const command = new GetParameterCommand({ Name: parameterName(name), WithDecryption: true });
    const { Parameter: parameter } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    return parameter?.Value ?? "";
  } catch (error) {
    const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new Error(`cannot read the secret ${name} (${cause}): store it there and let the function's role read it`);
  } finally {
    client.destroy();
  }
}

/** An ARN ends in the secret's name, a hyphen and six characters of AWS's own. */
export function parameterName(name: string): string {
  const secret = name.match(/^arn:[^:]+:secretsmanager:[^:]+:[^:]+:secret:(.+)-\w{6}$/)?.[1];
  return secret === undefined ? name : `/aws/reference/secretsmanager/${secret}`;
}
