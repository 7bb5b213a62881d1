import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type AutoScalingGroup, TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { Clients } from "../region/clients";
import type { Host, HostSpec } from "../region/host";
import type { KnownHost } from "../region/metadata";
import {
  abandonedStatus,
  type CapacityChange,
  launchCause,
  lostInstanceCause,
  refreshLaunchCause,
  terminationCause,
} from "./activity";
import type { Announcements } from "./announcements";
import { type Belongings, Departure } from "./departure";
import { describeGroup, hostSpec, instanceIds, nextMarket } from "./group";
import { Hold } from "./hold";
import { counts, type Member } from "./member";
import type { GroupSettings } from "./settings";
import type { TargetGroups } from "./target-groups";

/** Milliseconds until EC2's status checks notice that an instance is off. */
const STATUS_CHECK = 1_000;

/** Why a group's desired capacity changed, in Auto Scaling's own words. */
export type Reason = (change: { from: number; to: number; min: number; max: number }) => string;

/**
 * Auto Scaling's hands: moto decides which instances a group has, the fleet boots and stops real ones to match, holds them at
 * their lifecycle hooks, moves them in and out of the load balancer and has it announced.
 */
export class Fleet {
  private readonly byId = new Map<string, Member>();
  private turn: Promise<void> = Promise.resolve();
  private readonly departure: Departure;

  constructor(
    private readonly clients: (region: string) => Clients,
    private readonly targetGroups: TargetGroups,
    readonly settings: GroupSettings,
    private readonly announcements: Pick<Announcements, "interrupts" | "tell" | "waits">,
    belongings: Belongings,
    private readonly boot: (spec: HostSpec) => Promise<Host>,
  ) {
    this.departure = new Departure(targetGroups, settings, announcements, belongings, ({ spec }) =>
      this.byId.delete(spec.id),
    );
  }

  members(group?: string): Member[] {
    return [...this.byId.values()].filter((member) => group === undefined || member.group === group);
  }

  member(id: string): Member | undefined {
    return this.byId.get(id);
  }

  atAddress(address: string): KnownHost | undefined {
    const found = this.members().find((member) => member.spec.address === address);
    return (
      found && {
        ...found.spec,
        targetState: counts(found) ? "InService" : "Terminated",
        interruption: found.interruption,
      }
    );
  }

  /** How an instance is held at the named hook; undefined where it is not. */
  waiting(group: string, hook: string, id: string): Hold | undefined {
    const member = this.byId.get(id);
    const held = member?.lifecycle.endsWith(":Wait") && member.group === group && member.hold?.hook.name === hook;
    return held ? member?.hold : undefined;
  }

  /**
   * Boots what moto added to a group and stops what it took away, in the background. Groups are compared with moto one at a
   * time, in order of the calls; nothing here waits for an instance.
   */
  reconcile(region: string, name: string, reason?: Reason): void {
    this.turn = this.turn.then(() => this.report(name, this.compare(region, name, reason)));
  }

  /** An instance that moto has taken out of its group already. @param cause as Auto Scaling words it */
  dismiss(member: Member, cause: string): void {
    this.report(member.spec.id, this.departure.terminate(member, cause));
    this.reconcile(member.spec.region, member.group);
  }

  /**
   * Has an instance go.
   * @param cause as Auto Scaling words it
   * @param shrink whether no other takes its place
   */
  async retire(member: Member, cause: string, shrink: boolean): Promise<void> {
    this.report(member.spec.id, this.departure.terminate(member, cause));
    await this.replace(member, shrink);
  }

  /**
   * Takes a spot instance back, as EC2 does: says so, ends it when the notice is over, and another takes its place.
   * @param notice milliseconds; two minutes in AWS
   * @param sooner ends it before that: nothing that a test waits for comes after
   */
  async interrupt(member: Member, notice: number, sooner?: AbortSignal): Promise<void> {
    member.interruption = new Date(Date.now() + notice);
    this.announcements.interrupts(member);
    await sleep(notice, undefined, { signal: sooner }).catch((error: Error) => {
      if (!sooner?.aborted) throw error;
    });
    member.host?.switchOff();
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
    for (const member of gone) this.report(member.spec.id, this.departure.terminate(member, cause));
    for (const id of added) await this.launch(region, group, id, change);
  }

  private async launch(region: string, group: AutoScalingGroup, id: string, change: CapacityChange): Promise<void> {
    const name = group.AutoScalingGroupName as string;
    const refreshed = this.settings.refreshing.get(name);
    const { templateVersion, ...known } = await hostSpec(this.clients(region), group, id, refreshed);
    const onDemand = this.members(name).filter((member) => counts(member) && member.spec.market === "on-demand");
    const spec = { ...known, market: nextMarket(group, onDemand.length) };
    const activity = {
      id: randomUUID(),
      group: name,
      groupArn: group.AutoScalingGroupARN ?? "",
      instance: id,
      zone: spec.zone,
      subnet: spec.subnet,
      cause: refreshed === undefined ? launchCause(change, new Date()) : refreshLaunchCause(new Date()),
      began: new Date(),
    };
    const hook = this.settings.hook(name, "LAUNCHING");
    const hold = hook && new Hold(hook);
    const lifecycle = hold ? "Pending:Wait" : "Pending";
    const launchedAt = Date.now();
    const member: Member = { group: name, spec, templateVersion, launchedAt, hold, lifecycle, activity };
    this.byId.set(id, member);
    member.booted = this.report(id, this.start(member));
    if (!hold) return;
    this.announcements.waits("LAUNCHING", member);
    const admit = async () => {
      const { result, how } = await hold.answered;
      await (result === "CONTINUE" ? this.enterService(member) : this.abandon(member, how));
    };
    this.report(id, admit());
  }

  /** Meanwhile the instance may have been told to go: then its departure waits for the boot and ends the host. */
  private async start(member: Member): Promise<void> {
    const host = await this.boot(member.spec);
    member.host = host;
    this.report(
      member.spec.id,
      host.ended.then(() => this.lose(member)),
    );
    if (member.lifecycle === "Pending") await this.enterService(member);
    if (member.lifecycle === "Pending:Wait") member.hold?.start();
  }

  private async enterService(member: Member): Promise<void> {
    member.lifecycle = "InService";
    member.inServiceAt = Date.now();
    const group = await describeGroup(this.clients(member.spec.region), member.group);
    for (const arn of group.TargetGroupARNs ?? []) {
      if (counts(member)) await this.targetGroups.register(arn, member.spec);
    }
    await this.announcements.tell("LAUNCH", member);
  }

  private async abandon(member: Member, how: string): Promise<void> {
    member.lifecycle = "Terminating";
    await this.announcements.tell("LAUNCH_ERROR", member, abandonedStatus(randomUUID(), how));
    await this.replace(member);
    await this.departure.remove(member);
  }

  /** An instance that went off without being told to. */
  private async lose(member: Member): Promise<void> {
    await sleep(STATUS_CHECK, undefined, { ref: false });
    if (!counts(member)) return;
    console.error(`fleet: ${member.spec.id} of ${member.group} went off by itself; another takes its place`);
    await this.departure.terminate(member, lostInstanceCause(new Date()));
    await this.replace(member);
  }

  /** Has moto put another instance in the place of one that is on its way out, unless the group is to shrink. */
  private async replace({ spec, group }: Member, shrink = false): Promise<void> {
    const command = { InstanceId: spec.id, ShouldDecrementDesiredCapacity: shrink };
    await this.clients(spec.region).autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(command));
    this.reconcile(spec.region, group);
  }

  /** What goes wrong in the background has nobody else to tell it to. */
  private report(what: string, work: Promise<void>): Promise<void> {
    return work.catch((error: Error) => console.error(`fleet: ${what}: ${error.stack}`));
  }
}
