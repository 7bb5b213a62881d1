import { writeFile } from "node:fs/promises";
import { type Frontend, haproxyCommand, haproxyConfig, parseStatistics, type ServerStatus, SLOTS } from "./haproxy";
import { place } from "./place";
import { daemon } from "./shell";
import { waitFor } from "./wait";

/** As `DescribeTargetHealth` has them. */
export type TargetState = "initial" | "healthy" | "unhealthy" | "draining" | "unused";

interface Target {
  readonly id: string;
  readonly backend: string;
  readonly slot: string;
  state: "registered" | "draining";
  wasHealthy: boolean;
}

/** The load balancer's stand-in: HAProxy, its targets set one by one as Auto Scaling and the agents say. */
export class Balancer {
  private readonly socket = place.file("haproxy.sock");
  private readonly targets: Target[] = [];

  /** Starts HAProxy with its ports on the machine itself. @throws Error with HAProxy's own words when it cannot. */
  async start(frontends: readonly Frontend[]): Promise<void> {
    const [config, log] = [place.file("haproxy.cfg"), place.file("haproxy.log")];
    await writeFile(config, haproxyConfig(frontends, place.serviceAddress(), this.socket));
    const started = await daemon("haproxy", ["-db", "-f", config], log);
    const failed = started.ended.then(() => Promise.reject(new Error(`HAProxy ended at once; see ${log}`)));
    const up = waitFor("HAProxy", () => this.statistics().then(Boolean, () => false), { timeout: 10_000 });
    await Promise.race([up, failed]);
    failed.catch(() => undefined);
  }

  /** Gives a target requests once it has passed a health check. Does nothing when it is registered already. */
  async register(backend: string, id: string, address: string, port: number): Promise<void> {
    const known = this.find(backend, id);
    if (known?.state === "registered") return;
    if (known) await this.release(known);
    const slot = this.freeSlot(backend);
    this.targets.push({ id, backend, slot, state: "registered", wasHealthy: false });
    const server = `${backend}/${slot}`;
    await this.command(`set server ${server} addr ${address} port ${port}`);
    // HAProxy calls a server that comes back healthy until a check fails; in one go, it gets no request in between.
    await this.command(`set server ${server} state ready; set server ${server} health down`);
  }

  /** Takes new requests away from a target; those under way may end. */
  async deregister(backend: string, id: string): Promise<void> {
    const target = this.find(backend, id);
    if (!target) return;
    target.state = "draining";
    await this.command(`set server ${backend}/${target.slot} state drain`);
  }

  async health(backend: string, id: string): Promise<TargetState> {
    const target = this.find(backend, id);
    if (!target) return "unused";
    const status = (await this.statistics()).find((row) => row.backend === backend && row.server === target.slot);
    if (target.state === "draining") {
      if (status?.sessions) return "draining";
      await this.release(target);
      return "unused";
    }
    const up = status?.status.startsWith("UP") ?? false;
    target.wasHealthy ||= up;
    if (up) return "healthy";
    return target.wasHealthy ? "unhealthy" : "initial";
  }

  /** Ids registered with a backend, draining ones included. */
  registered(backend: string): string[] {
    return this.targets.filter((target) => target.backend === backend).map((target) => target.id);
  }

  private async release(target: Target): Promise<void> {
    await this.command(`set server ${target.backend}/${target.slot} state maint`);
    this.targets.splice(this.targets.indexOf(target), 1);
  }

  private find(backend: string, id: string): Target | undefined {
    return this.targets.find((target) => target.backend === backend && target.id === id);
  }

  private freeSlot(backend: string): string {
    const used = new Set(this.targets.filter((target) => target.backend === backend).map((target) => target.slot));
    const free = Array.from({ length: SLOTS }, (_, index) => `target${index + 1}`).find((slot) => !used.has(slot));
    if (!free)
      throw new Error(`${backend} has ${SLOTS} targets, which is all that the local load balancer has room for`);
    return free;
  }

  private async statistics(): Promise<ServerStatus[]> {
    return parseStatistics(await haproxyCommand(this.socket, "show stat -1 4 -1"));
  }

  /** These commands answer nothing, or say which address they changed, when they are carried out. */
  private async command(text: string): Promise<void> {
    const answer = await haproxyCommand(this.socket, text);
    if (answer && !/^(IP|port|no need) changed|^(IP|no need)/.test(answer))
      throw new Error(`HAProxy: ${text}: ${answer}`);
  }
}
