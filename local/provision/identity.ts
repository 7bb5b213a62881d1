import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { type Create, tagList, text } from "./resource";

const role: Create = async ({ clients }, inputs) => {
  const RoleName = text(inputs, "name");
  const AssumeRolePolicyDocument = text(inputs, "assumeRolePolicy");
  const made = await clients.iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument,
      Path: inputs.path as string | undefined,
      PermissionsBoundary: inputs.permissionsBoundary as string | undefined,
      Tags: tagList(inputs),
    }),
  );
  return { id: RoleName, state: { arn: made.Role?.Arn, name: RoleName } };
};

const rolePolicy: Create = async ({ clients }, inputs, name) => {
  const RoleName = text(inputs, "role");
  await clients.iam.send(
    new PutRolePolicyCommand({ RoleName, PolicyName: name, PolicyDocument: text(inputs, "policy") }),
  );
  return { id: `${RoleName}:${name}` };
};

const attachment: Create = async ({ clients }, inputs) => {
  const [RoleName, PolicyArn] = [text(inputs, "role"), text(inputs, "policyArn")];
  await clients.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  return { id: `${RoleName}-${PolicyArn}` };
};

const instanceProfile: Create = async ({ clients }, inputs) => {
  const InstanceProfileName = text(inputs, "name");
  const made = await clients.iam.send(
    new CreateInstanceProfileCommand({
      InstanceProfileName,
      Path: inputs.path as string | undefined,
      Tags: tagList(inputs),
    }),
  );
  await clients.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: text(inputs, "role") }));
  return { id: InstanceProfileName, state: { arn: made.InstanceProfile?.Arn, name: InstanceProfileName } };
};

/** Roles and what they may do. */
export const identityResources: Readonly<Record<string, Create>> = {
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attachment,
  "aws:iam/instanceProfile:InstanceProfile": instanceProfile,
};
