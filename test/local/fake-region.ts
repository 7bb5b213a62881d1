import { setTimeout as sleep } from "node:timers/promises";
import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { Clients } from "../../local/region/clients";
import type { Host, HostSpec } from "../../local/region/host";

export const REGION = "eu-west-1";
export const GROUP = "towline-test-web";
export const TOPIC = "arn:aws:sns:eu-west-1:123456789012:towline-test";
export const TARGET_GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef";

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, unknown>>;
}

/** One Auto Scaling group as moto would keep it, behind clients that carry commands out at once. */
export class FakeMoto {
  ids: string[] = [];
  readonly terminated: string[] = [];
  /** Version of the group's launch template. */
  version = "1";
  /** What else its group says. */
  settings: Partial<AutoScalingGroup> = {};
  /** The alarm that is going off. */
  alarm: string | undefined;
  /** Called when a command has changed the number of instances. */
  resized: () => void = () => undefined;
  private made = 0;

  /** Sets the number of instances; the last ones go first. */
  resize(count: number): void {
    this.ids = this.ids.slice(0, count);
    while (this.ids.length < count) this.ids.push(`i-${++this.made}`);
  }

  readonly clients = (region: string): Clients => {
    const client = { send: async (command: Command) => this.carryOut(command.constructor.name, command.input) };
    return { region, autoScaling: client, cloudWatch: client, ec2: client, iam: client } as unknown as Clients;
  };

  private carryOut(command: string, input: Readonly<Record<string, unknown>>): unknown {
    switch (command) {
      case "DescribeAutoScalingGroupsCommand":
        return { AutoScalingGroups: [this.group()] };
      case "DescribeInstancesCommand": {
        const [id = ""] = input.InstanceIds as string[];
        const Placement = { AvailabilityZone: "eu-west-1a" };
        const PrivateIpAddress = `10.0.0.${id.slice(2)}`;
        return { Reservations: [{ Instances: [{ PrivateIpAddress, SubnetId: "subnet-1", Placement, Tags: [] }] }] };
      }
      case "DescribeLaunchTemplateVersionsCommand": {
        const [VersionNumber] = (input.Versions as string[]).map(Number);
        const LaunchTemplateData = { IamInstanceProfile: { Name: "web" } };
        return { LaunchTemplateVersions: [{ VersionNumber, LaunchTemplateData }] };
      }
      case "UpdateAutoScalingGroupCommand":
        this.version = (input.LaunchTemplate as { Version: string }).Version;
        return {};
      case "SetDesiredCapacityCommand":
        this.resize(input.DesiredCapacity as number);
        this.resized();
        return {};
      case "DescribeAlarmsCommand":
        return { MetricAlarms: this.alarm === undefined ? [] : [{ AlarmName: this.alarm }] };
      case "GetInstanceProfileCommand":
        return { InstanceProfile: { Roles: [{ Arn: "arn:aws:iam::123456789012:role/web" }] } };
      case "TerminateInstanceInAutoScalingGroupCommand":
        this.terminated.push(input.InstanceId as string);
        this.ids = this.ids.filter((id) => id !== input.InstanceId);
        if (!input.ShouldDecrementDesiredCapacity) this.resize(this.ids.length + 1);
        return {};
      default:
        throw new Error(`unexpected ${command}`);
    }
  }

  private group() {
    return {
      AutoScalingGroupName: GROUP,
      AutoScalingGroupARN: `arn:${GROUP}`,
      MinSize: 1,
      MaxSize: 4,
      LaunchTemplate: { LaunchTemplateId: "lt-1", Version: this.version },
      TargetGroupARNs: [TARGET_GROUP],
      ...this.settings,
      Instances: this.ids.map((InstanceId) => ({ InstanceId })),
    };
  }
}

/** Boots nothing: the test says when a boot has ended, and can switch a host off. */
export class FakeHosts {
  readonly stopped: string[] = [];
  readonly rebooted: string[] = [];
  /** False: boots end only with `finish`. */
  quick = true;
  /** Milliseconds that a host takes to switch itself off. */
  shutdown = 0;
  private readonly boots = new Map<string, () => void>();
  private readonly offs = new Map<string, () => void>();

  readonly boot = async ({ id }: HostSpec): Promise<Host> => {
    if (!this.quick) await new Promise<void>((resolve) => this.boots.set(id, resolve));
    const ended = new Promise<void>((resolve) => this.offs.set(id, resolve));
    const stop = async () => {
      await sleep(this.shutdown);
      this.stopped.push(id);
      this.switchOff(id);
    };
    const reboot = async () => void this.rebooted.push(id);
    const [onReboot, switchOff, exec] = [() => undefined, () => this.switchOff(id), async () => ""];
    return { ended, stop, reboot, onReboot, crash: switchOff, switchOff, exec };
  };

  finish(id: string): void {
    this.boots.get(id)?.();
  }

  switchOff(id: string): void {
    this.offs.get(id)?.();
  }
}
