import type { Statement } from "../policy";
import type { HostPolicyValues } from "./host-policy";

/** Lets a host claim its group's volume and address, for instances of the group and for nothing else. */
export function attachmentStatements(values: HostPolicyValues): Statement[] {
  const { volumeArn, elasticIpArn } = values;
  return [
    ...(volumeArn === undefined ? [] : volumeStatements(values, volumeArn)),
    ...(elasticIpArn === undefined ? [] : addressStatements(values, elasticIpArn)),
  ];
}

/** AWS asks for the volume and for the instance. */
function volumeStatements(values: HostPolicyValues, volumeArn: string): Statement[] {
  const Action = ["ec2:AttachVolume", "ec2:DetachVolume"];
  return [
    { Sid: "ClaimVolume", Effect: "Allow", Action, Resource: volumeArn },
    { Sid: "ClaimItForTheGroup", Effect: "Allow", Action, ...ofTheGroup(values, "instance") },
    {
      // Takes no resource: AWS allows it for all volumes or none.
      Sid: "SeeWhereTheVolumeIs",
      Effect: "Allow",
      Action: "ec2:DescribeVolumes",
      Resource: "*",
    },
  ];
}

/** AWS asks for the address, the instance and its network interface. */
function addressStatements(values: HostPolicyValues, elasticIpArn: string): Statement[] {
  const Action = "ec2:AssociateAddress";
  return [
    { Sid: "ClaimAddress", Effect: "Allow", Action, Resource: elasticIpArn },
    { Sid: "ClaimAddressForTheGroup", Effect: "Allow", Action, ...ofTheGroup(values, "instance", "network-interface") },
  ];
}

function ofTheGroup(
  { partition, region, account, stack, group }: HostPolicyValues,
  ...kinds: readonly string[]
): Pick<Statement, "Resource" | "Condition"> {
  return {
    Resource: kinds.map((kind) => `arn:${partition}:ec2:${region}:${account}:${kind}/*`),
    Condition: { StringEquals: { "aws:ResourceTag/towline:stack": stack, "aws:ResourceTag/towline:group": group } },
  };
}
