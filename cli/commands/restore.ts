import type { Command } from "commander";
import { printResult } from "../progress";
import { restoreSuite } from "../repository/restore";
import { publishedSuites } from "../repository/suite";
import { databaseOf, openShelf, type PublisherFlags, withDatabaseOptions } from "./options";

const HELP = `
The bucket decides: what hosts see is fetched, checked and put into aptly's database; what they do not see is removed from
it. Nothing in the bucket changes. Publishing does the same by itself; this is for doing it ahead, on a new machine.

Examples:
  towline restore --stack prod
  towline restore --stack prod --state-dir /var/lib/towline`;

interface Options extends Omit<PublisherFlags, "signingKey"> {
  readonly stack: string;
  readonly json?: boolean;
}

/** `towline restore`. */
export function addRestore(program: Command): void {
  const command = program
    .command("restore")
    .description("rebuild a publisher's database from the bucket")
    .requiredOption("--stack <stack>", "stack to restore")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP);
  withDatabaseOptions(command).action(async (options: Options) => {
    const shelf = await openShelf(options.stack, undefined, command);
    const restored = [];
    for (const suite of await publishedSuites(shelf.stack, shelf.bucket)) {
      restored.push(await restoreSuite({ ...shelf, suite }, databaseOf(shelf.stack, options)));
    }
    printResult(options.json, restored, [
      ...restored.map(
        ({ suite, fetched, removed, total }) =>
          `${shelf.stack.name}: suite ${suite}: ${total} packages, ${fetched} fetched, ${removed} removed`,
      ),
      ...(restored.length === 0 ? [`${shelf.stack.name}: nothing is published there yet`] : []),
    ]);
  });
}
