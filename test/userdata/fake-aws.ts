import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeVolume } from "./fake-volume";

export const INSTANCE = "i-0aaaaaaaaaaaaaaaa";
export const SECRETS = { key: "ASIATESTKEY", secret: "test/Secret+1", token: "test/Token+2==" };
const REGION = "eu-west-1";
/** This host's status object. */
export const STATUS = `hosts/web/arn:aws:ec2:eu-west-1:123456789012:instance/${INSTANCE}.json`;
export const ADDRESS = "10.0.1.23";

export interface Request {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Answer {
  /** 0: the connection ends without an answer. -1: none comes in time. */
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** What a request is answered with instead of the usual; `undefined` leaves it to the fake. */
export type Hook = (request: Request) => Answer | undefined;

const error = (code: string, message: string) => `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;

/** Objects that know when they were written. */
class Objects extends Map<string, string> {
  readonly written = new Map<string, number>();
  /** The time that it is here, which stands still: nothing grows old because the machine is slow. */
  readonly now = Date.now();

  override set(key: string, body: string): this {
    this.written?.set(key, this.now);
    return super.set(key, body);
  }

  /** Makes an object so many seconds old. */
  age(key: string, seconds: number): void {
    this.written.set(key, this.now - seconds * 1000);
  }
}

/** The AWS services and the app the agent talks to, on one loopback port, told apart by their Host header. */
export class FakeAws {
  readonly requests: Request[] = [];
  readonly unexpected: string[] = [];
  readonly objects = new Objects();
  /** What S3's clock is ahead of the host's, in seconds. */
  clock = 0;
  /** The states of the other targets in the target group. */
  others: Record<string, string> = {};
  /** Where Auto Scaling is moving the host; undefined for one of no group. */
  lifecycle: string | undefined = "InService";
  /** What a spot host is told of its interruption; undefined on another, and until then. */
  spot: { readonly notice?: string } | undefined;
  readonly volume = new FakeVolume();
  /** States DescribeTargetHealth answers, in turn; the last one stays. */
  targetStates: string[] = ["absent"];
  health: () => { status: number; body: string } = () => ({ status: 200, body: "ok" });
  hook: Hook = () => undefined;
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  static etag(body: string): string {
    return `"${createHash("md5").update(body).digest("hex")}"`;
  }

  /** The JSON object at a key of the bucket; throws where there is none. */
  json(key: string): Record<string, unknown> {
    const body = this.objects.get(key);
    if (body === undefined) throw new Error(`the bucket holds no ${key}`);
    return JSON.parse(body) as Record<string, unknown>;
  }

  /** Refuses every request for an object, as IAM does. */
  refuse(key: string): void {
    this.hook = (request) =>
      decodeURIComponent(request.path) === `/${key}`
        ? { status: 403, body: error("AccessDenied", "Access Denied") }
        : undefined;
  }

  /** Requests to the bucket, as "METHOD key". */
  s3(): string[] {
    return this.requests
      .filter((r) => r.host.startsWith("towline-test.s3."))
      .map((r) => `${r.method} ${r.path.slice(1)}`);
  }

  /** Query API calls, as their decoded form fields. */
  queries(action: string): Record<string, string>[] {
    return this.requests
      .filter((r) => r.method === "POST")
      .map((r) => Object.fromEntries(new URLSearchParams(r.body)))
      .filter((form) => form.Action === action);
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request: Request = {
      method: incoming.method ?? "",
      host: incoming.headers.host ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    };
    const answer = this.ask(request);
    if (answer.status === 0) {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers ?? {});
    response.end(answer.body ?? "");
  }

  /** What a request is answered with. */
  ask(request: Request): Answer {
    this.requests.push(request);
    const answer = this.hook(request) ?? this.answer(request);
    return { ...answer, headers: { Date: this.date(this.objects.now), ...answer.headers } };
  }

  private answer(request: Request): Answer {
    const { host, headers } = request;
    if (host === "169.254.169.254") return this.metadata(request);
    if (host === "127.0.0.1:8080" && request.path === "/health") return this.health();
    if (host === `towline-test.s3.${REGION}.amazonaws.com` && request.path === "/") return { status: 403 };
    const scope = new RegExp(`Credential=${SECRETS.key}/\\d{8}/${REGION}/(\\w+)/aws4_request`).exec(
      headers.authorization ?? "",
    );
    if (!scope || headers["x-amz-security-token"] !== SECRETS.token) return this.unknown(request, "unsigned");
    if (host === `towline-test.s3.${REGION}.amazonaws.com` && scope[1] === "s3") return this.bucket(request);
    const service = host.replace(`.${REGION}.amazonaws.com`, "");
    if (request.method === "POST" && service === scope[1]) return this.query(request, service);
    return this.unknown(request, "unknown");
  }

  private metadata(request: Request): Answer {
    if (request.method === "PUT" && request.path === "/latest/api/token") return { status: 200, body: "session-token" };
    if (request.headers["x-aws-ec2-metadata-token"] !== "session-token") return { status: 401 };
    const credentials = {
      Code: "Success",
      AccessKeyId: SECRETS.key,
      SecretAccessKey: SECRETS.secret,
      Token: SECRETS.token,
      Expiration: new Date(Date.now() + 6 * 3600_000).toISOString().replace(/\.\d+/, ""),
    };
    const answers: Record<string, string | undefined> = {
      "/latest/meta-data/instance-id": INSTANCE,
      "/latest/meta-data/autoscaling/target-lifecycle-state": this.lifecycle,
      "/latest/meta-data/local-ipv4": ADDRESS,
      "/latest/meta-data/instance-life-cycle": this.spot ? "spot" : "on-demand",
      "/latest/meta-data/spot/instance-action": this.spot?.notice,
      "/latest/meta-data/iam/security-credentials/": "hello-role",
      "/latest/meta-data/iam/security-credentials/hello-role": JSON.stringify(credentials),
    };
    if (!(request.path in answers)) return this.unknown(request, "unknown metadata");
    const body = answers[request.path];
    return body === undefined ? { status: 404 } : { status: 200, body };
  }

  /** What is listed below a prefix. */
  private below(prefix: string): Answer {
    const found = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const contents = found.map((key) => {
      const written = new Date(this.objects.written.get(key) ?? 0).toISOString();
      return `<Contents><Key>${key}</Key><LastModified>${written}</LastModified><Size>1</Size></Contents>`;
    });
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>towline-test</Name>${contents.join("")}</ListBucketResult>`;
    return { status: 200, body, headers: { Date: this.date(Date.now()) } };
  }

  private bucket(request: Request): Answer {
    const { searchParams } = new URL(request.path, "https://towline-test");
    if (request.method === "GET" && searchParams.get("list-type") === "2")
      return this.below(searchParams.get("prefix") ?? "");
    const key = decodeURIComponent(request.path.slice(1));
    const present = this.objects.get(key);
    const etag = present === undefined ? undefined : FakeAws.etag(present);
    const { "if-none-match": noneMatch, "if-match": match } = request.headers;
    if (request.method === "GET") {
      if (present === undefined || etag === undefined)
        return { status: 404, body: error("NoSuchKey", "The specified key does not exist.") };
      const times = { "Last-Modified": this.date(this.objects.written.get(key) ?? 0) };
      if (noneMatch === etag) return { status: 304, headers: { etag, ...times } };
      return { status: 200, body: present, headers: { ETag: etag, ...times } };
    }
    if (request.method !== "PUT") return this.unknown(request, "unknown method");
    if (match !== undefined && present === undefined) return { status: 404, body: error("NoSuchKey", "gone") };
    if ((noneMatch === "*" && present !== undefined) || (match !== undefined && match !== etag)) {
      return {
        status: 412,
        body: error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold"),
      };
    }
    this.objects.set(key, request.body);
    return { status: 200, headers: { ETag: FakeAws.etag(request.body) } };
  }

  private date(milliseconds: number): string {
    return new Date(milliseconds + this.clock * 1000).toUTCString();
  }

  private query(request: Request, service: string): Answer {
    const form = new URLSearchParams(request.body);
    switch (`${service} ${form.get("Version")} ${form.get("Action")}`) {
      case "autoscaling 2011-01-01 CompleteLifecycleAction":
        // It registers the host, where it was in no target group yet.
        if (form.get("LifecycleActionResult") === "CONTINUE" && this.targetStates[0] === "absent")
          this.targetStates = ["initial", "healthy"];
        return { status: 200, body: "<Response/>" };
      case "autoscaling 2011-01-01 RecordLifecycleActionHeartbeat":
      case "autoscaling 2011-01-01 SetInstanceHealth":
      case "ec2 2016-11-15 AssociateAddress":
      case "sns 2010-03-31 Publish":
        return { status: 200, body: "<Response/>" };
      case "elasticloadbalancing 2015-12-01 RegisterTargets":
        this.targetStates = ["initial", "healthy"];
        return { status: 200, body: "<Response/>" };
      case "elasticloadbalancing 2015-12-01 DeregisterTargets":
        this.targetStates = ["draining", "unused"];
        return { status: 200, body: "<Response/>" };
      case "elasticloadbalancing 2015-12-01 DescribeTargetHealth": {
        const member = (id: string, state: string) =>
          state === "absent"
            ? ""
            : `<member><Target><Id>${id}</Id></Target><TargetHealth><State>${state}</State></TargetHealth></member>`;
        const all = !form.has("Targets.member.1.Id");
        const state =
          (this.targetStates.length > 1 && !all ? this.targetStates.shift() : this.targetStates[0]) ?? "absent";
        const others = all ? Object.entries(this.others).map(([id, health]) => member(id, health)) : [];
        return {
          status: 200,
          // One that is registered no more is named only where somebody asks for it.
          body: `<R><TargetHealthDescriptions>${all && state === "unused" ? "" : member(INSTANCE, state)}${others.join("")}</TargetHealthDescriptions></R>`,
        };
      }
      case "ec2 2016-11-15 DescribeVolumes":
        return { status: 200, body: this.volume.describe() };
      case "ec2 2016-11-15 AttachVolume":
        return { status: 200, body: this.volume.attach(form.get("InstanceId") ?? "") };
      case "ec2 2016-11-15 DetachVolume":
        return { status: 200, body: this.volume.detach() };
      default:
        return this.unknown(request, "unknown action");
    }
  }

  private unknown(request: Request, why: string): Answer {
    this.unexpected.push(`${why}: ${request.method} ${request.host}${request.path} ${request.body}`);
    return { status: 400, body: error("Unexpected", why) };
  }
}
