import { setTimeout as sleep } from "node:timers/promises";
import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { Clients } from "../region/clients";
import { elbHealthCause, userHealthCause } from "./activity";
import type { Fleet } from "./fleet";
import { describeGroup } from "./group";
import { counts, type Member } from "./member";
import type { TargetGroups } from "./target-groups";

/** Milliseconds between two looks. */
const INTERVAL = 2_000;
/** Milliseconds for which a target is unhealthy all along: Auto Scaling asks the load balancer now and then, not at once. */
const PATIENCE = 20_000;

/** Who says that an instance is unhealthy: the load balancer, or whoever called SetInstanceHealth. */
export type Accuser = "elb" | "user";

/**
 * Whether Auto Scaling replaces an instance, by the settings of its group. Protection from scale-in is no reason to keep it.
 * @param served milliseconds since it entered service
 */
export function isReplaced(group: AutoScalingGroup, accuser: Accuser, served: number): boolean {
  const suspended = new Set(group.SuspendedProcesses?.map(({ ProcessName }) => ProcessName));
  if (suspended.has("ReplaceUnhealthy") || suspended.has("Terminate")) return false;
  // What was said by hand stands, whatever is checked or not.
  if (accuser === "user") return true;
  return group.HealthCheckType === "ELB" && !suspended.has("HealthCheck") && !inGrace(group, served);
}

/** Whether an instance is so new that its health does not count yet. @param served milliseconds since it entered service */
export function inGrace({ HealthCheckGracePeriod: seconds = 0 }: AutoScalingGroup, served: number): boolean {
  return served < seconds * 1000;
}

/** Auto Scaling's eye on the instances in service: what is unhealthy gives its place to another. */
export class HealthChecks {
  /** Since when the target of an instance is unhealthy. */
  private readonly sick = new Map<Member, number>();
  private readonly marked = new Set<Member>();

  constructor(
    private readonly fleet: Fleet,
    private readonly targetGroups: Pick<TargetGroups, "unhealthy">,
    private readonly clients: (region: string) => Clients,
    private readonly patience = PATIENCE,
  ) {}

  /** Looks from now on, for good. */
  async watch(): Promise<never> {
    for (;;) {
      await this.look().catch((error: Error) => console.error(`fleet: health checks: ${error.stack}`));
      await sleep(INTERVAL, undefined, { ref: false });
    }
  }

  /** What SetInstanceHealth says of an instance. */
  mark(member: Member, healthy: boolean): void {
    if (healthy) this.marked.delete(member);
    else this.marked.add(member);
  }

  /** Replaces what is unhealthy by now. Instances that come, go or stand by are nobody's business here. */
  async look(): Promise<void> {
    const serving = this.fleet.members().filter(({ lifecycle }) => lifecycle === "InService");
    await this.examine(serving);
    for (const member of serving) {
      const since = this.sick.get(member);
      const accuser = this.marked.has(member) ? "user" : "elb";
      if (accuser === "user" || (since !== undefined && Date.now() - since >= this.patience))
        await this.replace(member, accuser);
    }
  }

  private async examine(serving: readonly Member[]): Promise<void> {
    const unhealthy = await this.targetGroups.unhealthy();
    for (const member of [...this.sick.keys(), ...this.marked]) {
      if (!serving.includes(member) || !unhealthy.has(member.spec.id)) this.sick.delete(member);
      if (!counts(member)) this.marked.delete(member);
    }
    for (const member of serving) {
      if (unhealthy.has(member.spec.id) && !this.sick.has(member)) this.sick.set(member, Date.now());
    }
  }

  private async replace(member: Member, accuser: Accuser): Promise<void> {
    const { group: name, spec, inServiceAt = Date.now() } = member;
    const group = await describeGroup(this.clients(spec.region), name);
    if (!isReplaced(group, accuser, Date.now() - inServiceAt) || member.lifecycle !== "InService") return;
    const cause = accuser === "elb" ? elbHealthCause(new Date()) : userHealthCause(new Date());
    console.error(`fleet: ${spec.id} of ${name} is unhealthy (${accuser}); another takes its place`);
    await this.fleet.retire(member, cause, false);
  }
}
