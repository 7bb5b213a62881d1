/** The environment variables the notifier reads. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a SecureString; takes the parameter's name. */
export type ReadParameter = (name: string) => Promise<string>;

/**
 * Where the webhook's URL comes from. The URL is a secret: whoever has it can post, so it appears in no log and no error.
 */
export class WebhookAddress {
  private known: string | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly readParameter: ReadParameter,
  ) {}

  /**
   * The webhook's URL: `SLACK_WEBHOOK_URL` where it is set, else the SSM SecureString named by `SLACK_WEBHOOK_PARAMETER`,
   * which is read once and remembered.
   *
   * @throws when neither is set, the parameter cannot be read, or the value is not a URL
   */
  async current(): Promise<string> {
    this.known ??= await this.read();
    return this.known;
  }

  /**
   * Reads the parameter again, in case the webhook was replaced since.
   *
   * @returns whether the URL is now another one
   * @throws as `current` does
   */
  async refresh(): Promise<boolean> {
    const before = this.known;
    this.known = await this.read();
    return this.known !== before;
  }

  private async read(): Promise<string> {
    const { SLACK_WEBHOOK_URL: url, SLACK_WEBHOOK_PARAMETER: parameter } = this.environment;
    if (url) return checkUrl(url, "the environment variable SLACK_WEBHOOK_URL");
    if (parameter) return checkUrl(await this.readParameter(parameter), `the SSM parameter ${parameter}`);
    throw new Error(
      "no Slack webhook is configured: set SLACK_WEBHOOK_PARAMETER to the name of the SSM SecureString that holds its URL, or SLACK_WEBHOOK_URL to the URL itself",
    );
  }
}

function checkUrl(value: string, where: string): string {
  const url = value.trim();
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol === "https:" || protocol === "http:") return url;
  throw new Error(
    `${where} does not hold a URL that begins with https:// (its value is kept secret): store the webhook URL that Slack shows for the app`,
  );
}
