import { randomBytes } from "node:crypto";
import { ACCOUNT, instanceArn } from "../region/place";

/** Who makes a request: a session of a role. */
export interface Principal {
  /** The session's: `arn:aws:sts::…:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  readonly roleArn: string;
  /** Name of the role, by which its policies are found. */
  readonly role: string;
  readonly session: string;
  /** What conditions may ask of the session, beside what they may ask of any. */
  readonly context: Readonly<Record<string, string>>;
}

/** A session of a role of the region's account. @throws Error when the ARN is not a role's */
export function roleSession(
  roleArn: string,
  session: string,
  context: Readonly<Record<string, string>> = {},
): Principal {
  const role = /^arn:aws:iam::\d{12}:role\/(?:.+\/)?([^/]+)$/.exec(roleArn)?.[1];
  if (role === undefined) throw new Error(`${roleArn} is not the ARN of a role`);
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`;
  return { arn, roleArn, role, session, context };
}

/** An instance as far as credentials from its metadata service name it. */
export interface Instance {
  readonly id: string;
  readonly region: string;
  readonly address: string;
  readonly vpc: string;
  readonly roleArn: string;
}

/** The session whose credentials an instance's metadata service hands out; what AWS puts into it, no request can change. */
export function instanceSession({ id, region, address, vpc, roleArn }: Instance): Principal {
  return roleSession(roleArn, id, {
    "ec2:SourceInstanceARN": instanceArn({ region, id }),
    "ec2:RoleDelivery": "2.0",
    "aws:EC2InstanceSourceVPC": vpc,
    "aws:EC2InstanceSourcePrivateIPv4": address,
  });
}

/** AWS's number of a role: what `aws:userid` begins with. */
export function roleId(role: string): string {
  const known = ids.get(role) ?? `AROA${randomBytes(12).toString("hex").toUpperCase().slice(0, 17)}`;
  ids.set(role, known);
  return known;
}

const ids = new Map<string, string>();
