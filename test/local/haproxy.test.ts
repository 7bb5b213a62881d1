import { haproxyConfig, parseStatistics } from "../../local/region/haproxy";
import { frontends, routed } from "./frontends";

test("the configuration checks targets as the target group says, and tries no request twice", () => {
  expect(haproxyConfig(frontends, "198.18.0.1", "/run/haproxy.sock")).toBe(`global
  stats socket /run/haproxy.sock mode 600 level admin
  spread-checks 0
defaults
  mode http
  retries 0
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout check 2s
frontend prod
  bind 127.0.0.1:8082 namespace host
  bind 198.18.0.1:8082
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Port %[dst_port]
  http-response set-header x-target %s
  default_backend prod-web
backend prod-web
  balance roundrobin
  option httpchk GET /health
  http-check expect status 200-299
  server-template target 16 0.0.0.0:0 check inter 10s fastinter 500ms downinter 500ms rise 1 fall 3 disabled
frontend slack
  bind 127.0.0.1:8083 namespace host
  http-response set-header x-target %s
  default_backend slack
backend slack
  server fixed 198.18.0.1:8083
`);
});

test("rules lead requests to their backends, the lowest priority first", () => {
  const config = haproxyConfig([routed], "198.18.0.1", "/run/haproxy.sock");
  expect(config.split("\n").filter((line) => /use_backend|default_backend|^backend/.test(line))).toEqual([
    "  use_backend prod-www if { hdr(host),field(1,:) -i -m reg '^www\\.example\\.com$' }",
    "  use_backend prod-api if { hdr(host),field(1,:) -i -m reg '^.*\\.example\\.com$' } { path -m reg '^/api/.*$' '^/it\\x27s$' }",
    "  default_backend prod-web",
    "backend prod-web",
    "backend prod-www",
    "backend prod-api",
  ]);
});

test("of somebody else's listener the rules alone lead to somebody", () => {
  const config = haproxyConfig([{ ...routed, backend: undefined }], "198.18.0.1", "/run/haproxy.sock");
  const lines = config.split("\n").filter((line) => /_backend|^backend|^ {2}bind|return|server-template/.test(line));
  expect(lines.map((line) => line.replace(/ if .*| 0\.0\.0\.0.*/, ""))).toEqual([
    "  bind 127.0.0.1:8082 namespace host",
    "  bind 198.18.0.1:8082",
    "  use_backend prod-www",
    "  use_backend prod-api",
    "  default_backend prod",
    "backend prod",
    "  http-request return status 404",
    "backend prod-www",
    "  server-template target 16",
    "backend prod-api",
    "  server-template target 16",
  ]);
});

test("statistics are read by the names of their columns", () => {
  const csv = `# pxname,svname,qcur,qmax,scur,smax,status,weight,
prod-web,target1,0,0,2,7,UP,1,
prod-web,target2,0,0,0,3,DOWN 1/2,1,
prod-web,target3,,,,,MAINT,1,

`;
  expect(parseStatistics(csv)).toEqual([
    { backend: "prod-web", server: "target1", status: "UP", sessions: 2 },
    { backend: "prod-web", server: "target2", status: "DOWN 1/2", sessions: 0 },
    { backend: "prod-web", server: "target3", status: "MAINT", sessions: 0 },
  ]);
  expect(parseStatistics("")).toEqual([]);
});
