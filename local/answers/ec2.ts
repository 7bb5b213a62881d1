import { DescribeAddressesCommand, DetachVolumeCommand, DisassociateAddressCommand } from "@aws-sdk/client-ec2";
import type { Belongings } from "../fleet/departure";
import type { Fleet } from "../fleet/fleet";
import type { Addresses } from "../region/addresses";
import { type ApiCall, type ApiReply, ec2Error, ec2Reply } from "../region/calls";
import type { Clients } from "../region/clients";
import type { Fences } from "../region/fences";
import type { HostSpec } from "../region/host";
import type { Volumes } from "../region/volumes";

/** EC2's volumes and elastic IPs: moto keeps the books, and the instances get them. */
export class Ec2 implements Belongings {
  constructor(
    private readonly clients: (region: string) => Clients,
    private readonly volumes: Volumes,
    private readonly addresses: Addresses,
    private readonly fences: Fences,
  ) {}

  /** Refuses what moto would take although EC2 does not, and takes what moto would refuse. */
  async answer(fleet: Pick<Fleet, "member">, { action, form, region }: ApiCall): Promise<ApiReply | undefined> {
    const [volume, instance] = [form.get("VolumeId") ?? "", form.get("InstanceId") ?? ""];
    const holder = this.volumes.holder(volume);
    if (action === "DetachVolume" && holder !== undefined && holder === instance) {
      await this.detach(region, volume, instance, fleet.member(instance)?.host !== undefined);
      return ec2Reply(action, `<volumeId>${volume}</volumeId><status>detaching</status>`);
    }
    if (action !== "AttachVolume") return undefined;
    if (holder !== undefined) return ec2Error("VolumeInUse", `${volume} is already attached to ${holder}`);
    if (fleet.member(instance)?.host) return undefined;
    return ec2Error("IncorrectState", `Instance '${instance}' is not 'running'.`);
  }

  /** Carries out what moto has taken down. */
  async follow(fleet: Pick<Fleet, "member">, { action, form, region }: ApiCall, reply: string): Promise<string> {
    if (action === "RebootInstances") this.reboot(fleet, form);
    const member = fleet.member(form.get("InstanceId") ?? "");
    if (action === "AttachVolume" && member?.host) {
      await this.volumes.attach(form.get("VolumeId") ?? "", member.spec.id, member.host);
    } else if (action === "AssociateAddress" && member) {
      const AllocationIds = [form.get("AllocationId") ?? ""];
      const found = await this.clients(region).ec2.send(new DescribeAddressesCommand({ AllocationIds }));
      const address = found.Addresses?.[0]?.PublicIp;
      if (address !== undefined) await this.addresses.lead(address, member.spec.address);
    }
    return reply;
  }

  /** The caller does not wait for it. */
  private reboot(fleet: Pick<Fleet, "member">, form: URLSearchParams): void {
    for (const [key, id] of form) {
      if (!/^InstanceId\.\d+$/.test(key)) continue;
      fleet
        .member(id)
        ?.host?.reboot()
        .catch((error: Error) => console.error(`ec2: ${id} does not reboot: ${error.message}`));
    }
  }

  /** An instance that is gone has no volume and no address any more. */
  async release({ id, address, region }: HostSpec): Promise<void> {
    const { ec2 } = this.clients(region);
    for (const volume of this.volumes.of(id)) {
      await this.detach(region, volume, id, false);
    }
    const Filters = [{ Name: "instance-id", Values: [id] }];
    for (const { AssociationId } of (await ec2.send(new DescribeAddressesCommand({ Filters }))).Addresses ?? []) {
      await ec2.send(new DisassociateAddressCommand({ AssociationId }));
    }
    await this.addresses.forget(address);
    await this.fences.forget(address);
  }

  /** moto has an instance terminated, and without volumes, while it still waits at its hook. */
  private async detach(region: string, volume: string, instance: string, running: boolean): Promise<void> {
    await this.volumes.detach(volume, running);
    const command = new DetachVolumeCommand({ VolumeId: volume, InstanceId: instance });
    const { ec2 } = this.clients(region);
    await ec2.send(command).catch((error: Error) => {
      if (error.name !== "InvalidAttachment.NotFound") throw error;
    });
  }
}
