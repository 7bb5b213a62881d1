import type { ReadSecret } from "../aws/secret";
import type { Environment } from "../environment";

/** A secret that is read when it is first needed, remembered, and read again when it no longer works. */
export class Credential {
  private known: Promise<string> | undefined;

  /** @param read reads and checks it */
  constructor(private readonly read: () => Promise<string>) {}

  /** @throws as reading it does */
  current(): Promise<string> {
    this.known ??= this.read().catch((error) => {
      this.known = undefined;
      throw error;
    });
    return this.known;
  }

  /**
   * Reads it again, in case it was replaced since.
   *
   * @returns whether it is now another one
   * @throws as reading it does
   */
  async refresh(): Promise<boolean> {
    const before = await this.known;
    this.known = undefined;
    return (await this.current()) !== before;
  }
}

/**
 * The webhook's URL: `SLACK_WEBHOOK_URL` where it is set, for local runs, else the secret that `SLACK_WEBHOOK_PARAMETER` names.
 * Whoever has the URL can post, so it appears in no log and no error.
 */
export function webhookCredential(environment: Environment, readSecret: ReadSecret): Credential {
  const { SLACK_WEBHOOK_URL: url, SLACK_WEBHOOK_PARAMETER: parameter } = environment;
  return new Credential(async () => {
    if (url) return checkUrl(url, "the environment variable SLACK_WEBHOOK_URL");
    if (parameter) return checkUrl(await readSecret(parameter), `the secret ${parameter}`);
    throw new Error(
      "no Slack webhook is configured: set SLACK_WEBHOOK_PARAMETER to the name of the SSM SecureString that holds its URL, or SLACK_WEBHOOK_URL to the URL itself",
    );
  });
}

function checkUrl(value: string, where: string): string {
  const url = value.trim();
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol === "https:" || protocol === "http:") return url;
  throw new Error(
    `${where} does not hold a URL that begins with https:// (its value is kept secret): store the webhook URL that Slack shows for the app`,
  );
}
