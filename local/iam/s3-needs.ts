import type { IncomingMessage } from "node:http";
import type { Needed } from "./authorization";
import { bucketNeeds } from "./bucket-needs";

/** The part of a request that says what it asks of S3. */
type S3Request = Pick<IncomingMessage, "method" | "headers" | "url">;

/** The bucket and the object's key that a request is about; a key of "" stands for the bucket itself. */
function addressed({ headers, url = "" }: S3Request): { bucket: string; key: string; query: URLSearchParams } {
  const host = headers.host ?? "";
  const [path = "/", query = ""] = url.split(/\?(.*)/s);
  const own = /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com$/.exec(host)?.[1];
  const [first = "", ...rest] = path.slice(1).split("/").map(decodeURIComponent);
  const [bucket, key] = own === undefined ? [first, rest.join("/")] : [own, [first, ...rest].join("/")];
  return { bucket, key, query: new URLSearchParams(query) };
}

/** Parameters of a request about an object's content that name no other thing about it. */
const PLAIN = new Set(["x-id", "partNumber", "uploadId", "uploads", "versionId"]);
/** Parameters of a listing. */
const LISTING = new Set([
  ...["list-type", "prefix", "delimiter", "max-keys", "marker", "key-marker", "version-id-marker", "start-after"],
  ...["x-id", "fetch-owner", "continuation-token", "encoding-type", "versions"],
]);

/**
 * What a request to S3 needs ("Actions, resources, and condition keys for Amazon S3"); undefined for one that has no counterpart here.
 * @param body of a request that names its objects in it
 */
export function s3Needs(request: S3Request, body = ""): readonly Needed[] | undefined {
  const { bucket, key, query } = addressed(request);
  if (bucket === "") return undefined;
  const arn = `arn:aws:s3:::${bucket}`;
  if (key !== "") return objectNeeds(request, `${arn}/${key}`, query);
  const names = [...query.keys()];
  if (request.method === "POST" && query.has("delete")) return deletions(arn, body);
  const ofTheBucket = bucketNeeds(request.method ?? "", arn, query);
  if (ofTheBucket !== undefined) return ofTheBucket;
  if (request.method === "HEAD") return [{ action: "s3:ListBucket", resource: arn, context: {} }];
  if (request.method !== "GET") return undefined;
  if (names.length === 1 && query.has("location"))
    return [{ action: "s3:GetBucketLocation", resource: arn, context: {} }];
  if (!names.every((name) => LISTING.has(name))) return undefined;
  const action = query.has("versions") ? "s3:ListBucketVersions" : "s3:ListBucket";
  return [{ action, resource: arn, context: listing(query) }];
}

/** What S3 asks before it tells somebody that an object is not there rather than that he may not see it. */
export function needsToMiss(request: S3Request): Needed {
  const { bucket, key } = addressed(request);
  return { action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket}`, context: { "s3:prefix": key } };
}

function listing(query: URLSearchParams): Record<string, string> {
  const keys = ["prefix", "delimiter", "max-keys"].filter((name) => query.has(name));
  return Object.fromEntries(keys.map((name) => [`s3:${name}`, query.get(name) ?? ""]));
}

function objectNeeds({ method, headers }: S3Request, resource: string, query: URLSearchParams) {
  if (query.has("tagging")) {
    const action = { DELETE: "s3:DeleteObjectTagging", GET: "s3:GetObjectTagging", PUT: "s3:PutObjectTagging" }[
      method ?? ""
    ];
    return action === undefined ? undefined : [{ action, resource, context: {} }];
  }
  if (![...query.keys()].every((name) => PLAIN.has(name))) return undefined;
  const version = query.has("versionId") ? "Version" : "";
  switch (method) {
    case "GET":
    case "HEAD":
      return [{ action: `s3:GetObject${version}`, resource, context: {} }];
    case "DELETE":
      if (query.has("uploadId")) return [{ action: "s3:AbortMultipartUpload", resource, context: {} }];
      return [{ action: `s3:DeleteObject${version}`, resource, context: {} }];
    case "PUT":
    case "POST":
      return [
        { action: "s3:PutObject", resource, context: stored(headers) },
        ...locked(headers, resource),
        ...(headers["x-amz-tagging"] === undefined ? [] : [{ action: "s3:PutObjectTagging", resource, context: {} }]),
        ...copied(headers),
      ];
    default:
      return undefined;
  }
}

/** Headers of a request that stores something which are condition keys by their own name. */
const STORED = [
  "x-amz-acl",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-storage-class",
  "if-match",
  "if-none-match",
];

function stored(headers: S3Request["headers"]): Record<string, string> {
  const given = STORED.filter((name) => headers[name] !== undefined);
  return Object.fromEntries(given.map((name) => [`s3:${name}`, String(headers[name])]));
}

const DAY = 24 * 3600 * 1000;

/** S3 counts days that have begun. */
function locked(headers: S3Request["headers"], resource: string): Needed[] {
  const [mode, until] = ["mode", "retain-until-date"].map((name) => headers[`x-amz-object-lock-${name}`]);
  if (mode === undefined && until === undefined) return [];
  const days = Math.ceil((Date.parse(String(until)) - Date.now()) / DAY);
  const context = { "s3:object-lock-mode": String(mode), "s3:object-lock-remaining-retention-days": String(days) };
  return [{ action: "s3:PutObjectRetention", resource, context }];
}

function copied(headers: S3Request["headers"]): Needed[] {
  const source = headers["x-amz-copy-source"];
  if (source === undefined) return [];
  const [name = ""] = decodeURIComponent(String(source)).replace(/^\//, "").split("?");
  return [{ action: "s3:GetObject", resource: `arn:aws:s3:::${name}`, context: {} }];
}

/** S3 answers for each key by itself; here one that may not be deleted has the whole request refused. */
function deletions(bucket: string, body: string): Needed[] {
  const objects = body.match(/<Object>[\s\S]*?<\/Object>/g) ?? [];
  return objects.map((object) => {
    const key = unescapeXml(/<Key>([\s\S]*?)<\/Key>/.exec(object)?.[1] ?? "");
    const version = object.includes("<VersionId>") ? "Version" : "";
    return { action: `s3:DeleteObject${version}`, resource: `${bucket}/${key}`, context: {} };
  });
}

function unescapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (all, name: string) => {
    if (!name.startsWith("#")) return names[name] ?? all;
    return String.fromCodePoint(Number(name.replace(/^#x/i, "0x").replace("#", "")));
  });
}
