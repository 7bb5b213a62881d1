import { randomUUID } from "node:crypto";
import { type AutoScalingGroup, TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { Clients } from "../region/clients";
import { bootHost, type Host, type HostSpec } from "../region/host";
import type { Topics } from "../region/topics";
import {
  type Activity,
  type CapacityChange,
  type EventKind,
  launchCause,
  notification,
  terminationCause,
} from "./activity";
import { describeGroup, hostSpec, instanceIds } from "./group";
import { GroupSettings } from "./settings";
import type { TargetGroups } from "./target-groups";

export type Lifecycle = "Pending" | "Pending:Wait" | "InService" | "Terminating";

/** An instance of a group, from the decision to launch it until it is gone. */
export interface Member {
  readonly group: string;
  readonly spec: HostSpec;
  readonly launchedAt: number;
  lifecycle: Lifecycle;
  inServiceAt?: number;
  /** When its last request behind the load balancer had ended. */
  drainedAt?: number;
  stoppedAt?: number;
  host?: Host;
  activity: Activity;
  hookTimer?: NodeJS.Timeout;
}

/**
 * Auto Scaling's hands: moto decides which instances a group has, the fleet boots and stops real ones to match, holds them at
 * their launch hook, moves them in and out of the load balancer and tells the group's topics.
 */
export class Fleet {
  readonly settings = new GroupSettings();
  private readonly byId = new Map<string, Member>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly clients: (region: string) => Clients,
    private readonly targetGroups: TargetGroups,
    private readonly topics: Topics,
  ) {}

  members(group?: string): Member[] {
    return [...this.byId.values()].filter((member) => group === undefined || member.group === group);
  }

  member(id: string): Member | undefined {
    return this.byId.get(id);
  }

  atAddress(address: string): HostSpec | undefined {
    return this.members().find((member) => member.spec.address === address)?.spec;
  }

  /** Boots what moto added to a group and stops what it took away. Groups are handled one at a time, in order of the calls. */
  reconcile(region: string, name: string, reason: string): Promise<void> {
    const done = this.turn.then(() => this.apply(region, name, reason));
    this.turn = done.catch((error: Error) => console.error(`fleet: ${name}: ${error.stack}`));
    return done;
  }

  private async apply(region: string, name: string, reason: string): Promise<void> {
    const group = await describeGroup(this.clients(region), name);
    const wanted = instanceIds(group);
    const present = this.members(name).filter((member) => member.lifecycle !== "Terminating");
    const change = { reason, at: new Date(), from: present.length, to: wanted.length };
    const added = wanted.filter((id) => !this.byId.has(id));
    const gone = present.filter((member) => !wanted.includes(member.spec.id));
    const selected = gone.map((member) => member.spec.id);
    for (const id of added) await this.launch(region, group, id, change);
    for (const member of gone)
      this.inBackground(member, this.terminate(member, terminationCause(change, new Date(), selected)));
  }

  private async launch(region: string, group: AutoScalingGroup, id: string, change: CapacityChange): Promise<void> {
    const name = group.AutoScalingGroupName as string;
    const spec = await hostSpec(this.clients(region), group, id);
    const activity = {
      id: randomUUID(),
      group: name,
      groupArn: group.AutoScalingGroupARN ?? "",
      instance: id,
      zone: spec.zone,
      subnet: spec.subnet,
      cause: launchCause(change, new Date()),
      began: new Date(),
    };
    const member: Member = { group: name, spec, launchedAt: Date.now(), lifecycle: "Pending", activity };
    this.byId.set(id, member);
    this.inBackground(member, this.boot(member));
  }

  private async boot(member: Member): Promise<void> {
    const hook = this.settings.launchHook(member.group);
    member.lifecycle = hook ? "Pending:Wait" : "Pending";
    member.host = await bootHost(member.spec);
    if (!hook) return this.enterService(member);
    const expire = () => this.inBackground(member, this.complete(member.spec.id, hook.defaultResult));
    member.hookTimer = setTimeout(expire, hook.heartbeatTimeout * 1000);
    member.hookTimer.unref();
  }

  /** The answer to a launch hook. @throws Error when the instance waits for none. */
  async complete(id: string, result: string): Promise<void> {
    const member = this.byId.get(id);
    if (member?.lifecycle !== "Pending:Wait")
      throw new Error(`No active Lifecycle Action found with instance ID ${id}`);
    clearTimeout(member.hookTimer);
    if (result === "CONTINUE") return this.enterService(member);
    await this.abandon(member);
  }

  private async enterService(member: Member): Promise<void> {
    member.lifecycle = "InService";
    member.inServiceAt = Date.now();
    const clients = this.clients(member.spec.region);
    const group = await describeGroup(clients, member.group);
    for (const arn of group.TargetGroupARNs ?? []) await this.targetGroups.register(arn, member.spec);
    await this.tell("LAUNCH", member);
  }

  private async abandon(member: Member): Promise<void> {
    const token = randomUUID();
    const reason = `Instance failed to complete user's Lifecycle Action: Lifecycle Action with token ${token} was abandoned: Lifecycle Action Completed with ABANDON Result`;
    await this.tell("LAUNCH_ERROR", member, reason);
    member.lifecycle = "Terminating";
    const command = { InstanceId: member.spec.id, ShouldDecrementDesiredCapacity: false };
    await this.clients(member.spec.region).autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(command));
    await this.remove(member);
  }

  /** Out of the load balancer first, then off. */
  private async terminate(member: Member, cause: string): Promise<void> {
    member.lifecycle = "Terminating";
    clearTimeout(member.hookTimer);
    member.activity = { ...member.activity, id: randomUUID(), cause, began: new Date() };
    await this.targetGroups.drain(member.spec.id);
    member.drainedAt = Date.now();
    await this.remove(member);
    await this.tell("TERMINATE", member);
  }

  private async remove(member: Member): Promise<void> {
    await member.host?.stop();
    member.stoppedAt = Date.now();
    this.byId.delete(member.spec.id);
  }

  private async tell(kind: EventKind, member: Member, error = ""): Promise<void> {
    const { subject, message } = notification(kind, member.activity, new Date(), error);
    for (const target of this.settings.notificationTargets(member.group)) {
      if (!target.types.includes(`autoscaling:EC2_INSTANCE_${kind}`)) continue;
      await this.topics.publish(target.topicArn, subject, message);
    }
  }

  private inBackground(member: Member, work: Promise<void>): void {
    work.catch((error: Error) => console.error(`fleet: ${member.spec.id}: ${error.stack}`));
  }
}
