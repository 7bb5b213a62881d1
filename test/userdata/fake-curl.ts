import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type Transfer, transfersOf } from "./curl-options";
import type { Answer, Request } from "./fake-aws";

/** What curl tries again, given --retry. */
const TRANSIENT = [408, 429, 500, 502, 503, 504];
const REASONS: Readonly<Record<number, string>> = {
  22: "The requested URL returned error: ",
  28: "Operation timed out after 5000 milliseconds with 0 bytes received",
  52: "Empty reply from server",
  63: "Exceeded the maximum allowed file size (MOST) with MOST bytes",
};

interface Done {
  readonly code: number;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** What goes to standard output of the body. */
  readonly output: string;
}

/**
 * Does in the test's own process what curl would do, for fakes/curl.sh: starting the real one costs more than all else a request does.
 * That both do the same is shown by stand-ins.integration.test.ts.
 */
export class FakeCurl {
  private readonly server: Server = createServer((socket) => this.serve(socket));

  constructor(
    private readonly state: string,
    private readonly ask: (request: Request) => Answer,
  ) {}

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** One run of curl: its arguments, an empty one, its standard input, each ended by NUL. */
  private serve(socket: Socket): void {
    let said = "";
    socket.setEncoding("utf8");
    // One that is killed in the middle is no error of the test's.
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      said += chunk;
      const parts = said.split("\0");
      const end = parts.indexOf("");
      if (end < 0 || parts.length < end + 3) return;
      socket.end(this.run(parts.slice(0, end), parts[end + 1] ?? ""));
    });
  }

  /** @returns exit code, standard error and standard output, each ended by NUL */
  private run(args: readonly string[], config: string): string {
    appendFileSync(join(this.state, "curl-argv"), args.map((one) => `${one}\n`).join(""));
    let code = 0;
    let errors = "";
    let output = "";
    for (const transfer of transfersOf(args, config)) {
      const action = transfer.form.find((field) => field.startsWith("Action="));
      appendFileSync(
        join(this.state, "calls"),
        `curl ${transfer.method} ${transfer.url}${action ? ` ${action}` : ""}\n`,
      );
      const done = this.transfer(transfer);
      code = done.code;
      if (code !== 0)
        errors += `curl: (${code}) ${(REASONS[code] ?? "failed").replaceAll("MOST", String(transfer.maxFilesize))}${code === 22 ? String(done.status) : ""}\n`;
      output += done.output + written(transfer.writeOut, done);
      if (code !== 0 && args.includes("--fail-early")) break;
    }
    return `${code}\0${errors}\0${output}\0`;
  }

  private transfer(transfer: Transfer): Done {
    const request = requestOf(transfer);
    let answer = this.ask(request);
    for (let tries = 0; tries < transfer.retries && TRANSIENT.includes(answer.status); tries++)
      answer = this.ask(request);
    const { status, body = "" } = answer;
    if (status < 0) return { code: 28, status: 0, output: "" };
    if (status === 0) return { code: 52, status, output: "" };
    const { headers = {} } = answer;
    if (transfer.dumpHeader) {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      writeFileSync(transfer.dumpHeader, `HTTP/1.1 ${status} \r\n${lines.join("")}\r\n`);
    }
    if (transfer.fail && status >= 400) return { code: 22, status, headers, output: "" };
    if (body.length > transfer.maxFilesize) return { code: 63, status, headers, output: "" };
    if (transfer.output === undefined) return { code: 0, status, headers, output: body };
    // Like curl, which opens the file with the first byte.
    if (body !== "") writeFileSync(transfer.output, body);
    return { code: 0, status, headers, output: "" };
  }
}

/** What --write-out has it say of an answer. */
function written(format: string, { status, headers = {} }: Done): string {
  const named = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return format
    .replaceAll("%{http_code}", String(status).padStart(3, "0"))
    .replace(/%header\{([a-z-]+)\}/g, (_, name: string) => named.get(name) ?? "");
}

function requestOf({ method, url, headers, form, dataFile, user, service }: Transfer): Request {
  const { host, pathname, search } = new URL(url);
  const names: Record<string, string> = Object.fromEntries(
    headers.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  if (form.length > 0) names["content-type"] ??= "application/x-www-form-urlencoded";
  if (service !== undefined) {
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    // The region and the service, of aws:amz:REGION:SERVICE.
    const scope = service.split(":").slice(2).join("/");
    names.authorization = `AWS4-HMAC-SHA256 Credential=${user?.split(":")[0]}/${day}/${scope}/aws4_request`;
  }
  const body = dataFile === undefined ? form.map(encoded).join("&") : readFileSync(dataFile, "utf8");
  return { method, host, path: pathname + search, headers: { host, ...names }, body };
}

/** A field of --data-urlencode: name=content, or name@file. */
function encoded(field: string): string {
  const at = field.search(/[=@]/);
  const content = field[at] === "@" ? readFileSync(field.slice(at + 1), "utf8") : field.slice(at + 1);
  // Curl encodes all that RFC 3986 does not call unreserved, and a space as forms do.
  const rest = /[!'()*]/g;
  const value = encodeURIComponent(content).replace(rest, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${field.slice(0, at)}=${value.replaceAll("%20", "+")}`;
}
