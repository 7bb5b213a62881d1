import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { HttpConfig } from "./config";
import type { Tags } from "./tags";

export interface TargetGroupArgs {
  /** Physical name, at most 32 characters. */
  readonly name: string;
  readonly vpcId: pulumi.Input<string>;
  readonly http: HttpConfig;
  readonly tags: Tags;
}

/** The instances of a group as the load balancer sees them. */
export class TargetGroup extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** How CloudWatch calls it. */
  readonly arnSuffix: pulumi.Output<string>;

  constructor(name: string, args: TargetGroupArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:TargetGroup", name, {}, options);
    const targets = new aws.lb.TargetGroup(
      `${name}-targets`,
      {
        name: args.name,
        port: args.http.port,
        protocol: "HTTP",
        targetType: "instance",
        vpcId: args.vpcId,
        deregistrationDelay: args.http.deregistrationDelay,
        // The shortest interval: an instance that comes back from an upgrade takes traffic within ten seconds.
        healthCheck: {
          protocol: "HTTP",
          path: args.http.healthPath,
          matcher: "200",
          interval: 5,
          timeout: 4,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
        tags: args.tags,
      },
      { parent: this },
    );
    this.arn = targets.arn;
    this.arnSuffix = targets.arnSuffix;
    this.registerOutputs({ arn: this.arn });
  }
}
