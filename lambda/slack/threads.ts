import { createHash } from "node:crypto";
import type { ReadSecret } from "../aws/secret";
import type { Environment } from "../environment";
import { type Episode, type Item, mergeItems, type Report } from "../report";
import { asFields, asList, asText, type Fields, parseJson } from "../values";
import { attemptApi } from "./api";
import { Credential } from "./credential";
import { type SlackMessage, slackMessage, withoutBlocks } from "./message";
import { type Patience, persist } from "./persist";
import { refusesBlocks } from "./post";

const EVENT_TYPE = "towline_episode";
/** How far back the first message of an episode is looked for, in seconds and in messages. */
const SEARCH_BACK = 24 * 60 * 60;
const SEARCH_LIMIT = 200;
/** Slack keeps 16 KB of metadata with a message. */
const KEPT_CHARACTERS = 8000;

/** The first message of an episode, which is edited as it goes on. */
interface Root {
  readonly ts: string;
  readonly items: readonly Item[];
}

/**
 * Posts with a bot's token: the first message of a scale event or a deploy is edited in place as more is heard, and what is
 * heard goes into its thread. The first message itself keeps, as Slack metadata, which episode it is and what has been
 * told, so no database is needed; this process remembers it too.
 */
export class Threads {
  private readonly roots = new Map<string, Root>();

  constructor(
    private readonly token: Credential,
    private readonly channel: string,
    private readonly origin: string,
  ) {}

  /** @throws SlackRefusal when Slack has not taken it */
  async post(report: Report, mention: string | undefined, patience: Patience): Promise<void> {
    const message = slackMessage(report, mention);
    const { episode } = report;
    if (episode === undefined) {
      await this.send("chat.postMessage", message, {}, patience);
      return;
    }
    const key = createHash("sha256").update(episode.key).digest("hex");
    const root = this.roots.get(key) ?? (await this.find(key, patience));
    if (root === undefined) await this.begin(key, episode, message, patience);
    else await this.goOn(key, root, episode, message, report.needsPerson === true, patience);
  }

  private async begin(key: string, { items }: Episode, message: SlackMessage, patience: Patience): Promise<void> {
    const posted = await this.send("chat.postMessage", message, { metadata: metadata(key, items) }, patience);
    const ts = asText(posted.ts);
    if (ts !== undefined) this.roots.set(key, { ts, items });
  }

  /** The edit comes first: it can be repeated without a trace, should the reply fail and all be tried again. */
  private async goOn(
    key: string,
    { ts, items: told }: Root,
    episode: Episode,
    message: SlackMessage,
    isUrgent: boolean,
    patience: Patience,
  ): Promise<void> {
    const items = mergeItems([...told, ...episode.items]);
    const whole = slackMessage(episode.tell(items));
    await this.send("chat.update", whole, { ts, metadata: metadata(key, items) }, patience);
    await this.send("chat.postMessage", message, { thread_ts: ts, reply_broadcast: isUrgent }, patience);
    this.roots.set(key, { ts, items });
  }

  private async find(key: string, patience: Patience): Promise<Root | undefined> {
    const oldest = String(Math.floor(Date.now() / 1000) - SEARCH_BACK);
    const found = await this.call(
      "conversations.history",
      () => ({ include_all_metadata: true, limit: SEARCH_LIMIT, oldest }),
      async () => false,
      patience,
    );
    for (const message of asList(found.messages).map(asFields)) {
      const payload = asFields(asFields(message?.metadata)?.event_payload);
      const ts = asText(message?.ts);
      if (payload?.key === key && ts !== undefined)
        return { ts, items: asList(parseJson(payload.items)).flatMap(asItem) };
    }
    return undefined;
  }

  private send(method: string, message: SlackMessage, values: Fields, patience: Patience): Promise<Fields> {
    let current = message;
    return this.call(
      method,
      () => ({ ...current, ...values }),
      async (failure) => {
        if (!refusesBlocks(failure) || current !== message) return false;
        current = withoutBlocks(message);
        return true;
      },
      patience,
    );
  }

  private call(
    method: string,
    values: () => Fields,
    repair: Parameters<typeof persist>[1],
    patience: Patience,
  ): Promise<Fields> {
    let refreshed = false;
    return persist(
      async (timeoutMs) =>
        attemptApi(this.origin, await this.token.current(), method, { channel: this.channel, ...values() }, timeoutMs),
      async (failure) => {
        if (failure.kind === "http" && /token|auth/.test(failure.reason ?? "") && !refreshed) {
          refreshed = true;
          if (await this.token.refresh()) return true;
        }
        return repair(failure);
      },
      patience,
    );
  }
}

/**
 * Threads where a bot is set up: `SLACK_CHANNEL` and the secret that `SLACK_BOT_TOKEN_PARAMETER` names, or `SLACK_BOT_TOKEN`
 * for local runs; `SLACK_API_ORIGIN` points elsewhere in tests.
 */
export function threadsFor(environment: Environment, readSecret: ReadSecret): Threads | undefined {
  const { SLACK_CHANNEL: channel, SLACK_BOT_TOKEN: token, SLACK_BOT_TOKEN_PARAMETER: parameter } = environment;
  if (!channel || !(token || parameter)) return undefined;
  const credential = new Credential(async () => token || (await readSecret(parameter ?? "")).trim());
  return new Threads(credential, channel, environment.SLACK_API_ORIGIN ?? "https://slack.com");
}

/** The newest of the items that fit. */
function metadata(key: string, items: readonly Item[]): Fields {
  let kept = [...items];
  while (JSON.stringify(kept).length > KEPT_CHARACTERS) kept = kept.slice(1);
  return { event_type: EVENT_TYPE, event_payload: { key, items: JSON.stringify(kept) } };
}

function asItem(value: unknown): Item[] {
  const [id, text] = [asText(asFields(value)?.id), asText(asFields(value)?.text)];
  return id === undefined || text === undefined ? [] : [{ id, text }];
}
