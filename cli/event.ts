import { topicName } from "../infra/names";
import { explained } from "./aws";
import { UserError } from "./errors";
import { warn } from "./progress";
import type { Stack } from "./project";
import { timestamp } from "./time";

/** What a person or a pipeline did to a stack's repository (docs/contracts.md, "Events on the stack's SNS topic"). */
export interface RepositoryEvent {
  readonly stage: "published" | "promoted" | "withdrawn" | "rolled-back-by-hand";
  readonly package: string;
  readonly version: string;
  readonly by: string;
  /** The highest version that hosts could install before. */
  readonly previous?: string | null;
  readonly channel?: string | undefined;
  /** Stack it was promoted from. */
  readonly from?: string;
  readonly reason?: string;
  readonly commit?: string | null;
  readonly buildUrl?: string | null;
}

/** Tells the stack's topic, which tells Slack. That this fails is said, and undoes nothing. */
export async function announce(stack: Stack, event: RepositoryEvent): Promise<void> {
  try {
    await publish(stack, JSON.stringify(messageOf(stack, event)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(`Slack is not told that ${event.package} ${event.version} was ${event.stage}: ${error.message}`);
  }
}

/** Every field is there; `""` stands for what is unknown or does not apply. */
function messageOf(stack: Stack, event: RepositoryEvent): Readonly<Record<string, string>> {
  const { stage, package: name, version, by, previous, channel, from, reason, commit, buildUrl } = event;
  return {
    ...{ source: "towline", event: "deploy", stage, stack: stack.name, channel: channel ?? "", package: name, version },
    ...{ previous: previous ?? "", from: from ?? "", reason: reason ?? "", by },
    ...{ commit: commit ?? "", buildUrl: buildUrl ?? "", at: timestamp() },
  };
}

/** The topic's ARN follows from its name and the account whose credentials these are. */
async function publish({ name, config: { region } }: Stack, message: string): Promise<void> {
  const [{ STSClient, GetCallerIdentityCommand }, { SNSClient, PublishCommand }] = await Promise.all([
    import("@aws-sdk/client-sts"),
    import("@aws-sdk/client-sns"),
  ]);
  await explained(`publish to the topic ${topicName(name)}`, async () => {
    const { Arn = "", Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    const partition = Arn.split(":")[1];
    const TopicArn = `arn:${partition}:sns:${region}:${Account}:${topicName(name)}`;
    await new SNSClient({ region }).send(new PublishCommand({ TopicArn, Message: message }));
  });
}
