import { readFile } from "node:fs/promises";
import { place, RESOLVER_ADDRESS } from "./place";
import { type Daemon, service } from "./shell";

/** Names that stand for something inside the region; everything else is asked outside. */
const OURS = ["amazonaws.com", "hooks.slack.com"];

/** Starts the VPC's resolver: AWS's and Slack's names lead into the region, so that nothing needs an endpoint setting. */
export async function startDns(): Promise<Daemon> {
  const upstream = (await readFile(place.file("upstream"), "utf8")).split("\n").filter(Boolean);
  const args = [
    ["--keep-in-foreground", "--no-hosts", "--no-resolv", "--user=root", "--pid-file"],
    ["--bind-interfaces", `--listen-address=${RESOLVER_ADDRESS}`, "--cache-size=1000"],
    OURS.map((name) => `--address=/${name}/${place.serviceAddress()}`),
    upstream.map((server) => `--server=${server}`),
  ].flat();
  return service("dnsmasq", args, place.file("dns.log"));
}
