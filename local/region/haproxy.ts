import { createConnection } from "node:net";

/** What HAProxy needs to know of a target group. */
export interface Backend {
  /** Name of the backend in HAProxy. */
  readonly name: string;
  readonly healthPath: string;
  /** Status codes that count as healthy, as the target group has them: `200` or `200-299`. */
  readonly matcher: string;
  /** Seconds between two health checks. */
  readonly interval: number;
  readonly unhealthyThreshold: number;
}

/** Which requests of a frontend go to another backend, as a listener rule has it. */
export interface RoutingRule {
  /** The rule of the lowest one that fits counts. */
  readonly priority: number;
  /** Patterns of host names and of paths, with `*` and `?`; of an empty list, any. */
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly backend: Backend;
}

/** A port, on the machine's 127.0.0.1, that leads to a backend, (without health checks) to one address of the region, or, but for its rules, nowhere. */
export interface Frontend {
  readonly name: string;
  readonly port: number;
  readonly backend: Backend | { readonly address: string } | undefined;
  readonly rules: readonly RoutingRule[];
}

/** Places for targets in each backend; targets come and go at run time without a reload. */
export const SLOTS = 16;

/**
 * HAProxy's configuration. It runs inside the region, so that it reaches targets there and nothing else, and listens on the
 * machine's own loopback as well. A refused request is never tried again elsewhere, so that a client sees every mistake in draining.
 */
export function haproxyConfig(frontends: readonly Frontend[], serviceAddress: string, socket: string): string {
  return `global
  stats socket ${socket} mode 600 level admin
  spread-checks 0
defaults
  mode http
  retries 0
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout check 2s
${frontends.map((frontend) => section(frontend, serviceAddress)).join("")}`;
}

/** What an Application Load Balancer tells targets of a request, such as that it came without TLS. */
const FORWARDED = `  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Port %[dst_port]
`;

function section(frontend: Frontend, serviceAddress: string): string {
  const balanced = addressOf(frontend) === undefined;
  const inside = balanced ? `\n  bind ${serviceAddress}:${frontend.port}` : "";
  const rules = [...frontend.rules].sort((one, other) => one.priority - other.priority);
  return `frontend ${frontend.name}
  bind 127.0.0.1:${frontend.port} namespace host${inside}
${balanced ? FORWARDED : ""}  http-response set-header x-target %s
${rules.map(routing).join("")}  default_backend ${backendName(frontend)}
backend ${backendName(frontend)}
${defaultTargets(frontend)}${rules.map(({ backend }) => `backend ${backend.name}\n${targets(backend)}`).join("")}`;
}

function routing({ hosts, paths, backend }: RoutingRule): string {
  const conditions = [
    ...(hosts.length ? [`{ hdr(host),field(1,:) -i -m reg ${hosts.map(expression).join(" ")} }`] : []),
    ...(paths.length ? [`{ path -m reg ${paths.map(expression).join(" ")} }`] : []),
  ];
  return `  use_backend ${backend.name} if ${conditions.join(" ")}\n`;
}

/** A pattern of a listener rule as a regular expression, quoted for HAProxy. */
function expression(pattern: string): string {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".")
    .replaceAll("'", "\\x27");
  return `'^${escaped}$'`;
}

function addressOf({ backend }: Frontend): string | undefined {
  return backend !== undefined && "address" in backend ? backend.address : undefined;
}

function backendName({ name, backend }: Frontend): string {
  return backend !== undefined && "name" in backend ? backend.name : name;
}

/** Somebody else's listener says what becomes of requests that are for no rule: here they are for nobody. */
function defaultTargets({ backend }: Frontend): string {
  if (backend === undefined) return "  http-request return status 404\n";
  return "address" in backend ? `  server fixed ${backend.address}\n` : targets(backend);
}

/** A new target must pass one check before it gets requests, as behind an Application Load Balancer. */
function targets(backend: Backend): string {
  const check = `check inter ${backend.interval}s fastinter 500ms downinter 500ms rise 1 fall ${backend.unhealthyThreshold}`;
  return `  balance roundrobin
  option httpchk GET ${backend.healthPath}
  http-check expect status ${backend.matcher}
  server-template target ${SLOTS} 0.0.0.0:0 ${check} disabled
`;
}

/** Sends one command to HAProxy's runtime API and returns its answer. @throws Error when HAProxy refuses it. */
export function haproxyCommand(socket: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const connection = createConnection(socket, () => connection.write(`${command}\n`));
    connection.setEncoding("utf8");
    connection.on("data", (chunk) => {
      answer += chunk;
    });
    connection.once("error", reject);
    connection.once("end", () => resolve(answer.trim()));
  });
}

export interface ServerStatus {
  readonly backend: string;
  readonly server: string;
  /** `UP`, `DOWN`, `MAINT`, `DRAIN`, `UP 1/2` … */
  readonly status: string;
  /** Requests under way. */
  readonly sessions: number;
}

/** Reads the answer of `show stat`: CSV with a header line that begins with `# `. */
export function parseStatistics(csv: string): ServerStatus[] {
  const [header = "", ...rows] = csv.split("\n").filter(Boolean);
  const columns = header.replace(/^# /, "").split(",");
  const at = (row: string[], column: string) => row[columns.indexOf(column)] ?? "";
  return rows
    .map((row) => row.split(","))
    .map((row) => ({
      backend: at(row, "pxname"),
      server: at(row, "svname"),
      status: at(row, "status"),
      sessions: Number(at(row, "scur")),
    }));
}
