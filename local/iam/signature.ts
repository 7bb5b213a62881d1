import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** What Signature Version 4 covers of a request. */
export interface Signed {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined where it is passed on as it comes: then its hash is believed, as the signature covers it. */
  readonly body: Buffer | undefined;
}

/** The parts of `Authorization: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=…, Signature=…`. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]+)$/;

/** Undefined where a request is not signed in its headers. */
export function readAuthorization({ authorization = "" }: IncomingHttpHeaders): Authorization | undefined {
  const [, accessKeyId = "", date = "", region = "", service = "", headers = "", signature = ""] =
    FORM.exec(authorization) ?? [];
  if (accessKeyId === "") return undefined;
  return { accessKeyId, date, region, service, signedHeaders: headers.split(";"), signature };
}

/** Whether a request was signed with a secret, and is still what was signed (AWS's "Create a signed AWS API request"). */
export function isSignedWith(secret: string, request: Signed, authorization: Authorization): boolean {
  const { date, region, service } = authorization;
  const given = request.headers["x-amz-content-sha256"];
  const hashed = request.body === undefined ? undefined : sha256(request.body);
  if (request.body !== undefined && /^[0-9a-f]{64}$/.test(String(given)) && given !== hashed) return false;
  const payload = given === undefined ? hashed : String(given);
  if (payload === undefined || !authorization.signedHeaders.includes("host")) return false;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const canonical = sha256(Buffer.from(canonicalRequest(request, authorization, payload)));
  const text = ["AWS4-HMAC-SHA256", String(request.headers["x-amz-date"]), scope, canonical].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
  return same(hmac(key, text).toString("hex"), authorization.signature);
}

function canonicalRequest(request: Signed, { service, signedHeaders }: Authorization, payload: string): string {
  const [path = "/", query = ""] = request.url.split(/\?(.*)/s);
  const headers = signedHeaders.map((name) => `${name}:${[request.headers[name] ?? ""].flat().join(",")}`);
  return [
    request.method,
    canonicalPath(path, service),
    canonicalQuery(query),
    ...headers.map((line) => line.trim().replace(/ +/g, " ")),
    "",
    signedHeaders.join(";"),
    payload,
  ].join("\n");
}

/** S3 encodes the names of objects once; every other service encodes the path as it was sent once more. */
function canonicalPath(path: string, service: string): string {
  const once = path.split("/").map((part) => encode(decodeURIComponent(part)));
  return (service === "s3" ? once : once.map(encode)).join("/");
}

function canonicalQuery(query: string): string {
  const pairs = query.split("&").filter((pair) => pair !== "");
  const encoded = pairs.map((pair) => {
    const [name = "", value = ""] = pair.split(/=(.*)/s).map((part) => encode(decodeURIComponent(part)));
    return `${name}=${value}`;
  });
  return encoded.sort().join("&");
}

function encode(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function same(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
