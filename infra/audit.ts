import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LOG_PREFIX, type LogBucket } from "./log-bucket";
import { SETTINGS_FOLDER, trailName } from "./names";
import type { Network } from "./network";
import type { Repository } from "./repository";
import type { Tags } from "./tags";

export interface AuditArgs {
  readonly stack: string;
  readonly logs: LogBucket;
  readonly network: Network;
  readonly repository: Repository;
  readonly tags: Tags;
}

/** What an auditor reads afterwards: who asked the bucket for what, which hosts spoke with whom, who changed what hosts install. */
export class Audit extends pulumi.ComponentResource {
  constructor(name: string, args: AuditArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Audit", name, {}, options);
    const { logs, network, repository, tags } = args;
    const written = { parent: this, dependsOn: logs.ready };
    new aws.s3.BucketLogging(
      `${name}-bucket-logging`,
      { bucket: repository.bucket, targetBucket: logs.bucket, targetPrefix: LOG_PREFIX.bucket },
      written,
    );
    // Of a network that was there, whoever made it sees to it: what flows there is others' as well.
    if (!network.existing)
      new aws.ec2.FlowLog(
        `${name}-flow-log`,
        {
          vpcId: network.vpcId,
          trafficType: "ALL",
          logDestinationType: "s3",
          logDestination: pulumi.interpolate`${logs.arn}/${LOG_PREFIX.flows}`,
          // Minutes are enough to see who spoke with whom, and a tenth of the price.
          maxAggregationInterval: 600,
          tags,
        },
        written,
      );
    new aws.cloudtrail.Trail(
      `${name}-trail`,
      {
        name: trailName(args.stack),
        s3BucketName: logs.bucket,
        s3KeyPrefix: LOG_PREFIX.trail,
        enableLogFileValidation: true,
        includeGlobalServiceEvents: false,
        isMultiRegionTrail: false,
        advancedEventSelectors: [
          // Hosts read the indexes each minute: what matters is who writes them. Of settings it is also who reads them.
          selector("Changes of indexes", pulumi.interpolate`${repository.bucketArn}/dists/`, true),
          selector("Settings of apps", pulumi.interpolate`${repository.bucketArn}/${SETTINGS_FOLDER}/`, false),
        ],
        tags,
      },
      written,
    );
    this.registerOutputs({});
  }
}

function selector(
  name: string,
  prefix: pulumi.Input<string>,
  writes: boolean,
): aws.types.input.cloudtrail.TrailAdvancedEventSelector {
  return {
    name,
    fieldSelectors: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: ["AWS::S3::Object"] },
      { field: "resources.ARN", startsWiths: [prefix] },
      ...(writes ? [{ field: "readOnly", equals: ["false"] }] : []),
    ],
  };
}
