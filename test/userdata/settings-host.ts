import { FakeAws } from "./fake-aws";
import type { Host } from "./host";

export const LEASE = "rollout/web/lease.json";
/** The settings of hello in the bucket. */
export const OBJECT = "env/hello.env";
/** Where systemd reads them on the host, and what else the agent keeps there. */
export const FOLDER = "var/lib/towline/env";
export const FILE = `${FOLDER}/hello.env`;
/** A change that has not ended. */
export const RECORD = "var/lib/towline/restarting.json";

export const UNHEALTHY =
  "not healthy within 1 s: GET http://127.0.0.1:8080/health answered 500 no database; log: listening | crashed";

/** Where the verdict on settings lies. */
export function verdictKey(id: string, app = "hello"): string {
  return `rollout/web/verdicts/${app}/${id}.json`;
}

/** Has the host take these settings, and forgets how. */
export async function serveWith(host: Host, text: string): Promise<void> {
  host.configure(text);
  expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
  host.forget();
  host.write("state/curl-argv", "");
}

/** hello answers 500 while its settings contain this. */
export function breaking(host: Host, setting: string): void {
  host.aws.health = () =>
    host.read(FILE).includes(setting) ? { status: 500, body: "no database" } : { status: 200, body: "ok" };
}

/** The file that makes `hello restart` fail while the host has these settings. */
export function crashFile(text: string): string {
  return `state/fail/restart-${FakeAws.etag(text).replaceAll('"', "")}`;
}

export function restarts(host: Host): string[] {
  return host.story().filter((line) => line.endsWith(" restart"));
}

/** Everything that others can see of a run: its output, the command lines, what it sent. */
export function visible(host: Host, result: { readonly stdout: string; readonly stderr: string }): string {
  const sent = host.aws.requests.filter((r) => r.method !== "GET").map((r) => r.body);
  return [result.stdout, result.stderr, host.read("state/calls"), host.read("state/curl-argv"), ...sent].join("\n");
}

/** Fails where anything is left of a change. */
export function expectEnded(host: Host): void {
  expect(host.has(RECORD)).toBe(false);
  for (const left of ["next", "before"]) expect(host.has(`${FOLDER}/hello.${left}`)).toBe(false);
  expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
}
