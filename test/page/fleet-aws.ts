import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { sha256 } from "../../cli/checksum";
import { listen } from "../../local/region/listen";
import { collect } from "../cli/counting-proxy";

interface Version {
  readonly id: string;
  readonly at: Date;
  /** undefined: it was deleted. */
  readonly content: Buffer | undefined;
}

/** A group of Auto Scaling, with what the load balancer says of its hosts. */
export interface StoodGroup {
  min: number;
  max: number;
  desired: number;
  instances: { id: string; lifecycle: string; target?: string }[];
  activities: { at: string; description: string; cause: string; failed?: string }[];
}

/** AWS as far as the page asks it: a bucket with versions, groups and their targets. moto takes seconds to start, and minutes for 2,000 hosts. */
export class FleetAws {
  /** What was asked: "LIST", "GET key", "PUT key", an action of another API. */
  readonly seen: string[] = [];
  /** By the name that AWS knows: towline-staging-web. */
  readonly groups = new Map<string, StoodGroup>();
  /** What is refused, as IAM refuses it: begins of what `seen` would hold. */
  denied: readonly string[] = [];
  private readonly objects = new Map<string, Version[]>();
  private readonly server = createServer((request, response) => void this.answer(request, response));
  private serial = 0;

  async start(): Promise<string> {
    // A connection that is closed while it is being used again would be a look that fails.
    this.server.keepAliveTimeout = 0;
    return `http://127.0.0.1:${await listen(this.server, 0, "127.0.0.1")}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  /** Writes an object, as of a moment. */
  put(bucket: string, key: string, body: unknown, at = new Date()): void {
    const content = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    this.add(`${bucket}/${key}`, content, at);
  }

  remove(bucket: string, key: string): void {
    this.add(`${bucket}/${key}`, undefined, new Date());
  }

  text(bucket: string, key: string): string {
    return this.current(`${bucket}/${key}`)?.content?.toString() ?? "";
  }

  private add(path: string, content: Buffer | undefined, at: Date): void {
    const versions = this.objects.get(path) ?? [];
    this.objects.set(path, [{ id: `v${++this.serial}`, at, content }, ...versions]);
  }

  private current(path: string): Version | undefined {
    return this.objects.get(path)?.[0];
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await collect(request);
    const url = new URL(request.url ?? "/", "http://aws");
    const target = request.headers["x-amz-target"];
    const form = new URLSearchParams(body.toString());
    const action = typeof target === "string" ? target.split(".").at(-1) : form.get("Action");
    const [, bucket = "", ...rest] = url.pathname.split("/");
    const key = decodeURIComponent(rest.join("/"));
    const what = action ?? this.objectCall(request.method ?? "", url.searchParams, key);
    this.seen.push(what);
    if (this.denied.some((one) => what.startsWith(one)))
      return action ? refuse(response) : fail(response, 403, "AccessDenied");
    if (action === "SendCommand")
      return reply(response, JSON.stringify({ Command: { CommandId: "c", TargetCount: 2 } }));
    if (action) return reply(response, this.queried(action, form));
    this.stored(request, response, url.searchParams, bucket, key, body);
  }

  private objectCall(method: string, query: URLSearchParams, key: string): string {
    if (key !== "") return `${method} ${key}`;
    return `${query.has("versions") ? "VERSIONS" : "LIST"} ${query.get("prefix") ?? ""}`.trim();
  }

  private queried(action: string, form: URLSearchParams): string {
    const result = (text: string) =>
      `<${action}Response><${action}Result>${text}</${action}Result></${action}Response>`;
    const name = form.get("AutoScalingGroupName") ?? form.get("TargetGroupArn") ?? "";
    const group = this.groups.get(name);
    switch (action) {
      case "DescribeAutoScalingGroups":
        return result(
          list("AutoScalingGroups", [...this.groups], ([id, { min, max, desired, instances }]) => {
            const members = list("Instances", instances, (one) =>
              fields({ InstanceId: one.id, LifecycleState: one.lifecycle, HealthStatus: "Healthy" }),
            );
            const targets = `<TargetGroupARNs><member>${id}</member></TargetGroupARNs>`;
            return `${fields({ AutoScalingGroupName: id, MinSize: min, MaxSize: max, DesiredCapacity: desired })}${members}${targets}`;
          }),
        );
      case "DescribeScalingActivities":
        return result(
          list("Activities", group?.activities ?? [], ({ at, description, cause, failed }) =>
            fields({
              ...{ StartTime: at, Description: description, Cause: cause },
              ...(failed ? { StatusCode: "Failed", StatusMessage: failed } : { StatusCode: "Successful" }),
            }),
          ),
        );
      case "DescribeTargetHealth":
        return result(
          list(
            "TargetHealthDescriptions",
            group?.instances ?? [],
            ({ id, target = "healthy" }) =>
              `<Target>${fields({ Id: id })}</Target><TargetHealth>${fields({ State: target })}</TargetHealth>`,
          ),
        );
      default:
        throw new Error(`the stand-in does not know ${action}`);
    }
  }

  private stored(
    { method, headers }: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
    bucket: string,
    key: string,
    body: Buffer,
  ): void {
    const path = `${bucket}/${key}`;
    if (key === "") {
      const prefix = `${bucket}/${query.get("prefix") ?? ""}`;
      const all = [...this.objects].filter(([name]) => name.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
      reply(response, query.has("versions") ? versionsXml(bucket, all) : listXml(bucket, all));
      return;
    }
    const id = query.get("versionId");
    const found = id === null ? this.current(path) : this.objects.get(path)?.find((one) => one.id === id);
    if (method === "PUT") {
      const [none, match] = [headers["if-none-match"], headers["if-match"]];
      const unmet = (none && found?.content) || (match && match !== tagOf(found));
      if (!unmet) this.add(path, body, new Date());
      if (unmet) fail(response, 412, "PreconditionFailed");
      else response.writeHead(200, { ETag: tagOf(this.current(path)) }).end();
    } else if (method === "DELETE") {
      this.add(path, undefined, new Date());
      response.writeHead(204).end();
    } else if (found?.content === undefined) fail(response, 404, "NoSuchKey");
    else response.writeHead(200, { ETag: tagOf(found), "Content-Length": found.content.length }).end(found.content);
  }
}

function listXml(bucket: string, all: readonly (readonly [string, readonly Version[]])[]): string {
  const entries = all.flatMap(([path, [newest]]) =>
    newest?.content === undefined ? [] : [`<Contents>${entry(bucket, path, newest)}</Contents>`],
  );
  return `<ListBucketResult><IsTruncated>false</IsTruncated>${entries.join("")}</ListBucketResult>`;
}

function versionsXml(bucket: string, all: readonly (readonly [string, readonly Version[]])[]): string {
  const entries = all.flatMap(([path, versions]) =>
    versions.map((one, place) => {
      const kind = one.content === undefined ? "DeleteMarker" : "Version";
      const about = fields({ VersionId: one.id, IsLatest: String(place === 0) });
      return `<${kind}>${entry(bucket, path, one)}${about}</${kind}>`;
    }),
  );
  return `<ListVersionsResult><IsTruncated>false</IsTruncated>${entries.join("")}</ListVersionsResult>`;
}

function entry(bucket: string, path: string, one: Version): string {
  const key = path.slice(bucket.length + 1);
  return fields({ Key: key, ETag: tagOf(one), LastModified: one.at.toISOString(), Size: one.content?.length ?? 0 });
}

function tagOf(version: Version | undefined): string {
  return `"${sha256(version?.content ?? Buffer.from("")).slice(0, 32)}"`;
}

function fields(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
    .join("");
}

function list<T>(name: string, items: readonly T[], inner: (item: T) => string): string {
  return `<${name}>${items.map((item) => `<member>${inner(item)}</member>`).join("")}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function reply(response: ServerResponse, body: string): void {
  const type = body.startsWith("{") ? "application/x-amz-json-1.1" : "text/xml";
  response.writeHead(200, { "Content-Type": type }).end(body);
}

function fail(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { "Content-Type": "text/xml" })
    .end(`<Error>${fields({ Code: code, Message: code })}</Error>`);
}

function refuse(response: ServerResponse): void {
  const error = `<Error>${fields({ Type: "Sender", Code: "AccessDenied", Message: "no" })}</Error>`;
  response
    .writeHead(403, { "Content-Type": "text/xml" })
    .end(`<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`);
}
