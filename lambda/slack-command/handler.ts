import { readSecret } from "../aws/secret";
import { Credential } from "../slack/credential";
import { asFields } from "../values";
import { type Answer, answer } from "./answer";
import { type Order, parseOrder } from "./order";
import { membersOf, Permission, realName } from "./permission";
import { readSettings } from "./settings";
import { ReplayGuard } from "./signature";
import { publishEvent, work } from "./work";

/** Slack waits three seconds: what takes longer than these, in milliseconds, must not be waited for. */
const SECRET_TIMEOUT_MS = 1500;
const INVOKE_TIMEOUT_MS = 1000;

const settings = readSettings(process.env);
const slackOrigin = process.env.SLACK_API_ORIGIN ?? "https://slack.com";
const signingSecret = secret(settings.signingSecretParameter);
const replays = new ReplayGuard();
const { userGroup, botTokenParameter } = settings;
const botToken = botTokenParameter === undefined ? undefined : secret(botTokenParameter);
const permission = new Permission(
  settings.users,
  userGroup && botToken ? async () => membersOf(slackOrigin, await botToken.current(), userGroup) : undefined,
);

/**
 * The Lambda function behind the Slack commands. Slack reaches it through its function URL and gets its answer at once; the
 * order goes to a second, asynchronous invocation of the same function, which has the time Jenkins may need. A request
 * through the URL always has a `requestContext`, so nobody can pass one off as an order.
 */
export async function handler(event: unknown): Promise<Answer | undefined> {
  const request = asFields(event);
  if (request !== undefined && "requestContext" in request) return answerInTime(request);
  const order = parseOrder(event);
  if (order === undefined) throw new Error("the event is neither a request nor an order");
  await work(order, settings, {
    readCredentials: () => readSecret(settings.jenkinsCredentialsParameter),
    realName: async (user) => (botToken ? realName(slackOrigin, () => botToken.current(), user) : undefined),
    publish: (message) => publishEvent(settings.topicArn, message),
  });
  return undefined;
}

async function answerInTime(request: Readonly<Record<string, unknown>>): Promise<Answer> {
  try {
    return await answer(request, {
      signingSecret: () => signingSecret.current(),
      isAllowed: (user) => permission.isAllowed(user),
      handOn: invokeSelf,
      replays,
      now: Date.now,
      stack: settings.stack,
    });
  } catch (error) {
    console.error("a request could not be answered:", error);
    const text = "towline could not take this on just now. Look at Jenkins whether it did, and ask again.";
    const body = JSON.stringify({ response_type: "ephemeral", text });
    return { statusCode: 200, headers: { "content-type": "application/json" }, body };
  }
}

function secret(name: string): Credential {
  return new Credential(async () => (await readSecret(name, SECRET_TIMEOUT_MS)).trim());
}

async function invokeSelf(order: Order): Promise<void> {
  const { InvokeCommand, LambdaClient } = await import("@aws-sdk/client-lambda");
  const client = new LambdaClient({ maxAttempts: 1 });
  try {
    const command = new InvokeCommand({
      FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      InvocationType: "Event",
      Payload: JSON.stringify({ order }),
    });
    await client.send(command, { abortSignal: AbortSignal.timeout(INVOKE_TIMEOUT_MS) });
  } finally {
    client.destroy();
  }
}
