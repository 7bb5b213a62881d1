import { randomUUID } from "node:crypto";
import { SetDesiredCapacityCommand, UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { Clients } from "../region/clients";
import { waitFor } from "../region/wait";
import { refreshTerminationCause } from "./activity";
import type { Fleet } from "./fleet";
import { describeGroup, launchSource } from "./group";
import { counts, type Member } from "./member";

/** Milliseconds in which one instance has to be replaced: as long as Auto Scaling keeps trying. */
const PATIENCE = 3_600_000;

/** What StartInstanceRefresh asks for (EC2 Auto Scaling API Reference). */
export interface RefreshOrder {
  readonly group: string;
  readonly region: string;
  /** Version of the launch template that all instances are to have. */
  readonly version: string;
  /** Whether it was named within a MixedInstancesPolicy. */
  readonly mixed: boolean;
  /** Percent of the group's size that serves at least. */
  readonly minHealthyPercentage: number;
  /** Percent of the group's size that is there at most: above 100, a new instance comes before an old one goes. */
  readonly maxHealthyPercentage: number;
  /** Seconds until a new instance counts. */
  readonly warmup: number;
  /** Seconds the whole new fleet has to stand at the end. */
  readonly bake: number;
  /** Names of CloudWatch alarms that end it. */
  readonly alarms: readonly string[];
  /** Leaves instances alone that have the version already. */
  readonly skipMatching: boolean;
}

export type RefreshStatus = "InProgress" | "Baking" | "Cancelling" | "Successful" | "Failed" | "Cancelled";

/** Ends a refresh in the middle. */
class Ended extends Error {
  constructor(
    readonly status: "Cancelled" | "Failed",
    reason: string,
  ) {
    super(reason);
  }
}

/** One instance refresh: every instance of a group gives its place to a new one, one after the other. */
export class Refresh {
  readonly id = randomUUID();
  readonly startedAt = new Date();
  endedAt: Date | undefined;
  status: RefreshStatus = "InProgress";
  reason = "";
  readonly total: number;
  private readonly remaining: Set<Member>;
  /** What was there before the instance that is coming now. */
  private known: readonly Member[] = [];

  constructor(
    readonly order: RefreshOrder,
    private readonly fleet: Fleet,
    private readonly clients: Clients,
  ) {
    const stays = (member: Member) => order.skipMatching && member.templateVersion === order.version;
    this.remaining = new Set(this.present().filter((member) => !stays(member)));
    this.total = this.remaining.size;
  }

  get left(): number {
    return this.remaining.size;
  }

  get percent(): number {
    return this.total === 0 ? 100 : Math.floor((100 * (this.total - this.left)) / this.total);
  }

  /** Ends it as soon as it looks; what is under way then is undone, and what was replaced stays. */
  cancel(): void {
    this.status = "Cancelling";
  }

  /** Does the work. Never rejects: how it went is in `status` and `reason`. */
  async run(): Promise<void> {
    const { settings } = this.fleet;
    settings.refreshing.set(this.order.group, this.order.version);
    try {
      for (const old of this.remaining) {
        await this.replace(old);
        this.remaining.delete(old);
      }
      await this.bake();
      await this.adopt();
      this.status = "Successful";
    } catch (error) {
      if (!(error instanceof Ended)) console.error(`fleet: the refresh of ${this.order.group}: ${error}`);
      this.status = error instanceof Ended ? error.status : "Failed";
      this.reason = (error as Error).message;
    } finally {
      settings.refreshing.delete(this.order.group);
      this.endedAt = new Date();
    }
  }

  private present(): Member[] {
    return this.fleet.members(this.order.group).filter(counts);
  }

  private async replace(old: Member): Promise<void> {
    if (!counts(old)) return;
    const first = this.order.maxHealthyPercentage > 100;
    this.known = this.present();
    if (first) await this.setDesiredCapacity(this.known.length + 1);
    else await this.retire(old, false);
    try {
      await this.wait("a new instance in service", () => this.coming()?.lifecycle === "InService");
      const warm = Date.now() + this.order.warmup * 1000;
      await this.wait("the new instance to be warm", () => Date.now() >= warm);
    } catch (error) {
      if (first) await this.undo();
      throw error;
    }
    if (first) await this.retire(old, true);
    await this.wait(`${old.spec.id} to be gone`, () => this.fleet.member(old.spec.id) === undefined);
  }

  /** The instance that is to take an old one's place. */
  private coming(): Member | undefined {
    return this.present().find((member) => !this.known.includes(member));
  }

  /** Takes the additional instance back, so that the group has its size again; done when it is gone. */
  private async undo(): Promise<void> {
    // It may have been asked for and not be there yet.
    const extra = await waitFor("the additional instance", () => this.coming(), { timeout: PATIENCE });
    await this.retire(extra, true);
    const gone = () => this.fleet.member(extra.spec.id) === undefined;
    await waitFor(`${extra.spec.id} to be gone`, gone, { timeout: PATIENCE });
  }

  private retire(member: Member, shrink: boolean): Promise<void> {
    return this.fleet.retire(member, refreshTerminationCause(member.spec.id, new Date()), shrink);
  }

  private async setDesiredCapacity(count: number): Promise<void> {
    const command = { AutoScalingGroupName: this.order.group, DesiredCapacity: count };
    await this.clients.autoScaling.send(new SetDesiredCapacityCommand(command));
  }

  private async bake(): Promise<void> {
    if (this.order.bake === 0) return;
    this.status = "Baking";
    const baked = Date.now() + this.order.bake * 1000;
    await this.wait("the end of the bake time", () => Date.now() >= baked);
  }

  /** From now on the group launches nothing else. */
  private async adopt(): Promise<void> {
    const { group: AutoScalingGroupName, version } = this.order;
    const source = launchSource(await describeGroup(this.clients, AutoScalingGroupName), version);
    await this.clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...source }));
  }

  private async wait(what: string, check: () => boolean): Promise<void> {
    const look = async () => {
      if (this.status === "Cancelling") throw new Ended("Cancelled", "Cancelled by a user request.");
      const alarm = await this.alarm();
      if (alarm !== undefined) throw new Ended("Failed", `The alarm ${alarm} is in the state ALARM.`);
      return check();
    };
    await waitFor(what, look, { timeout: PATIENCE, interval: 250 });
  }

  private async alarm(): Promise<string | undefined> {
    if (this.order.alarms.length === 0) return undefined;
    const command = new DescribeAlarmsCommand({ AlarmNames: [...this.order.alarms], StateValue: "ALARM" });
    return (await this.clients.cloudWatch.send(command)).MetricAlarms?.[0]?.AlarmName;
  }
}
