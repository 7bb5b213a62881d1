import { readFile, writeFile } from "node:fs/promises";
import { place, RESOLVER_ADDRESS } from "./place";
import { type Daemon, service } from "./shell";

/** Names that stand for something inside the region; everything else is asked outside. */
const OURS = ["amazonaws.com", "hooks.slack.com"];

/** Seconds that answers from the registry of services may be kept, as the stacks declare it. */
const TTL = 5;

/**
 * Starts the VPC's resolver: AWS's and Slack's names lead into the region, so that nothing needs an endpoint setting.
 * @param domains private domains, whose names stand in the file `names`, which a SIGHUP has it read again
 */
export async function startDns(domains: readonly string[]): Promise<Daemon> {
  const upstream = (await readFile(place.file("upstream"), "utf8")).split("\n").filter(Boolean);
  await writeFile(place.file("names"), "");
  const args = [
    ["--keep-in-foreground", "--no-hosts", "--no-resolv", "--user=root", "--pid-file"],
    ["--bind-interfaces", `--listen-address=${RESOLVER_ADDRESS}`, "--cache-size=1000"],
    [`--addn-hosts=${place.file("names")}`, `--local-ttl=${TTL}`],
    domains.map((domain) => `--local=/${domain}/`),
    OURS.map((name) => `--address=/${name}/${place.serviceAddress()}`),
    upstream.map((server) => `--server=${server}`),
  ].flat();
  return service("dnsmasq", args, place.file("dns.log"));
}
