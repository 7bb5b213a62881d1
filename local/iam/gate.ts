import type { IncomingMessage } from "node:http";
import type { ApiCall, ApiReply } from "../region/calls";
import { ADMINISTRATOR } from "../region/clients";
import { apiNeeds, keyNeeded } from "./api-needs";
import type { Facts, Needed } from "./authorization";
import type { Decisions } from "./decisions";
import type { Keys } from "./keys";
import type { Principal } from "./principal";
import { type Refusal, refusal } from "./refusals";
import { needsToMiss, s3Needs } from "./s3-needs";
import { type Authorization, isSignedWith, readAuthorization } from "./signature";

/** A request at the front; S3's are passed on as they come, and are no calls. */
export interface Request {
  readonly incoming: IncomingMessage;
  readonly call: ApiCall | undefined;
  /** Undefined where it is passed on as it comes. */
  readonly body: Buffer | undefined;
}

/** Who made a request: a session of a role, or whoever sets the region up, who may do anything. */
export type Caller = Principal | "administrator";

export interface GateOptions {
  readonly keys: Keys;
  readonly decisions: Pick<Decisions, "allows">;
  readonly facts: Facts;
  /** The VPC that an address lies in; undefined for addresses outside of all. */
  readonly vpcOf: (address: string) => string | undefined;
  /** Is told of each request that is refused. */
  readonly log: (line: string) => void;
}

class Refused extends Error {
  constructor(
    readonly code: Refusal,
    message: string,
  ) {
    super(message);
  }
}

/** Lets a request in that is signed with a key of the region's, by somebody whose policies allow it. */
export class Gate {
  constructor(private readonly options: GateOptions) {}

  /** Who may go on; or the service's refusal. */
  async admit(request: Request): Promise<{ caller: Caller } | { refused: ApiReply }> {
    const authorization = readAuthorization(request.incoming.headers);
    return this.answering(request, async () => {
      const caller = this.identify(request, authorization);
      if (caller !== "administrator") await this.authorize(caller, request, await this.needs(request));
      return { caller };
    });
  }

  /** What follows of S3's answer: the key that an object is encrypted with, and whether one may know that there is none. */
  async admitReply(request: Request, caller: Caller, reply: IncomingMessage): Promise<ApiReply | undefined> {
    const { method } = request.incoming;
    if (caller === "administrator" || (method !== "GET" && method !== "HEAD")) return undefined;
    const key = reply.headers["x-amz-server-side-encryption-aws-kms-key-id"];
    const needed = [
      ...(key === undefined ? [] : this.encryption("kms:Decrypt", request.incoming, String(key))),
      ...(reply.statusCode === 404 ? [needsToMiss(request.incoming)] : []),
    ];
    const answer = await this.answering(request, async () => {
      await this.authorize(caller, request, needed);
      return { caller };
    });
    return "refused" in answer ? answer.refused : undefined;
  }

  private async answering<T>({ incoming, call }: Request, work: () => Promise<T>): Promise<T | { refused: ApiReply }> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.options.log(`${error.code}: ${error.message} (${incoming.method} ${incoming.headers.host}${incoming.url})`);
      const service = readAuthorization(incoming.headers)?.service ?? call?.service ?? "s3";
      return { refused: refusal(service, call, error.code, error.message) };
    }
  }

  /** @throws Refused */
  private identify({ incoming, body }: Request, authorization: Authorization | undefined): Caller {
    const { method = "", url = "/", headers } = incoming;
    if (authorization === undefined) throw new Refused("MissingAuthenticationToken", "the request is not signed");
    const { accessKeyId } = authorization;
    const administrator = accessKeyId === ADMINISTRATOR.accessKeyId;
    const known = administrator ? undefined : this.options.keys.find(accessKeyId);
    if (!administrator && known === undefined)
      throw new Refused("InvalidAccessKeyId", `there is no access key ${accessKeyId}`);
    const secret = known?.secretAccessKey ?? ADMINISTRATOR.secretAccessKey;
    if (!isSignedWith(secret, { method, url, headers, body }, authorization))
      throw new Refused("SignatureDoesNotMatch", `the request was not signed with the key ${accessKeyId}`);
    if (known === undefined) return "administrator";
    if (headers["x-amz-security-token"] !== known.sessionToken)
      throw new Refused("InvalidToken", `the session token is not that of the key ${accessKeyId}`);
    if (known.expiration.getTime() < Date.now())
      throw new Refused("ExpiredToken", `the key ${accessKeyId} was good until ${known.expiration.toISOString()}`);
    return known.principal;
  }

  /** @throws Refused where nobody has written down what the request needs */
  private async needs({ incoming, call, body }: Request): Promise<readonly Needed[]> {
    const { facts } = this.options;
    const needed = call === undefined ? s3Needs(incoming, body?.toString("utf8")) : await apiNeeds(call, facts);
    if (needed === undefined) {
      const what = call === undefined ? `${incoming.method} of S3` : `${call.service}:${call.action}`;
      throw new Refused("AccessDenied", `local/iam does not know what ${what} needs; add it there`);
    }
    const key = incoming.headers["x-amz-server-side-encryption-aws-kms-key-id"];
    if (call !== undefined || key === undefined || incoming.method !== "PUT") return needed;
    return [...needed, ...this.encryption("kms:GenerateDataKey", incoming, String(key))];
  }

  /** S3 uses a key on behalf of whoever asks for the object, and says so. */
  private encryption(action: string, incoming: IncomingMessage, name: string): Needed[] {
    const [object] = s3Needs(incoming) ?? [];
    const region = readAuthorization(incoming.headers)?.region ?? "";
    const context = {
      "kms:ViaService": `s3.${region}.amazonaws.com`,
      "kms:EncryptionContext:aws:s3:arn": object?.resource ?? "",
    };
    return [keyNeeded(action, name, this.options.facts, context)];
  }

  /** @throws Refused */
  private async authorize(caller: Principal, { incoming }: Request, needed: readonly Needed[]): Promise<void> {
    const circumstances = this.circumstances(incoming);
    for (const one of needed) {
      if (await this.options.decisions.allows(caller, one, circumstances)) continue;
      const message = `User: ${caller.arn} is not authorized to perform: ${one.action} on resource: ${one.resource}`;
      throw new Refused("AccessDenied", message);
    }
  }

  /** Only S3 has an endpoint in the stacks' networks, which takes the place of the caller's address. */
  private circumstances({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): Record<string, string> {
    const address = socket.remoteAddress ?? "";
    const { region = "", service } = readAuthorization(headers) ?? {};
    const vpc = service === "s3" ? this.options.vpcOf(address) : undefined;
    const known = { "aws:RequestedRegion": region };
    if (vpc === undefined) return { ...known, "aws:SourceIp": address };
    return { ...known, "aws:SourceVpc": vpc, "aws:VpcSourceIp": address };
  }
}
