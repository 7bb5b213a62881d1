import { settingsKeyAlias } from "../../infra/names";
import { explained } from "../aws";
import { UserError } from "../errors";
import type { Stack } from "../project";

/**
 * ARN of the key that the settings of a stack's apps are encrypted with. The bucket takes no other name of the key: S3 does not
 * see that an alias means it.
 * @throws UserError when there is no such key yet
 */
export async function settingsKeyArn({ name, config }: Stack): Promise<string> {
  const { DescribeKeyCommand, KMSClient, NotFoundException } = await import("@aws-sdk/client-kms");
  const alias = settingsKeyAlias(name);
  return explained(`look up the key ${alias}`, async () => {
    try {
      const command = new DescribeKeyCommand({ KeyId: alias });
      const { KeyMetadata } = await new KMSClient({ region: config.region }).send(command);
      if (KeyMetadata?.Arn !== undefined) return KeyMetadata.Arn;
    } catch (error) {
      if (!(error instanceof NotFoundException)) throw error;
    }
    throw new UserError(`stack ${name} has no key ${alias} to encrypt settings with; 'pulumi up -s ${name}' makes it`);
  });
}
