import type { IncomingMessage } from "node:http";
import type { Site } from "../region/front";

/**
 * Bucket policies are kept here, since moto would apply their denials without reading their conditions. The
 * conditions towline declares, TLS and one account only, hold of themselves: the region's front speaks nothing else, and the
 * region has no other account.
 */
export class BucketPolicies {
  private readonly byBucket = new Map<string, string>();

  /** True for requests to a bucket's `?policy`. */
  static concerns(incoming: IncomingMessage): boolean {
    return (
      /\.s3\.[a-z0-9-]+\.amazonaws\.com$/.test(incoming.headers.host ?? "") &&
      /\?policy(=|&|$)/.test(incoming.url ?? "")
    );
  }

  readonly site: Site = async (incoming, outgoing) => {
    const bucket = (incoming.headers.host ?? "").split(".")[0] as string;
    if (incoming.method === "PUT") {
      let policy = "";
      for await (const chunk of incoming) policy += chunk;
      this.byBucket.set(bucket, JSON.stringify(JSON.parse(policy)));
    }
    if (incoming.method === "DELETE") this.byBucket.delete(bucket);
    const policy = this.byBucket.get(bucket);
    if (incoming.method !== "GET") outgoing.writeHead(204).end();
    else if (policy) outgoing.writeHead(200, { "content-type": "application/json" }).end(policy);
    else outgoing.writeHead(404).end("<Error><Code>NoSuchBucketPolicy</Code></Error>");
  };
}
