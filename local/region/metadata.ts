import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Keys } from "../iam/keys";
import { instanceSession } from "../iam/principal";
import type { HostSpec } from "./host";
import { ACCOUNT } from "./place";

/** What the service knows of an instance. */
export interface KnownHost extends HostSpec {
  /** Where its Auto Scaling group is moving it, or has. */
  readonly targetState: "InService" | "Terminated";
  /** When EC2 takes it back; undefined where it does not. */
  readonly interruption: Date | undefined;
}

/** Finds an instance by the address a question came from. */
export type HostLookup = (address: string) => KnownHost | undefined;

/** The instance metadata service, version 2 only: a token first, then questions that carry it. */
export function metadataService(keys: Keys, lookup: HostLookup): Server {
  const tokens = new Map<string, string>();
  return createServer((incoming, outgoing) => {
    const address = incoming.socket.remoteAddress ?? "";
    const spec = lookup(address);
    if (!spec) return reply(outgoing, 404, "no instance has this address");
    if (incoming.method === "PUT") return giveToken(incoming, outgoing, tokens, address);
    if (tokens.get(String(incoming.headers["x-aws-ec2-metadata-token"])) !== address) return reply(outgoing, 401, "");
    const text = answer(keys, spec, (incoming.url ?? "").replace(/^\/latest\//, "").replace(/\/$/, ""));
    return text === undefined ? reply(outgoing, 404, "") : reply(outgoing, 200, text);
  });
}

function giveToken(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  tokens: Map<string, string>,
  address: string,
): void {
  const seconds = Number(incoming.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
  if (incoming.url !== "/latest/api/token" || !(seconds >= 1 && seconds <= 21600)) {
    reply(outgoing, 400, "");
    return;
  }
  const token = randomBytes(24).toString("base64url");
  tokens.set(token, address);
  setTimeout(() => tokens.delete(token), seconds * 1000).unref();
  reply(outgoing, 200, token);
}

function reply(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, { "content-type": "text/plain" });
  outgoing.end(text);
}

function answer(keys: Keys, spec: KnownHost, path: string): string | undefined {
  const role = spec.roleArn.slice(spec.roleArn.lastIndexOf("/") + 1);
  const tagged = /^meta-data\/tags\/instance\/(.+)$/.exec(path);
  if (tagged) return spec.tags[decodeURIComponent(tagged[1] as string)];
  switch (path) {
    case "meta-data/instance-id":
      return spec.id;
    case "meta-data/autoscaling/target-lifecycle-state":
      return spec.targetState;
    case "meta-data/instance-life-cycle":
      return spec.market;
    case "meta-data/spot/instance-action":
      return spec.interruption && JSON.stringify({ action: "terminate", time: seconds(spec.interruption) });
    case "meta-data/local-ipv4":
      return spec.address;
    case "meta-data/placement/region":
      return spec.region;
    case "meta-data/placement/availability-zone":
      return spec.zone;
    case "meta-data/tags/instance":
      return Object.keys(spec.tags).join("\n");
    case "meta-data/iam/security-credentials":
      return role;
    case `meta-data/iam/security-credentials/${role}`:
      return credentials(keys, spec);
    case "dynamic/instance-identity/document":
      return JSON.stringify({
        accountId: ACCOUNT,
        architecture: "x86_64",
        availabilityZone: spec.zone,
        instanceId: spec.id,
        privateIp: spec.address,
        region: spec.region,
      });
    case "user-data":
      return spec.userData;
    default:
      return undefined;
  }
}

/** Credentials of the instance's role, in the metadata service's form. */
function credentials(keys: Keys, spec: HostSpec): string {
  const given = keys.of(instanceSession(spec));
  return JSON.stringify({
    Code: "Success",
    Type: "AWS-HMAC",
    LastUpdated: seconds(new Date()),
    AccessKeyId: given.accessKeyId,
    SecretAccessKey: given.secretAccessKey,
    Token: given.sessionToken,
    Expiration: seconds(given.expiration),
  });
}

function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
