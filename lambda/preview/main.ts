import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { mentionFor, readAttention } from "../attention";
import { Ledger } from "../ledger";
import { notify } from "../notify";
import { type SlackMessage, slackMessage } from "../slack/message";
import { previewPage, type Shown } from "./page";
import { payloadsOf } from "./payloads";
import { unescapeText } from "./text";

const USAGE = `usage: node preview.js [--output PAGE.html] FILE…
FILE holds a Lambda event, an SNS envelope, a message or an EventBridge event as JSON, or a message as text.
Prints the line each becomes and writes a page that shows the messages as Slack does (default: notifier-preview.html).`;

/** Shows what the notifier would post, without Slack. Its settings are the notifier's own environment variables. */
async function main(args: readonly string[]): Promise<void> {
  const { files, output } = parseArguments(args);
  const shown: Shown[] = [];
  for (const file of files) {
    const messages = await messagesOf(file);
    for (const { text } of messages) console.log(`${path.basename(file)}: ${unescapeText(text)}`);
    if (messages.length === 0) console.log(`${path.basename(file)}: holds no messages`);
    shown.push({ file: path.basename(file), messages });
  }
  writeFileSync(output, previewPage(shown));
  console.error(`the messages as Slack shows them: ${path.resolve(output)}`);
}

function parseArguments(args: readonly string[]): { files: readonly string[]; output: string } {
  const rest = [...args];
  const option = rest.indexOf("--output");
  const [, output = "notifier-preview.html"] = option < 0 ? [] : rest.splice(option, 2);
  const wrong = rest.find((argument) => argument.startsWith("-"));
  if (wrong !== undefined) throw new Error(`${wrong} is no option.\n${USAGE}`);
  if (rest.length === 0) throw new Error(`No file is given.\n${USAGE}`);
  return { files: rest, output };
}

async function messagesOf(file: string): Promise<SlackMessage[]> {
  const messages: SlackMessage[] = [];
  const attention = readAttention(process.env);
  const ledger = new Ledger();
  for (const payload of payloadsOf(read(file))) {
    await notify(payload, {
      ledger,
      enrich: async (notification) => notification,
      deliver: async (report) => {
        messages.push(slackMessage(report, mentionFor(report, attention, new Date())));
      },
    });
  }
  return messages;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`${file} cannot be read (${code}): give the path of a file with a payload.`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
