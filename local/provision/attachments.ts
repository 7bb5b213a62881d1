import { AllocateAddressCommand, CreateVolumeCommand, type ResourceType } from "@aws-sdk/client-ec2";
import { ACCOUNT } from "../region/place";
import { type Create, type Inputs, number, tagList, text } from "./resource";

function tags(inputs: Inputs, ResourceType: ResourceType) {
  return [{ ResourceType, Tags: tagList(inputs) }];
}

const volume: Create = async ({ clients, volumes }, inputs) => {
  const size = number(inputs, "size");
  const made = await clients.ec2.send(
    new CreateVolumeCommand({
      AvailabilityZone: text(inputs, "availabilityZone"),
      Size: size,
      VolumeType: text(inputs, "type") as "gp3",
      Encrypted: inputs.encrypted === true,
      TagSpecifications: tags(inputs, "volume"),
    }),
  );
  const id = made.VolumeId as string;
  await volumes.create(id, size);
  return { id, state: { arn: `arn:aws:ec2:${clients.region}:${ACCOUNT}:volume/${id}` } };
};

const address: Create = async ({ clients, addresses }, inputs) => {
  const command = { Domain: "vpc" as const, Address: addresses.next(), TagSpecifications: tags(inputs, "elastic-ip") };
  const made = await clients.ec2.send(new AllocateAddressCommand(command));
  const id = made.AllocationId as string;
  const arn = `arn:aws:ec2:${clients.region}:${ACCOUNT}:elastic-ip/${id}`;
  return { id, state: { arn, allocationId: id, publicIp: made.PublicIp } };
};

/** What outlives a host and is claimed by the next. */
export const attachmentResources: Readonly<Record<string, Create>> = {
  "aws:ebs/volume:Volume": volume,
  "aws:ec2/eip:Eip": address,
};
