import { getCallerIdentity } from "@pulumi/aws";
import { opens, type Reserve } from "../access/reserved";
import type { StackConfig } from "../config";
import { type Fault, GROUPS } from "../config/fault";
import { mayNotOpen, reserveOf } from "../config/rights-faults";
import { managedPolicy } from "../managed-policy";

/** Finds managed policies of groups that IAM would not attach, or that open what is the stack's own. */
export async function managedPolicyFaults(config: StackConfig): Promise<Fault[]> {
  const entries = Object.entries(config.groups).flatMap(([name, { policies = [] }]) =>
    policies.flatMap((arn, index) =>
      typeof arn === "string" ? [{ arn, path: [GROUPS, name, "policies", index] }] : [],
    ),
  );
  if (entries.length === 0) return [];
  const { accountId } = await getCallerIdentity();
  const reserve = reserveOf(config);
  const arns = [...new Set(entries.map(({ arn }) => arn))];
  const judged = new Map(
    await Promise.all(
      arns.map(async (arn) => [arn, ofAnotherAccount(arn, accountId) ?? (await openingOf(arn, reserve))] as const),
    ),
  );
  return entries.flatMap(({ arn, path }) => {
    const sentence = judged.get(arn);
    return sentence === undefined ? [] : [{ path, sentence }];
  });
}

function ofAnotherAccount(arn: string, own: string): string | undefined {
  const owner = arn.split(":")[4] ?? "";
  if (owner === "aws" || owner === own) return undefined;
  return `should be a policy of AWS's or of the stack's account, which is ${own}, since IAM attaches no other's, but is ${arn}. Make one in ${own}.`;
}

async function openingOf(arn: string, reserve: Reserve): Promise<string | undefined> {
  const statements = (await managedPolicy(arn)) ?? [];
  const [opened] = statements.flatMap((statement) => opens(statement, reserve) ?? []);
  return opened && `${mayNotOpen(`${opened} by ${arn}`)} Write statements for what the group needs in its place.`;
}
