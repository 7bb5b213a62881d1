import type { Command } from "commander";
import { printResult } from "../progress";
import { openStack, type Stack } from "../project";
import { type Bucket, openBucket } from "../repository/bucket";
import { requireChannelsKey } from "../repository/channels-key";
import { type Renewal, renewSuite } from "../repository/renew";
import { publishedSuites, type Suite } from "../repository/suite";
import { type PublisherFlags, publisherOf, withPublisherOptions } from "./options";

const HELP = `
Hosts believe an index for towline:repository.validDays (14 unless said); each publication begins them anew. This signs an index of which
less than half of its time is left, with the same packages: run it every day (jenkins/renew does). Channels that have a key of their own are
signed by that key alone, with --channels.

Examples:
  towline renew --stack prod --signing-key ~/keys/prod.secret.asc
  towline renew --stack staging --channels --signing-key ~/keys/staging-channels.secret.asc
  towline renew --stack prod --dry-run --json | jq '.suites[] | select(.due)'`;

interface Options extends PublisherFlags {
  readonly stack: string;
  readonly channels?: boolean;
  readonly ended?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `towline renew`. */
export function addRenew(program: Command): void {
  const command = program
    .command("renew")
    .description("sign a stack's indexes anew before hosts stop believing them")
    .requiredOption("--stack <stack>", "stack whose indexes to sign")
    .option("--channels", "its channels, where they have a key of their own")
    .option("--ended", "also one that has ended and was signed elsewhere, once somebody has looked at it")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP);
  withPublisherOptions(command).action(async (options: Options) => {
    const { directory } = command.optsWithGlobals<{ directory?: string }>();
    const stack = openStack(options.stack, directory);
    const channels = options.channels ?? false;
    if (channels) requireChannelsKey(stack);
    const publisher = options.dryRun ? undefined : { ...publisherOf(stack, options), ended: options.ended ?? false };
    const bucket = await openBucket(stack.config.region, stack.repository.bucket);
    const renewals: Renewal[] = [];
    for (const suite of await suitesOf(stack, bucket, channels)) {
      const renewal = await renewSuite({ stack, bucket, suite }, publisher);
      if (renewal !== undefined) renewals.push(renewal);
    }
    const lines = renewals.map((renewal) => `${stack.name}: ${describe(renewal)}`);
    printResult(options.json, { stack: stack.name, suites: renewals }, [
      ...(lines.length > 0 ? lines : [`${stack.name}: nothing is published${channels ? " to channels" : ""}`]),
    ]);
  });
}

/** Those that one key signs. */
async function suitesOf(stack: Stack, bucket: Bucket, channels: boolean): Promise<Suite[]> {
  const suites = await publishedSuites(stack, bucket);
  if (stack.channelsKey === undefined) return suites;
  return suites.filter(({ channel }) => (channel !== undefined) === channels);
}

function describe({ suite, until, leftSeconds, due, renewed }: Renewal): string {
  if (renewed) return `${suite} is signed anew and ends on ${until}`;
  const days = (Math.abs(leftSeconds) / 86_400).toFixed(1);
  const left =
    leftSeconds < 0 ? `${suite} ended on ${until}, ${days} days ago` : `${suite} ends on ${until}, in ${days} days`;
  return `${left}: ${due ? "it would be signed anew" : "nothing to do"}`;
}
