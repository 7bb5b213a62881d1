import { setTimeout as sleep } from "node:timers/promises";
import type { Balancer, TargetState } from "../region/balancer";
import type { Backend } from "../region/haproxy";
import type { HostSpec } from "../region/host";

/** A target group as the stack declared it. */
export interface TargetGroup {
  readonly arn: string;
  readonly port: number;
  /** Seconds that a target may take to end what it has under way. */
  readonly deregistrationDelay: number;
  readonly backend: Backend;
}

/** Target groups, their targets being places in the load balancer's stand-in. */
export class TargetGroups {
  private readonly byArn = new Map<string, TargetGroup>();

  constructor(private readonly balancer: Balancer) {}

  add(group: TargetGroup): void {
    this.byArn.set(group.arn, group);
  }

  has(arn: string): boolean {
    return this.byArn.has(arn);
  }

  /** @throws Error when the stack declared no such target group. */
  get(arn: string): TargetGroup {
    const group = this.byArn.get(arn);
    if (!group) throw new Error(`One or more target groups not found: ${arn}`);
    return group;
  }

  async register(arn: string, spec: HostSpec): Promise<void> {
    const { backend, port } = this.get(arn);
    const checked = backend.interval * backend.unhealthyThreshold * 1000;
    await this.balancer.register(backend.name, spec.id, spec.address, port, checked);
  }

  async deregister(arn: string, id: string): Promise<void> {
    await this.balancer.deregister(this.get(arn).backend.name, id);
  }

  health(arn: string, id: string): Promise<TargetState> {
    return this.balancer.health(this.get(arn).backend.name, id);
  }

  /** Ids of the instances that a group finds unhealthy. */
  async unhealthy(): Promise<Set<string>> {
    const found = new Set<string>();
    for (const { arn } of this.byArn.values()) {
      for (const id of this.targets(arn)) if ((await this.health(arn, id)) === "unhealthy") found.add(id);
    }
    return found;
  }

  targets(arn: string): string[] {
    return this.balancer.registered(this.get(arn).backend.name);
  }

  /** Takes an instance out of every group and waits until its requests have ended, or its time is up. */
  async drain(id: string): Promise<void> {
    for (const { arn, deregistrationDelay } of this.holding(id)) {
      await this.deregister(arn, id);
      const deadline = Date.now() + deregistrationDelay * 1000;
      while (Date.now() < deadline && (await this.health(arn, id)) !== "unused") await sleep(100);
    }
  }

  /** An instance that is off has no place anywhere, whatever became of its requests. */
  async forget(id: string): Promise<void> {
    for (const { backend } of this.holding(id)) await this.balancer.remove(backend.name, id);
  }

  private holding(id: string): TargetGroup[] {
    return [...this.byArn.values()].filter((group) => this.targets(group.arn).includes(id));
  }
}
