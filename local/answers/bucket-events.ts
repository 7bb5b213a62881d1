import type { IncomingMessage } from "node:http";
import type { EventBus } from "../region/events";

/** The parameters that a request which stores an object may have; any other one is about something else. */
const STORING = new Set(["x-id"]);

/** Buckets that tell EventBridge what becomes of their objects. */
export class BucketEvents {
  private readonly buckets = new Set<string>();

  constructor(private readonly bus: Pick<EventBus, "emit">) {}

  enable(bucket: string): void {
    this.buckets.add(bucket);
  }

  /** Follows a request that S3 has carried out. */
  follow(incoming: IncomingMessage): void {
    const stored = storedObject(incoming);
    if (stored === undefined || !this.buckets.has(stored.bucket)) return;
    this.bus.emit({
      region: stored.region,
      source: "aws.s3",
      detailType: "Object Created",
      resources: [`arn:aws:s3:::${stored.bucket}`],
      detail: {
        version: "0",
        bucket: { name: stored.bucket },
        object: { key: stored.key },
        reason: incoming.headers["x-amz-copy-source"] === undefined ? "PutObject" : "CopyObject",
      },
    });
  }
}

/** The object that a request stores; undefined for any other request. Parts of a large one are not followed: no index is as large. */
export function storedObject({
  method,
  headers,
  url = "",
}: Pick<IncomingMessage, "method" | "headers" | "url">): { bucket: string; key: string; region: string } | undefined {
  const [, bucket, region] = /^(.+)\.s3\.([a-z0-9-]+)\.amazonaws\.com$/.exec(headers.host ?? "") ?? [];
  if (method !== "PUT" || bucket === undefined || region === undefined) return undefined;
  const { pathname, searchParams } = new URL(url, "http://s3");
  const key = decodeURIComponent(pathname.slice(1));
  return key && [...searchParams.keys()].every((name) => STORING.has(name)) ? { bucket, key, region } : undefined;
}
