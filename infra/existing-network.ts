import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { routeTableOf } from "./route-tables";
import type { Tags } from "./tags";

/** What a stack makes in a network that is there, or beside it. */

export interface S3EndpointArgs {
  readonly vpcId: string;
  /** Where hosts live. */
  readonly subnetIds: readonly string[];
  readonly region: string;
  readonly tags: Tags;
}

/** Declares the endpoint of S3 that hosts reach the bucket through, in the route tables of their subnets. It costs nothing. */
export function s3Endpoint(name: string, args: S3EndpointArgs, parent: pulumi.Resource): aws.ec2.VpcEndpoint {
  const { vpcId, subnetIds, region, tags } = args;
  const tables = pulumi.output(Promise.all(subnetIds.map((id) => routeTableOf(vpcId, id))));
  return new aws.ec2.VpcEndpoint(
    `${name}-s3-endpoint`,
    {
      vpcId,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: tables.apply((ids) => [...new Set(ids.flatMap((id) => id ?? []))].sort()),
      tags,
    },
    { parent },
  );
}

/** The range of a subnet. */
export function rangeOf(id: string, parent: pulumi.Resource): pulumi.Output<string> {
  return aws.ec2.getSubnetOutput({ id }, { parent }).cidrBlock;
}

/** A range that nothing is ever in. */
const EMPTY = "192.168.255.240/28";

/** Route 53 begins a private zone in a VPC of its own account only: of hosts in another's, in an empty one, which costs nothing. */
export function homeOfNames(name: string, tags: Tags, parent: pulumi.Resource): aws.ec2.Vpc {
  return new aws.ec2.Vpc(
    `${name}-names-vpc`,
    { cidrBlock: EMPTY, enableDnsSupport: true, enableDnsHostnames: true, tags },
    { parent },
  );
}
