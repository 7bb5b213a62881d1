import type { Command } from "commander";
import { assumptions } from "../cost/assumptions";
import { type Bill, billOf } from "../cost/bill";
import { type PriceTable, pricesOf } from "../cost/prices";
import { renderBill } from "../cost/render";
import { usageOf } from "../cost/resources";
import { declaredOf } from "../declared";
import { printResult } from "../progress";
import { openKeylessStack } from "../project";

const HELP = `
The stack's program is run here, without AWS and without keys: what it declares is what is priced. docs/cost.md says what
a file for --prices holds.

Examples:
  towline cost --stack prod
  towline cost --stack prod --prices prices.json
  towline cost --stack prod --json | jq -r '.lines[] | select(.monthly == null) | .what'`;

interface Options {
  readonly stack: string;
  readonly prices?: string;
  readonly json?: boolean;
}

/** `towline cost`. */
export function addCost(program: Command): void {
  program
    .command("cost")
    .description("show what a stack costs in a month, by resource")
    .requiredOption("--stack <stack>", "stack to price")
    .option("--prices <file>", "JSON file with prices (default: the built-in ones of the stack's region)")
    .option("--json", "print the lines, the prices and what is assumed as JSON")
    .addHelpText("after", HELP)
    .action(async (options: Options, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const stack = openKeylessStack(options.stack, directory);
      const table = pricesOf(stack.config.region, options.prices);
      const declared = await declaredOf(stack, directory);
      const bill = billOf(usageOf(declared, stack.config), table);
      printResult(
        options.json,
        { stack: stack.name, currency: "USD", ...bill, prices: table, assumptions: assumptions() },
        [renderBill(bill, process.stdout.isTTY === true), "", ...explain(stack.name, bill, table)],
      );
    });
}

function explain(stack: string, bill: Bill, { region, date, source }: PriceTable): string[] {
  const { total, notPriced, unknownInstanceTypes: types } = bill;
  const span =
    total.min === total.max ? usd(total.min) : `between ${usd(total.min)} (size.min) and ${usd(total.max)} (size.max)`;
  return [
    `${stack} costs ${span} a month${notPriced === 0 ? "." : `, without the ${lines(notPriced)} "not priced".`}`,
    ...(types.length === 0
      ? []
      : [`${region}'s prices lack ${types.join(", ")}: add what an hour costs with --prices FILE.`]),
    `Prices of ${region} of ${date}: ${source}.`,
    ...assumptions().map((assumption) => `- ${assumption}`),
  ];
}

function usd(amount: number): string {
  return `${amount.toFixed(2)} USD`;
}

function lines(count: number): string {
  return count === 1 ? "line that is" : `${count} lines that are`;
}
