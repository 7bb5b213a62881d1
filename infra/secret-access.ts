import type { Statement } from "./policy";

/** Where a function's secrets lie. */
export interface SecretsPlace {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/**
 * Lets a function read its secrets and no others, each the name of an SSM parameter or the ARN of a Secrets Manager secret,
 * which Parameter Store hands out under a name of its own. Decryption is tied to the parameters: their ARN is the context
 * SSM encrypts a SecureString with.
 */
export function readSecrets(secrets: readonly string[], { partition, region, accountId }: SecretsPlace): Statement[] {
  const arnOf = (name: string): string => `arn:${partition}:ssm:${region}:${accountId}:parameter${name}`;
  const parameters = secrets.filter((secret) => secret.startsWith("/")).map(arnOf);
  const stored = secrets.filter((secret) => !secret.startsWith("/"));
  return [
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource: [...parameters, ...stored.map(reference).map(arnOf)],
    },
    ...(parameters.length === 0 ? [] : [decryptParameters(parameters, region)]),
    ...(stored.length === 0
      ? []
      : [
          {
            Sid: "ReadStoredSecrets",
            Effect: "Allow" as const,
            Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            Resource: stored,
          },
        ]),
  ];
}

function decryptParameters(parameters: readonly string[], region: string): Statement {
  return {
    Sid: "DecryptSecrets",
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: "*",
    Condition: {
      StringEquals: {
        "kms:ViaService": `ssm.${region}.amazonaws.com`,
        "kms:EncryptionContext:PARAMETER_ARN": parameters,
      },
    },
  };
}

/** The name under which Parameter Store gives access to a secret: the ARN's last part without AWS's own six characters. */
function reference(arn: string): string {
  const name = arn
    .split(":")
    .slice(6)
    .join(":")
    .replace(/-\w{6}$/, "");
  return `/aws/reference/secretsmanager/${name}`;
}
