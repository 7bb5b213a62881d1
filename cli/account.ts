import { explained } from "./aws";

/** An AWS account, and the first part of the ARNs of what lies in it. */
export interface Account {
  readonly partition: string;
  readonly id: string;
}

/** The account whose credentials these are. @throws UserError where AWS does not say */
export async function accountOf(region: string): Promise<Account> {
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  return explained("ask AWS whose credentials these are", async () => {
    const { Arn = "", Account: id = "" } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    return { partition: Arn.split(":")[1] ?? "", id };
  });
}
