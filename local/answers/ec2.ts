import { DescribeAddressesCommand, DetachVolumeCommand, DisassociateAddressCommand } from "@aws-sdk/client-ec2";
import type { Belongings, Fleet } from "../fleet/fleet";
import type { Addresses } from "../region/addresses";
import { type ApiCall, type ApiReply, ec2Error } from "../region/calls";
import type { Clients } from "../region/clients";
import type { HostSpec } from "../region/host";
import type { Volumes } from "../region/volumes";

/** EC2's volumes and elastic IPs: moto keeps the books, and the instances get them. */
export class Ec2 implements Belongings {
  constructor(
    private readonly clients: (region: string) => Clients,
    private readonly volumes: Volumes,
    private readonly addresses: Addresses,
  ) {}

  /** Refuses what moto would take although EC2 does not. */
  async answer(fleet: Pick<Fleet, "member">, { action, form }: ApiCall): Promise<ApiReply | undefined> {
    if (action !== "AttachVolume") return undefined;
    const [volume, instance] = [form.get("VolumeId") ?? "", form.get("InstanceId") ?? ""];
    const holder = this.volumes.holder(volume);
    if (holder !== undefined) return ec2Error("VolumeInUse", `${volume} is already attached to ${holder}`);
    if (fleet.member(instance)?.host) return undefined;
    return ec2Error("IncorrectState", `Instance '${instance}' is not 'running'.`);
  }

  /** Carries out what moto has taken down. */
  async follow(fleet: Pick<Fleet, "member">, { action, form, region }: ApiCall, reply: string): Promise<string> {
    const member = fleet.member(form.get("InstanceId") ?? "");
    if (action === "AttachVolume" && member?.host) {
      await this.volumes.attach(form.get("VolumeId") ?? "", member.spec.id, member.host);
    } else if (action === "DetachVolume") {
      await this.volumes.detach(form.get("VolumeId") ?? "", member?.host !== undefined);
    } else if (action === "AssociateAddress" && member) {
      const AllocationIds = [form.get("AllocationId") ?? ""];
      const found = await this.clients(region).ec2.send(new DescribeAddressesCommand({ AllocationIds }));
      const address = found.Addresses?.[0]?.PublicIp;
      if (address !== undefined) await this.addresses.lead(address, member.spec.address);
    }
    return reply;
  }

  /** An instance that is gone has no volume and no address any more. */
  async release({ id, address, region }: HostSpec): Promise<void> {
    const { ec2 } = this.clients(region);
    for (const volume of this.volumes.of(id)) {
      await this.volumes.detach(volume, false);
      await ec2.send(new DetachVolumeCommand({ VolumeId: volume, InstanceId: id }));
    }
    const Filters = [{ Name: "instance-id", Values: [id] }];
    for (const { AssociationId } of (await ec2.send(new DescribeAddressesCommand({ Filters }))).Addresses ?? []) {
      await ec2.send(new DisassociateAddressCommand({ AssociationId }));
    }
    await this.addresses.forget(address);
  }
}
