import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type AutoScalingGroup, TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { Clients } from "../region/clients";
import { bootHost } from "../region/host";
import type { KnownHost } from "../region/metadata";
import type { Topics } from "../region/topics";
import {
  abandonedStatus,
  type CapacityChange,
  type EventKind,
  launchCause,
  lostInstanceCause,
  notification,
  terminationCause,
} from "./activity";
import { describeGroup, hostSpec, instanceIds } from "./group";
import { counts, type Member } from "./member";
import { GroupSettings } from "./settings";
import type { TargetGroups } from "./target-groups";

/** Milliseconds until EC2's status checks notice that an instance is off. */
const STATUS_CHECK = 1_000;

/** Why a group's desired capacity changed, in Auto Scaling's own words. */
export type Reason = (change: { from: number; to: number; min: number; max: number }) => string;

/**
 * Auto Scaling's hands: moto decides which instances a group has, the fleet boots and stops real ones to match, holds them at
 * their launch hook, moves them in and out of the load balancer and tells the group's topics.
 */
export class Fleet {
  readonly settings = new GroupSettings();
  private readonly byId = new Map<string, Member>();
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly clients: (region: string) => Clients,
    private readonly targetGroups: TargetGroups,
    private readonly topics: Pick<Topics, "publish">,
    private readonly boot = bootHost,
  ) {}

  members(group?: string): Member[] {
    return [...this.byId.values()].filter((member) => group === undefined || member.group === group);
  }

  member(id: string): Member | undefined {
    return this.byId.get(id);
  }

  atAddress(address: string): KnownHost | undefined {
    const found = this.members().find((member) => member.spec.address === address);
    return found && { ...found.spec, targetState: counts(found) ? "InService" : "Terminated" };
  }

  /** The instance that is held at the named hook; undefined where none is. */
  waiting(group: string, hook: string, id: string): Member | undefined {
    const member = this.byId.get(id);
    const held = member?.lifecycle === "Pending:Wait" && member.group === group && member.hook?.name === hook;
    return held ? member : undefined;
  }

  /**
   * Boots what moto added to a group and stops what it took away, in the background. Groups are compared with moto one at a
   * time, in order of the calls; nothing here waits for an instance.
   */
  reconcile(region: string, name: string, reason?: Reason): void {
    this.turn = this.turn.then(() => this.report(name, this.compare(region, name, reason)));
  }

  /** The answer to a launch hook: `CONTINUE` or `ABANDON`. @param how what an abandoned launch is told with */
  complete(member: Member, result: string, how = `Lifecycle Action Completed with ${result} Result`): void {
    clearTimeout(member.hookTimer);
    const { id } = member.spec;
    this.report(id, result === "CONTINUE" ? this.enterService(member) : this.abandon(member, how));
  }

  /** Gives an instance that is held at its hook the whole of the hook's time again. */
  prolong(member: Member): void {
    member.hookTimer?.refresh();
  }

  /** An instance that moto has taken out of its group already. @param cause as Auto Scaling words it */
  dismiss(member: Member, cause: string): void {
    this.report(member.spec.id, this.terminate(member, cause));
    this.reconcile(member.spec.region, member.group);
  }

  private async compare(region: string, name: string, reason: Reason | undefined): Promise<void> {
    const group = await describeGroup(this.clients(region), name);
    const wanted = instanceIds(group);
    const present = this.members(name).filter(counts);
    const [from, to] = [present.length, wanted.length];
    const why = reason?.({ from, to, min: group.MinSize ?? 0, max: group.MaxSize ?? 0 });
    const change = { reason: why, at: new Date(), from, to };
    const added = wanted.filter((id) => !this.byId.has(id));
    const gone = present.filter((member) => !wanted.includes(member.spec.id));
    const cause = terminationCause(
      change,
      new Date(),
      gone.map((member) => member.spec.id),
    );
    for (const member of gone) this.report(member.spec.id, this.terminate(member, cause));
    for (const id of added) await this.launch(region, group, id, change);
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
    const hook = this.settings.launchHook(name);
    const lifecycle = hook ? "Pending:Wait" : "Pending";
    const member: Member = { group: name, spec, launchedAt: Date.now(), hook, lifecycle, activity };
    this.byId.set(id, member);
    member.booted = this.report(id, this.start(member));
  }

  /** Meanwhile the instance may have been told to go: then remove() waits for the boot and ends the host. */
  private async start(member: Member): Promise<void> {
    const host = await this.boot(member.spec);
    member.host = host;
    this.report(
      member.spec.id,
      host.ended.then(() => this.lose(member)),
    );
    if (member.lifecycle === "Pending") await this.enterService(member);
    if (member.lifecycle !== "Pending:Wait" || !member.hook) return;
    const { defaultResult, heartbeatTimeout } = member.hook;
    const expire = () => this.complete(member, defaultResult, "Heartbeat Timeout");
    member.hookTimer = setTimeout(expire, heartbeatTimeout * 1000);
  }

  private async enterService(member: Member): Promise<void> {
    member.lifecycle = "InService";
    member.inServiceAt = Date.now();
    const group = await describeGroup(this.clients(member.spec.region), member.group);
    for (const arn of group.TargetGroupARNs ?? []) {
      if (counts(member)) await this.targetGroups.register(arn, member.spec);
    }
    await this.tell("LAUNCH", member);
  }

  private async abandon(member: Member, how: string): Promise<void> {
    member.lifecycle = "Terminating";
    await this.tell("LAUNCH_ERROR", member, abandonedStatus(randomUUID(), how));
    await this.replace(member);
    await this.remove(member);
  }

  /** An instance that went off without being told to. */
  private async lose(member: Member): Promise<void> {
    await sleep(STATUS_CHECK);
    if (!counts(member)) return;
    console.error(`fleet: ${member.spec.id} of ${member.group} went off by itself; another takes its place`);
    await this.terminate(member, lostInstanceCause(new Date()));
    await this.replace(member);
  }

  /** Has moto put another instance in the place of one that is on its way out. */
  private async replace({ spec, group }: Member): Promise<void> {
    const command = { InstanceId: spec.id, ShouldDecrementDesiredCapacity: false };
    await this.clients(spec.region).autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(command));
    this.reconcile(spec.region, group);
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
    await member.booted;
    await member.host?.stop();
    await this.targetGroups.forget(member.spec.id);
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

  /** What goes wrong in the background has nobody else to tell it to. */
  private report(what: string, work: Promise<void>): Promise<void> {
    return work.catch((error: Error) => console.error(`fleet: ${what}: ${error.stack}`));
  }
}
