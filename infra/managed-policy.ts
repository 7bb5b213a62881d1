import { iam } from "@pulumi/aws";
import { type AnyStatement, statementsIn } from "./access/evaluation/document";

/** Asks AWS what a managed policy says now, in a preview too; undefined where nobody is asked, as in a synthesis without AWS. */
export async function managedPolicy(arn: string): Promise<readonly AnyStatement[] | undefined> {
  const { policy }: { readonly policy?: string } = await iam.getPolicy({ arn });
  return policy === undefined ? undefined : statementsIn(policy);
}
