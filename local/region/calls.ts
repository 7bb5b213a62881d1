/** One call of an AWS API that came in at the front, taken apart far enough to decide who answers it. */
export interface ApiCall {
  /** As in the signature's scope: `autoscaling`, `elasticloadbalancing`, `sns`, `ssm` … */
  readonly service: string;
  readonly region: string;
  /** `SetDesiredCapacity` …; empty for REST services such as S3. */
  readonly action: string;
  /** Parameters of a Query API (`application/x-www-form-urlencoded`). */
  readonly form: URLSearchParams;
  /** Body of a JSON API, parsed; undefined otherwise. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export interface ApiReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Answers a call that moto cannot; undefined leaves it to moto. */
export type Answer = (call: ApiCall) => Promise<ApiReply | undefined>;

/** Changes moto's reply, or acts on it, once moto has carried the call out. */
export type Afterwards = (call: ApiCall, reply: string) => Promise<string>;

/** A successful reply of a Query API, as AWS words it. */
export function queryReply(action: string, result = ""): ApiReply {
  const id = "<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>";
  const body = `<${action}Response><${action}Result>${result}</${action}Result>${id}</${action}Response>`;
  return { status: 200, contentType: "text/xml", body };
}

/** A refusal of a Query API. */
export function queryError(code: string, message: string): ApiReply {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  return { status: 400, contentType: "text/xml", body: `<ErrorResponse>${error}</ErrorResponse>` };
}

/** A successful reply of EC2. */
export function ec2Reply(action: string, result: string): ApiReply {
  const id = "<requestId>00000000-0000-0000-0000-000000000000</requestId>";
  return { status: 200, contentType: "text/xml", body: `<${action}Response>${id}${result}</${action}Response>` };
}

/** A refusal of EC2, which has a form of its own. */
export function ec2Error(code: string, message: string): ApiReply {
  const error = `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  const id = "<RequestID>00000000-0000-0000-0000-000000000000</RequestID>";
  return { status: 400, contentType: "text/xml", body: `<Response><Errors>${error}</Errors>${id}</Response>` };
}

export function jsonReply(value: unknown): ApiReply {
  return { status: 200, contentType: "application/x-amz-json-1.1", body: JSON.stringify(value) };
}

/** A refusal of a JSON API. */
export function jsonError(code: string, message: string): ApiReply {
  return { status: 400, contentType: "application/x-amz-json-1.1", body: JSON.stringify({ __type: code, message }) };
}

/** Values of a Query API's list: `Targets.member.1.Id`, `Targets.member.2.Id` … */
export function members(form: URLSearchParams, list: string, field = ""): string[] {
  const values: string[] = [];
  for (let index = 1; ; index++) {
    const value = form.get(`${list}.member.${index}${field && `.${field}`}`);
    if (value === null) return values;
    values.push(value);
  }
}

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Those that have a value. */
export function elements(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join("");
}
