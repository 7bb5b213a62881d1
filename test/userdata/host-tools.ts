import { existsSync } from "node:fs";
import { join } from "node:path";

const own = join(process.env.TOWLINE_CACHE ?? "/var/cache/towline", "host-tools");

/** Folder of the jq and the curl that the agent's tests call: those of the hosts' release where scripts/setup has fetched them, else the machine's. */
export const HOST_TOOLS = existsSync(own) ? own : "/usr/bin";
