import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseStackConfig } from "../../infra/config";
import { readSecrets } from "../../infra/secret-access";
import { type Declared, synthesize } from "../../infra/synth";

const root = path.resolve(__dirname, "../..");
const key = path.join(root, "infra/synth/placeholder.asc");
const token = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:towline/bot-AbC123";

const BASE = `config:
  aws:region: eu-west-1
  repository: {bucket: acme-qa}
  groups:
    worker: {packages: [hello], size: {min: 1, max: 3}}
`;
const SLACK = `  slack:
    botTokenParameter: ${token}
    channel: C0FEED
    mention: S0FEED
    quietHours: "22:00-07:00 Europe/Berlin"
    minimumSeverity: good
    links: [https://builds.example.com]
  slackCommand:
    jenkins: {url: "https://jenkins.example/ci", promoteJob: ops/promote}
    allow: {users: [U0FEED, U0BEEF], userGroup: S0FEED}
`;

let dir: string;
let qa: Declared[];
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "towline-slack-"));
  writeFileSync(path.join(dir, "Pulumi.qa.yaml"), BASE + SLACK);
  qa = await synthesize("qa", { dir, config: { "towline:signingKey": key } });
});
afterAll(() => rmSync(dir, { recursive: true }));

function one(name: string): Declared {
  const found = qa.filter((entry) => entry.name === name);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} resources are named ${name}`);
  return found[0];
}

function statements(name: string): { Sid: string; Resource: unknown }[] {
  return JSON.parse(String(one(name).inputs.policy)).Statement;
}

const allowed = (name: string) => Object.fromEntries(statements(name).map(({ Sid, Resource }) => [Sid, Resource]));

describe("the function behind the Slack commands", () => {
  it("knows names and addresses, and no secret", () => {
    expect(one("slack-command-function").inputs).toMatchObject({
      name: "towline-qa-slack-command",
      handler: "index.handler",
      code: { assets: { "index.js": { path: path.join(root, "dist/slack-command/index.js") } } },
      timeout: 30,
      reservedConcurrentExecutions: 5,
      environment: {
        variables: {
          SLACK_SIGNING_SECRET_PARAMETER: "/towline/qa/slack-signing-secret",
          SLACK_ALLOWED_USERS: "U0FEED,U0BEEF",
          SLACK_ALLOWED_GROUP: "S0FEED",
          SLACK_BOT_TOKEN_PARAMETER: token,
          JENKINS_URL: "https://jenkins.example/ci",
          JENKINS_CREDENTIALS_PARAMETER: "/towline/qa/jenkins-credentials",
          JENKINS_PROMOTE_JOB: "ops/promote",
          JENKINS_ROLLBACK_JOB: "production/rollback",
          TOWLINE_STACK: "qa",
          TOWLINE_PROMOTE_FROM: "staging",
          TOWLINE_TOPIC_ARN: "arn:aws:sns:eu-west-1:123456789012:towline-qa",
        },
      },
    });
  });

  it("may read its secrets, call itself, tell the topic and write its log, and no more", () => {
    const parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter";
    expect(allowed("slack-command-role-policy")).toEqual({
      ReadSecrets: [
        `${parameter}/towline/qa/slack-signing-secret`,
        `${parameter}/towline/qa/jenkins-credentials`,
        `${parameter}/aws/reference/secretsmanager/towline/bot`,
      ],
      DecryptSecrets: "*",
      ReadStoredSecrets: [token],
      HandOnToItself: "arn:aws:lambda:eu-west-1:123456789012:function:towline-qa-slack-command",
      TellTheTopic: "arn:aws:sns:eu-west-1:123456789012:towline-qa",
      WriteLog: "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/towline-qa-slack-command:*",
      KeepUndelivered: "arn:aws:sqs:eu-west-1:123456789012:towline-qa-slack-command-undelivered",
    });
  });

  it("has a URL that is open, since it checks Slack's signature itself, and tells it", () => {
    expect(one("slack-command-url").inputs).toEqual({
      functionName: "towline-qa-slack-command",
      authorizationType: "NONE",
    });
    expect(one("slack-command-url-permission").inputs).toMatchObject({ functionUrlAuthType: "NONE", principal: "*" });
    expect(one("slack-command-invoke-permission").inputs).toMatchObject({
      invokedViaFunctionUrl: true,
      principal: "*",
    });
    const stack = qa.find(({ type }) => type === "pulumi:pulumi:Stack");
    expect(stack?.outputs).toMatchObject({
      slackCommandUrl: expect.stringMatching(/^https:\/\/[0-9a-f]+\.lambda-url\.eu-west-1\.on\.aws\/$/),
    });
  });

  it("is never tried twice by Lambda", () => {
    expect(one("slack-command-invoke-config").inputs).toMatchObject({
      functionName: "towline-qa-slack-command",
      maximumRetryAttempts: 0,
    });
  });
});

describe("the notifier's settings for Slack", () => {
  it("reach it as variables", () => {
    expect(one("notifier-function").inputs.environment).toEqual({
      variables: {
        TOWLINE_BUCKET: "acme-qa",
        TOWLINE_GROUP_PREFIX: "towline-qa-",
        TOWLINE_HOSTS_TOPIC_ARN: "arn:aws:sns:eu-west-1:123456789012:towline-qa-hosts",
        SLACK_LINKS: "https://builds.example.com,https://jenkins.example/ci",
        SLACK_WEBHOOK_PARAMETER: "/towline/qa/slack-webhook",
        SLACK_BOT_TOKEN_PARAMETER: token,
        SLACK_CHANNEL: "C0FEED",
        SLACK_MENTION: "S0FEED",
        SLACK_QUIET_HOURS: "22:00-07:00 Europe/Berlin",
        SLACK_MINIMUM_SEVERITY: "good",
      },
    });
    expect(allowed("notifier-role-policy")).toMatchObject({ ReadStoredSecrets: [token] });
  });

  it("let it run one at a time where it keeps threads", () => {
    expect(one("notifier-function").inputs.reservedConcurrentExecutions).toBe(1);
  });
});

test("a function whose secrets are all in Secrets Manager decrypts no parameter", () => {
  const place = { partition: "aws", region: "eu-west-1", accountId: "123456789012" };
  expect(readSecrets([token], place).map(({ Sid }) => Sid)).toEqual(["ReadSecrets", "ReadStoredSecrets"]);
});

describe("a wrong setting of Slack", () => {
  const errorOf = (change: Record<string, unknown>): string => {
    const raw = {
      "aws:region": "eu-west-1",
      "towline:repository": { bucket: "acme-qa" },
      "towline:groups": { worker: { packages: ["hello"], size: { min: 1, max: 3 } } },
    };
    try {
      parseStackConfig("qa", { ...raw, ...change });
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const jenkins = { url: "https://jenkins.example" };
  const allow = { users: ["U0FEED"] };

  it.each([
    [
      { "towline:slack": { mention: "everybody" } },
      'Pulumi.qa.yaml: towline:slack/mention: should be here, channel, or the ID of a Slack user group or user, but is "everybody". Write for example "mention: S0123456789".',
    ],
    [
      { "towline:slack": { quietHours: "22-7" } },
      'Pulumi.qa.yaml: towline:slack/quietHours: should be hours of the day and a time zone, in quotes, but is "22-7". Write for example "quietHours: "22:00-07:00 Europe/Berlin"".',
    ],
    [
      { "towline:slack": { channel: "C0FEED" } },
      "Pulumi.qa.yaml: towline:slack/channel: should come with botTokenParameter, which is missing. Add it, or remove channel.",
    ],
    [
      { "towline:slack": { webhookParameter: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:short" } },
      'Pulumi.qa.yaml: towline:slack/webhookParameter: should be the name of an SSM parameter, with a leading slash, or the full ARN of a Secrets Manager secret, but is "arn:aws:secretsmanager:eu-west-1:123456789012:secret:short". Write for example "webhookParameter: /towline/staging/slack-webhook".',
    ],
    [
      { "towline:slackCommand": { jenkins } },
      'Pulumi.qa.yaml: towline:slackCommand/allow: is missing; it should be a map with users, userGroup or both. Write for example "allow: {users: [U0123456789]}".',
    ],
    [
      { "towline:slackCommand": { jenkins, allow: {} } },
      'Pulumi.qa.yaml: towline:slackCommand/allow: should name somebody, but names nobody. Write for example "allow: {users: [U0123456789]}".',
    ],
    [
      { "towline:slackCommand": { jenkins: { url: "jenkins" }, allow } },
      'Pulumi.qa.yaml: towline:slackCommand/jenkins/url: should be the https:// address of Jenkins, which is sent a token, but is "jenkins". Write for example "url: https://jenkins.example.com".',
    ],
    [
      { "towline:slackCommand": { jenkins: { url: "http://jenkins.example" }, allow } },
      'Pulumi.qa.yaml: towline:slackCommand/jenkins/url: should be the https:// address of Jenkins, which is sent a token, but is "http://jenkins.example". Write for example "url: https://jenkins.example.com".',
    ],
    [
      { "towline:slackCommand": { jenkins, allow: { userGroup: "S0FEED" } } },
      "Pulumi.qa.yaml: towline:slackCommand/allow/userGroup: should come with towline:slack/botTokenParameter, which is missing: its members are read with it. Add it, or name users.",
    ],
  ])("is said in a sentence, %#", (change, sentence) => {
    expect(errorOf(change)).toBe(sentence);
  });
});
