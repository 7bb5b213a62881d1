const TIMEOUT_MS = 5000;

/**
 * Reads an SSM SecureString, decrypted. The SDK is loaded only here: it costs a cold start some 65 ms, which a notifier with
 * its URL in the environment need not pay.
 *
 * @throws naming the parameter, the cause and the fix
 */
export async function readParameter(name: string): Promise<string> {
  const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient({});
  try {
    const { Parameter: parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }), {
      abortSignal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return parameter?.Value ?? "";
  } catch (error) {
    const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new Error(
      `cannot read the Slack webhook from the SSM parameter ${name} (${cause}): store it as a SecureString and let the function's role read it`,
    );
  } finally {
    client.destroy();
  }
}
