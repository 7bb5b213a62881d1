const NAMES = ["BITBUCKET_USER", "BITBUCKET_READ_TOKEN", "PULUMI_ACCESS_TOKEN", "TOWLINE_SLACK_USER"];
const KEYS = ["STAGING", "STAGING_CHANNELS", "PROD"].map((key) => `TOWLINE_${key}_SIGNING_KEY_BASE64`);

/** Jenkins' environment for jobs.groovy, in which the value of every secret is the name of its variable. */
export const SETTINGS: Readonly<Record<string, string>> = {
  BITBUCKET_WORKSPACE: "acme",
  BITBUCKET_REPOSITORY: "towline",
  ...Object.fromEntries(NAMES.map((name) => [name, name])),
  ...Object.fromEntries(KEYS.map((name) => [name, Buffer.from(name).toString("base64")])),
};
