import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { place } from "../region/place";
import { run } from "../region/shell";
import { ROLLOUT_SIZE } from "./stage";

/** A group of staging that follows a channel of branch builds, and has a host name of its own at the load balancer. */
export const PREVIEW = "preview";
export const CHANNEL = "feature-x";
export const PREVIEW_HOST = "preview.example.com";

export const WORKER = "worker";
export const DATABASE = "db";
export const EDGE = "edge";
/** Where the database's volume is mounted. */
export const DATA = "/srv/data";

const single = { packages: ["hello"], size: { min: 1, max: 1 } };
const http = { port: 6000, healthPath: "/health" };

/** What the releases' story needs beside the groups of the project's own file. */
export const RELEASES_GROUPS = {
  [PREVIEW]: { ...single, channel: CHANNEL, http: { ...http, hosts: [PREVIEW_HOST], priority: 10 } },
};

/** One group of eight. @param maxUnavailable how many may be out at once, such as 25%; undefined for the setting's default */
export function rolloutGroups(maxUnavailable: string | undefined): Readonly<Record<string, object>> {
  const web = { packages: ["hello"], processes: { hello: "web=1" }, http: { ...http, deregistrationDelay: 5 } };
  const size = { min: ROLLOUT_SIZE, max: ROLLOUT_SIZE + 1 };
  const hosts = maxUnavailable?.endsWith("%") ? maxUnavailable : Number(maxUnavailable);
  const policy = maxUnavailable === undefined ? {} : { rollout: { maxUnavailable: hosts } };
  // Eight hosts boot at once, on one machine.
  return { web: { ...web, size, health: { timeout: 60 }, ...policy } };
}

/** Every other kind of node: no inbound traffic, a disk that outlives its host, an address that does. */
export const FLEET_GROUPS = {
  [WORKER]: { ...single, processes: { hello: "worker=1" }, uses: ["web"], spot: { percent: 100 } },
  [DATABASE]: { ...single, volume: { size: 1, mountPoint: DATA } },
  [EDGE]: { ...single, http, elasticIp: { ports: [http.port] } },
};

/**
 * Adds groups to staging's configuration, as this run's processes see it: the file of the project is covered by a mount in the
 * region's own mount namespace.
 */
export async function addGroups(root: string, groups: Readonly<Record<string, object>>): Promise<void> {
  const file = join(root, "Pulumi.staging.yaml");
  const document = parseDocument(await readFile(file, "utf8"));
  for (const [name, group] of Object.entries(groups)) {
    document.setIn(["config", "towline:groups", name], document.createNode(group));
  }
  const extended = place.file("Pulumi.staging.yaml");
  await writeFile(extended, document.toString());
  await run("mount", ["--bind", extended, file]);
}
