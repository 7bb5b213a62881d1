import { type Command, InvalidArgumentError, Option } from "commander";
import { JOBS, type Job, jobStatements } from "../../infra/access/job-policy";
import { type Place, partitionOf } from "../../infra/access/place";
import { accountOf } from "../account";
import { declaredOf } from "../declared";
import { InputError } from "../errors";
import { printResult } from "../progress";
import { openKeylessStack, type Stack } from "../project";

const HELP = `
What each may do:
  operator    see what hosts run, hold and recall versions, change settings of apps, replace hosts
  publisher   publish, withdraw and roll back: what the stack's own role towline-<stack>-publisher may
  promoter    the same, and read the stack that releases come from
  deployer    'pulumi up' and 'pulumi destroy' of the stack as its file has it now; Pulumi's state is not part of it

IAM takes 6144 characters of a managed policy, and 10240 of a role's own, which a deployer's needs, and a publisher's of very many packages; spaces do not count.

Examples:
  towline policy --for operator --stack prod
  towline policy --for publisher --stack prod --account 123456789012      (asks nobody)
  towline policy --for promoter --stack prod --from staging
  aws iam put-role-policy --role-name on-call --policy-name towline-prod \\
    --policy-document "$(towline policy --for operator --stack prod --json)"`;

interface Options {
  readonly for: Job;
  readonly stack: string;
  readonly from?: string;
  readonly account?: string;
  readonly json?: boolean;
}

/** `towline policy`. */
export function addPolicy(program: Command): void {
  program
    .command("policy")
    .description("print the IAM policy that a person or a job needs")
    .addOption(new Option("--for <job>", "whom it is for").choices(JOBS).makeOptionMandatory())
    .requiredOption("--stack <stack>", "stack that it is about")
    .option(
      "--from <stack>",
      "stack that a promoter's releases come from (default: towline:publisher's promoteFromBucket)",
    )
    .option("--account <number>", "AWS account of the stack (default: that of your credentials)", accountNumber)
    .option("--json", "print it in one line")
    .addHelpText("after", HELP)
    .action(async (options: Options, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      if (options.from !== undefined && options.for !== "promoter")
        throw new InputError(`--from: goes with --for promoter alone, not with --for ${options.for}`);
      const stack = openKeylessStack(options.stack, directory);
      const source = options.for === "promoter" ? sourceOf(stack, options.from, directory) : undefined;
      const place = await placeOf(stack, options.account);
      const types = options.for === "deployer" ? (await declaredOf(stack, directory)).map(({ type }) => type) : [];
      const statements = jobStatements(options.for, { config: stack.config, place, source, types });
      const document = { Version: "2012-10-17", Statement: statements };
      printResult(false, document, [JSON.stringify(document, null, options.json ? 0 : 2)]);
    });
}

/** The bucket that releases are promoted from. @throws InputError where nobody says which */
function sourceOf(stack: Stack, from: string | undefined, directory: string | undefined): string {
  if (from === stack.name)
    throw new InputError(`--from ${from}: is the stack itself; name the one that releases come from`);
  if (from !== undefined) return openKeylessStack(from, directory).repository.bucket;
  const bucket = stack.config.publisher?.promoteFromBucket;
  if (bucket !== undefined) return bucket;
  throw new InputError(
    `stack ${stack.name} names no bucket that releases come from; give the stack with --from, such as --from staging, ` +
      `or set promoteFromBucket in towline:publisher of Pulumi.${stack.name}.yaml`,
  );
}

async function placeOf({ config: { region } }: Stack, account: string | undefined): Promise<Place> {
  if (account !== undefined) return { partition: partitionOf(region), region, account };
  const { partition, id } = await accountOf(region);
  return { partition, region, account: id };
}

/** @throws InvalidArgumentError unless it is an account's number */
function accountNumber(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError("It should be the 12 digits of an AWS account, such as 123456789012.");
}
