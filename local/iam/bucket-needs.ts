import type { Needed } from "./authorization";

/** What of a bucket each parameter of a request is about, as the actions call it ("Actions, resources, and condition keys for Amazon S3"). */
const ABOUT: Readonly<Record<string, string>> = {
  accelerate: "AccelerateConfiguration",
  acl: "BucketAcl",
  cors: "BucketCORS",
  encryption: "EncryptionConfiguration",
  lifecycle: "LifecycleConfiguration",
  logging: "BucketLogging",
  notification: "BucketNotification",
  "object-lock": "BucketObjectLockConfiguration",
  ownershipControls: "BucketOwnershipControls",
  policy: "BucketPolicy",
  publicAccessBlock: "BucketPublicAccessBlock",
  replication: "ReplicationConfiguration",
  requestPayment: "BucketRequestPayment",
  tagging: "BucketTagging",
  versioning: "BucketVersioning",
  website: "BucketWebsite",
};

/** Of these alone, taking away has an action of its own; all else is put. */
const DELETED = new Set(["policy", "website"]);

/** What making, changing and removing a bucket takes; undefined for other requests. */
export function bucketNeeds(method: string, resource: string, query: URLSearchParams): readonly Needed[] | undefined {
  const [about] = [...query.keys()].filter((name) => name in ABOUT);
  const action = about === undefined ? plain(method, query) : settings(method, about);
  return action === undefined ? undefined : [{ action, resource, context: {} }];
}

function plain(method: string, query: URLSearchParams): string | undefined {
  if ([...query.keys()].some((name) => name !== "x-id")) return undefined;
  return { DELETE: "s3:DeleteBucket", PUT: "s3:CreateBucket" }[method];
}

function settings(method: string, about: string): string | undefined {
  const what = ABOUT[about];
  if (method === "GET") return `s3:Get${what}`;
  if (method === "DELETE" && DELETED.has(about)) return `s3:Delete${what}`;
  return method === "PUT" || method === "DELETE" ? `s3:Put${what}` : undefined;
}
