import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  EnableKeyRotationCommand,
  type GrantOperation,
} from "@aws-sdk/client-kms";
import { type Create, type Inputs, list, text } from "./resource";

const key: Create = async ({ clients }, inputs) => {
  const settings = { Description: text(inputs, "description"), Policy: text(inputs, "policy"), Tags: kmsTags(inputs) };
  const { KeyMetadata } = await clients.kms.send(new CreateKeyCommand(settings));
  const KeyId = KeyMetadata?.KeyId as string;
  if (inputs.enableKeyRotation === true) await clients.kms.send(new EnableKeyRotationCommand({ KeyId }));
  return { id: KeyId, state: { arn: KeyMetadata?.Arn, keyId: KeyId } };
};

function kmsTags(inputs: Inputs) {
  const tags = (inputs.tags as Record<string, string> | undefined) ?? {};
  return Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}

const alias: Create = async ({ clients }, inputs) => {
  const AliasName = text(inputs, "name");
  await clients.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: text(inputs, "targetKeyId") }));
  return { id: AliasName, state: { name: AliasName } };
};

/** Nobody asks for it here: the containers' disks are the machine's. */
const grant: Create = async ({ clients }, inputs) => {
  const { GrantId } = await clients.kms.send(
    new CreateGrantCommand({
      KeyId: text(inputs, "keyId"),
      GranteePrincipal: text(inputs, "granteePrincipal"),
      Operations: [...list<GrantOperation>(inputs, "operations")],
    }),
  );
  return { id: GrantId as string };
};

/** Keys and their names. */
export const keyResources: Readonly<Record<string, Create>> = {
  "aws:kms/key:Key": key,
  "aws:kms/alias:Alias": alias,
  "aws:kms/grant:Grant": grant,
};
