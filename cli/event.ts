import { topicName } from "../infra/names";
import { accountOf } from "./account";
import { explained } from "./aws";
import { UserError } from "./errors";
import { warn } from "./progress";
import type { Stack } from "./project";
import { timestamp } from "./time";

/** What a person or a pipeline did, or saw happen (docs/contracts.md, "Events on the stack's SNS topics"). */
export interface DeployEvent {
  readonly stage:
    | "published"
    | "promoted"
    | "withdrawn"
    | "rolled-back-by-hand"
    | "canary-healthy"
    | "rolling"
    | "done"
    | "failed";
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
  readonly group?: string;
  readonly instance?: string;
  /** Seconds since the hosts were first looked at. */
  readonly seconds?: number;
  /** Hosts that run it, of `total`. */
  readonly done?: number;
  readonly total?: number;
}

/** Gets what {@link announce} needs, while there is something else to wait for. */
export async function prepareToAnnounce(stack: Stack): Promise<void> {
  await clients();
  // Nobody waits for it here, and where it is refused, announce says so.
  accountFor(stack).catch(() => undefined);
}

/** Tells the stack's topic, which tells Slack. That this fails is said, and undoes nothing. */
export async function announce(stack: Stack, event: DeployEvent): Promise<void> {
  try {
    await publish(stack, JSON.stringify(messageOf(stack, event)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(`Slack is not told of ${event.package} ${event.version}, ${event.stage}: ${error.message}`);
  }
}

/** Every text is there, and `""` stands for what is unknown or does not apply; hosts and numbers only where they apply. */
function messageOf(stack: Stack, event: DeployEvent): Readonly<Record<string, string | number | undefined>> {
  const { stage, package: name, version, by, previous, channel, from, reason, commit, buildUrl } = event;
  return {
    ...{ source: "towline", event: "deploy", stage, stack: stack.name, channel: channel ?? "", package: name, version },
    ...{ previous: previous ?? "", from: from ?? "", reason: reason ?? "", by },
    ...{ commit: commit ?? "", buildUrl: buildUrl ?? "", at: timestamp() },
    ...{ group: event.group, instance: event.instance },
    ...{ seconds: event.seconds, done: event.done, total: event.total },
  };
}

/** The topic's ARN follows from its name and the account whose credentials these are. */
async function publish(stack: Stack, message: string): Promise<void> {
  const { name, config } = stack;
  const { region } = config;
  const [[{ SNSClient, PublishCommand }], { partition, id }] = await Promise.all([clients(), accountFor(stack)]);
  await explained(`publish to the topic ${topicName(name)}`, async () => {
    const TopicArn = `arn:${partition}:sns:${region}:${id}:${topicName(name)}`;
    await new SNSClient({ region }).send(new PublishCommand({ TopicArn, Message: message }));
  });
}

/** By stack, so that AWS is asked once. */
const accounts = new WeakMap<Stack, ReturnType<typeof accountOf>>();

function accountFor(stack: Stack): ReturnType<typeof accountOf> {
  const account = accounts.get(stack) ?? accountOf(stack.config.region);
  accounts.set(stack, account);
  return account;
}

function clients() {
  return Promise.all([import("@aws-sdk/client-sns"), import("@aws-sdk/client-sts")]);
}
