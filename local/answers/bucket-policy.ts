import type { IncomingMessage } from "node:http";
import type { Site } from "../region/front";

/** Bucket policies are kept here, since moto would apply their denials without reading their conditions; the gate reads them. */
export class BucketPolicies {
  private readonly byBucket = new Map<string, string>();

  /** @param changed is told of each policy that is put, and of each that is taken away, by the bucket's ARN */
  constructor(private readonly changed: (arn: string, policy: string | undefined) => void) {}

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
    if (incoming.method !== "GET") this.changed(`arn:aws:s3:::${bucket}`, policy);
    if (incoming.method !== "GET") outgoing.writeHead(204).end();
    else if (policy) outgoing.writeHead(200, { "content-type": "application/json" }).end(policy);
    else outgoing.writeHead(404).end("<Error><Code>NoSuchBucketPolicy</Code></Error>");
  };
}
