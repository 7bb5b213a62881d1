import type { ApiCall } from "./calls";

/** Lambda's calls by method and path (AWS Lambda API Reference), as far as anybody makes them here. */
const CALLS: readonly (readonly [method: string, path: RegExp, action: string])[] = [
  ["GET", /^\/functions\/?$/, "ListFunctions"],
  ["POST", /^\/functions\/?$/, "CreateFunction"],
  ["GET", /^\/functions\/([^/]+)$/, "GetFunction"],
  ["DELETE", /^\/functions\/([^/]+)$/, "DeleteFunction"],
  ["GET", /^\/functions\/([^/]+)\/configuration$/, "GetFunctionConfiguration"],
  ["PUT", /^\/functions\/([^/]+)\/configuration$/, "UpdateFunctionConfiguration"],
  ["PUT", /^\/functions\/([^/]+)\/code$/, "UpdateFunctionCode"],
  ["GET", /^\/functions\/([^/]+)\/versions$/, "ListVersionsByFunction"],
  ["GET", /^\/functions\/([^/]+)\/policy$/, "GetPolicy"],
  ["POST", /^\/functions\/([^/]+)\/policy$/, "AddPermission"],
  ["DELETE", /^\/functions\/([^/]+)\/policy\/[^/]+$/, "RemovePermission"],
  ["GET", /^\/functions\/([^/]+)\/code-signing-config$/, "GetFunctionCodeSigningConfig"],
  ["PUT", /^\/functions\/([^/]+)\/concurrency$/, "PutFunctionConcurrency"],
  ["DELETE", /^\/functions\/([^/]+)\/concurrency$/, "DeleteFunctionConcurrency"],
  ["PUT", /^\/functions\/([^/]+)\/event-invoke-config$/, "PutFunctionEventInvokeConfig"],
  ["GET", /^\/functions\/([^/]+)\/event-invoke-config$/, "GetFunctionEventInvokeConfig"],
  ["DELETE", /^\/functions\/([^/]+)\/event-invoke-config$/, "DeleteFunctionEventInvokeConfig"],
  ["POST", /^\/functions\/([^/]+)\/url$/, "CreateFunctionUrlConfig"],
  ["GET", /^\/functions\/([^/]+)\/url$/, "GetFunctionUrlConfig"],
  ["PUT", /^\/functions\/([^/]+)\/url$/, "UpdateFunctionUrlConfig"],
  ["DELETE", /^\/functions\/([^/]+)\/url$/, "DeleteFunctionUrlConfig"],
  ["POST", /^\/functions\/([^/]+)\/invocations$/, "InvokeFunction"],
  ["GET", /^\/tags\/(.+)$/, "ListTags"],
  ["POST", /^\/tags\/(.+)$/, "TagResource"],
  ["DELETE", /^\/tags\/(.+)$/, "UntagResource"],
];

/** What a request asks of Lambda, with the function's name or ARN as `FunctionName` of its body; an action of "" where it is none of these. */
export function lambdaCall(method: string, url: string, body: Buffer): Pick<ApiCall, "action" | "json"> {
  const path = (url.split("?")[0] ?? "").replace(/^\/\d{4}-\d\d-\d\d/, "");
  const json = readJson(body);
  for (const [wanted, pattern, action] of CALLS) {
    const found = method === wanted ? pattern.exec(path) : null;
    if (found) return { action, json: { ...json, ...(found[1] && { FunctionName: decodeURIComponent(found[1]) }) } };
  }
  return { action: "", json };
}

/** An invocation's body may be any JSON, or none. */
function readJson(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(body.toString("utf8"));
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
