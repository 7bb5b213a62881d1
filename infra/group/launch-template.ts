import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { RootVolumeConfig } from "../config";
import type { Tags } from "../tags";
import { currentImage } from "./image";

export interface LaunchTemplateArgs {
  /** First part of the physical name. */
  readonly namePrefix: string;
  /** SSM parameter that names the image. */
  readonly image: string;
  readonly instanceType: string;
  /** @default a gp3 of the image's own size */
  readonly rootVolume?: RootVolumeConfig;
  /** Hops that an answer of the metadata service goes. @default 1 */
  readonly imdsHopLimit?: number;
  readonly instanceProfileArn: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  /** Whether an instance gets a public address at once, and with it a way out, in a public subnet. */
  readonly publicAddress: boolean;
  /** EC2 key pair that instances trust. @default none */
  readonly keyPair?: string;
  /** User data as text. */
  readonly userData: pulumi.Output<string>;
  /** Tags of the template, its instances, their volumes and network interfaces. */
  readonly tags: Tags;
}

/** Declares how an instance of a group is made, as a child of the group. */
export function launchTemplate(
  name: string,
  args: LaunchTemplateArgs,
  parent: pulumi.Resource,
): aws.ec2.LaunchTemplate {
  const image = currentImage(args.image, parent);
  const { rootVolume: volume = {} } = args;
  const tags = { ...args.tags };
  return new aws.ec2.LaunchTemplate(
    `${name}-launch-template`,
    {
      namePrefix: args.namePrefix,
      imageId: image.id,
      instanceType: args.instanceType,
      iamInstanceProfile: { arn: args.instanceProfileArn },
      keyName: args.keyPair,
      ...network(args),
      // Version 2 only, and one hop unless somebody asks for more: a request an app is tricked into, or a container's, gets no credentials.
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: args.imdsHopLimit ?? 1,
      },
      blockDeviceMappings: [
        {
          deviceName: image.rootDevice,
          ebs: {
            encrypted: "true",
            kmsKeyId: volume.kmsKey,
            volumeType: volume.type ?? "gp3",
            volumeSize: volume.size,
            iops: volume.iops,
            throughput: volume.throughput,
            deleteOnTermination: "true",
          },
        },
      ],
      userData: args.userData.apply((text) => Buffer.from(text).toString("base64")),
      tagSpecifications: [
        { resourceType: "instance", tags },
        { resourceType: "volume", tags },
        { resourceType: "network-interface", tags },
      ],
      tags,
    },
    { parent },
  );
}

type NetworkSettings = Pick<aws.ec2.LaunchTemplateArgs, "vpcSecurityGroupIds" | "networkInterfaces">;

/** EC2 takes security groups with the network interface where one is described, and by themselves where none is. */
function network({ publicAddress, securityGroupId }: LaunchTemplateArgs): NetworkSettings {
  if (!publicAddress) return { vpcSecurityGroupIds: [securityGroupId] };
  const securityGroups = [securityGroupId];
  return {
    networkInterfaces: [
      { deviceIndex: 0, associatePublicIpAddress: "true", deleteOnTermination: "true", securityGroups },
    ],
  };
}
