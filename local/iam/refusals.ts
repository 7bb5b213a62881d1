import { type ApiCall, type ApiReply, ec2Error, escapeXml, jsonError, queryError } from "../region/calls";

/** A refusal in the words and the form of the service that was asked. */
export function refusal(service: string, call: ApiCall | undefined, code: Refusal, message: string): ApiReply {
  if (service === "s3") return s3Error(code, message);
  if (service === "ec2") return { ...ec2Error(EC2[code], message), status: 403 };
  if (REST.has(service)) return { ...jsonError(JSON_CODES[code], message), status: 403 };
  if (call?.json !== undefined) return jsonError(JSON_CODES[code], message);
  return {
    ...queryError(service === "sns" && code === "AccessDenied" ? "AuthorizationError" : code, message),
    status: 403,
  };
}

/** Why a request is refused, as S3 and most others call it. */
export type Refusal =
  | "AccessDenied"
  | "ExpiredToken"
  | "InvalidAccessKeyId"
  | "InvalidToken"
  | "MissingAuthenticationToken"
  | "SignatureDoesNotMatch";

/** Services that are asked by method and path, and answer in JSON. */
const REST = new Set(["lambda"]);

const EC2: Readonly<Record<Refusal, string>> = {
  AccessDenied: "UnauthorizedOperation",
  ExpiredToken: "RequestExpired",
  InvalidAccessKeyId: "AuthFailure",
  InvalidToken: "AuthFailure",
  MissingAuthenticationToken: "AuthFailure",
  SignatureDoesNotMatch: "AuthFailure",
};

const JSON_CODES: Readonly<Record<Refusal, string>> = {
  AccessDenied: "AccessDeniedException",
  ExpiredToken: "ExpiredTokenException",
  InvalidAccessKeyId: "UnrecognizedClientException",
  InvalidToken: "UnrecognizedClientException",
  MissingAuthenticationToken: "MissingAuthenticationTokenException",
  SignatureDoesNotMatch: "InvalidSignatureException",
};

function s3Error(code: string, message: string): ApiReply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  return { status: 403, contentType: "application/xml", body };
}
