import { readFile, writeFile } from "node:fs/promises";
import { type Frontend, haproxyCommand, haproxyConfig, parseStatistics, type ServerStatus, SLOTS } from "./haproxy";
import { place } from "./place";
import { service } from "./shell";
import { waitFor } from "./wait";

/** As `DescribeTargetHealth` has them. */
export type TargetState = "initial" | "healthy" | "unhealthy" | "draining" | "unused";

interface Target {
  readonly id: string;
  readonly backend: string;
  readonly slot: string;
  state: "registered" | "draining";
  /** From when on it is unhealthy rather than new: its first checks have failed. */
  judgedAt: number;
  /** Its slot being given back; once only, since somebody else may have the slot right after. */
  leaving?: Promise<void>;
}

/** The load balancer's stand-in: HAProxy, its targets set one by one as Auto Scaling and the agents say. */
export class Balancer {
  private readonly socket = place.file("haproxy.sock");
  private readonly targets: Target[] = [];

  /** Starts HAProxy with its ports on the machine itself. @throws Error with HAProxy's own words when it cannot. */
  async start(frontends: readonly Frontend[]): Promise<void> {
    const [config, log] = [place.file("haproxy.cfg"), place.file("haproxy.log")];
    await writeFile(config, haproxyConfig(frontends, place.serviceAddress(), this.socket));
    const started = await service("haproxy", ["-db", "-f", config], log);
    let ended = false;
    void started.ended.then(() => (ended = true));
    const up = () => ended || this.statistics().then(Boolean, () => false);
    await waitFor("HAProxy", up, { timeout: 10_000 });
    if (ended) throw new Error(`HAProxy ended at once: ${await readFile(log, "utf8")}`);
  }

  /**
   * Gives a target requests once it has passed a health check. Does nothing when it is registered already.
   * @param checked milliseconds that its first health checks take
   */
  async register(backend: string, id: string, address: string, port: number, checked: number): Promise<void> {
    const known = this.find(backend, id);
    if (known?.state === "registered") return;
    if (known) await this.release(known);
    const slot = this.freeSlot(backend);
    this.targets.push({ id, backend, slot, state: "registered", judgedAt: Date.now() + checked });
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
    if (up) target.judgedAt = 0;
    if (up) return "healthy";
    return Date.now() >= target.judgedAt ? "unhealthy" : "initial";
  }

  /** Takes a target out at once; what it has under way is lost. Does nothing when it is not there. */
  async remove(backend: string, id: string): Promise<void> {
    const target = this.find(backend, id);
    if (target) await this.release(target);
  }

  /** Ids registered with a backend, draining ones included. */
  registered(backend: string): string[] {
    return this.targets.filter((target) => target.backend === backend).map((target) => target.id);
  }

  private release(target: Target): Promise<void> {
    target.leaving ??= this.command(`set server ${target.backend}/${target.slot} state maint`).then(() => {
      this.targets.splice(this.targets.indexOf(target), 1);
    });
    return target.leaving;
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

  /** These commands answer nothing when they are carried out, or say what they changed, if anything. */
  private async command(text: string): Promise<void> {
    const answer = await haproxyCommand(this.socket, text);
    if (answer && !/\b(changed|no need to change)\b/.test(answer)) throw new Error(`HAProxy: ${text}: ${answer}`);
  }
}
