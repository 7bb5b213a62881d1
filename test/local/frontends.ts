import type { Frontend } from "../../local/region/haproxy";

export const backend = {
  name: "prod-web",
  healthPath: "/health",
  matcher: "200-299",
  interval: 10,
  unhealthyThreshold: 3,
};
export const frontends: Frontend[] = [
  { name: "prod", port: 8082, backend, rules: [] },
  { name: "slack", port: 8083, backend: { address: "198.18.0.1:8083" }, rules: [] },
];

export const routed: Frontend = {
  name: "prod",
  port: 8082,
  backend,
  rules: [
    { priority: 20, hosts: ["*.example.com"], paths: ["/api/*", "/it's"], backend: { ...backend, name: "prod-api" } },
    { priority: 10, hosts: ["www.example.com"], paths: [], backend: { ...backend, name: "prod-www" } },
  ],
};
