import { logBucketName, stackPrefix } from "../names";
import { type AnyStatement, listed } from "./evaluation/document";
import { type Deed, touches } from "./evaluation/reach";

export interface Reserve {
  readonly partition: string;
  readonly stack: string;
  /** Name of the stack's bucket. */
  readonly bucket: string;
  /** Path of the stack's roles. */
  readonly path: string;
}

/** Something of the stack's that no policy of a group's own opens to its hosts. */
interface Reserved {
  /** What it is, for an error. */
  readonly what: string;
  readonly deeds: readonly Deed[];
}

/** Actions of S3 that are about no bucket (Service Authorization Reference). */
const OF_NO_BUCKET = ["s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock", "s3:ListStorageLensConfigurations"];

/** Looking changes nobody's rights. */
const LOOKING = ["iam:Get*", "iam:List*", "iam:Generate*", "iam:Simulate*"];

/**
 * What hosts have of a stack is what towline gives them, by exact prefixes: the bucket decides what all hosts run and holds the settings of all
 * apps, an access point is another door to it, and whoever changes or assumes a role of the stack's has its rights.
 */
function reserved({ partition, stack, bucket, path }: Reserve): Reserved[] {
  return [
    ...[bucket, logBucketName(bucket)].map((name) => ({
      what: `the stack's bucket ${name}`,
      deeds: ["", "/*"].map((objects) => ({
        action: "s3:*",
        harmless: OF_NO_BUCKET,
        resource: `arn:${partition}:s3:::${name}${objects}`,
      })),
    })),
    {
      what: `access points, of which one leads to the stack's bucket ${bucket}`,
      deeds: [{ action: "s3:CreateAccessPoint*", resource: `arn:${partition}:s3:*:*:accesspoint/*` }],
    },
    {
      what: `the stack's roles ${stackPrefix(stack)}*`,
      deeds: ["iam:*", "sts:AssumeRole"].map((action) => ({
        action,
        harmless: LOOKING,
        resource: `arn:${partition}:iam::*:role${path}${stackPrefix(stack)}*`,
      })),
    },
  ];
}

/** What a statement opens that is not its to open, in words; undefined for one that leaves the stack alone. */
export function opens(statement: AnyStatement, reserve: Reserve): string | undefined {
  if (statement.Effect !== "Allow") return undefined;
  const opened = reserved(reserve).find(({ deeds }) => deeds.some((deed) => touches(statement, deed)));
  return opened && `${opened.what} (${said(statement)})`;
}

/** A statement's actions and resources as they are written. */
function said({ Action, NotAction, Resource, NotResource }: AnyStatement): string {
  const list = (not: string, some: typeof Action, others: typeof Action): string =>
    others === undefined ? listed(some).join(", ") : `${not} ${listed(others).join(", ")}`;
  const text = `${list("all but", Action, NotAction)} on ${list("all but", Resource, NotResource)}`;
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}
