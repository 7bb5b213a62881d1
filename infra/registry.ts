import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { acceptFromRules, callOnEvents } from "./event-rule";
import { type FunctionSettings, type StackFunction, stackFunction } from "./function";
import { resourceName, stackPrefix } from "./names";
import type { Statement } from "./policy";
import type { Tags } from "./tags";

/** Seconds a resolver may keep an address: hosts come and go. */
const TTL = 5;

export interface RegistryArgs extends FunctionSettings {
  /** Physical name of the function, of its role and of the rule. */
  readonly name: string;
  readonly stack: string;
  readonly region: string;
  readonly account: Account;
  /** Private DNS domain of the stack. */
  readonly namespace: string;
  /** VPC of the stack's account that the names begin in. */
  readonly vpcId: pulumi.Output<string>;
  /** Another account's VPC, which that account may let ask for the names. @default none */
  readonly askedFrom?: pulumi.Output<string> | undefined;
  /** Names of the groups that get a name in it. */
  readonly groups: readonly string[];
  /** The namespace's and each group's tags. */
  readonly tags: Tags;
}

/**
 * The names of a stack: a private DNS domain with a name for each group, whose addresses a function keeps to what Auto Scaling says.
 * No host registers itself, so none can be forgotten when it dies.
 */
export class Registry extends pulumi.ComponentResource {
  /** Physical name of the function. */
  readonly functionName: pulumi.Output<string>;
  /** Zone that Route 53 has of the names. */
  readonly zoneId: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Registry", name, {}, options);
    const { tags } = args;
    const namespace = new aws.servicediscovery.PrivateDnsNamespace(
      `${name}-namespace`,
      { name: args.namespace, vpc: args.vpcId, description: `Groups of the stack ${args.stack}`, tags },
      { parent: this },
    );
    this.zoneId = namespace.hostedZone;
    if (args.askedFrom !== undefined) {
      const authorization = { zoneId: this.zoneId, vpcId: args.askedFrom };
      new aws.route53.VpcAssociationAuthorization(`${name}-association`, authorization, { parent: this });
    }
    const services = args.groups.map((group) => ({
      fleet: resourceName(args.stack, group),
      service: this.serviceOf(name, group, namespace, tags),
    }));
    const called = stackFunction(
      name,
      {
        ...args,
        description: "Keeps the names of the stack's groups to the hosts that serve",
        memorySize: 256,
        variables: {
          TOWLINE_SERVICES: pulumi
            .all(services.map(({ fleet, service }) => service.id.apply((id) => [fleet, id])))
            .apply((entries) => JSON.stringify(Object.fromEntries(entries))),
        },
        statements: pulumi
          .all([
            pulumi.all(services.map(({ service }) => service.arn)),
            pulumi.interpolate`arn:${args.account.partition}:route53:::hostedzone/${namespace.hostedZone}`,
          ])
          .apply(([arns, zoneArn]) => registryStatements(arns, zoneArn)),
      },
      this,
    );
    this.listen(name, args, called);
    this.functionName = called.function.name;
    this.registerOutputs({ functionName: this.functionName });
  }

  private serviceOf(
    name: string,
    group: string,
    namespace: aws.servicediscovery.PrivateDnsNamespace,
    tags: Tags,
  ): aws.servicediscovery.Service {
    return new aws.servicediscovery.Service(
      `${name}-${group}`,
      {
        name: group,
        // A group that is removed takes its name along, whoever is still found by it.
        forceDestroy: true,
        dnsConfig: {
          namespaceId: namespace.id,
          // All addresses in one answer, up to eight.
          routingPolicy: "MULTIVALUE",
          dnsRecords: [{ type: "A", ttl: TTL }],
        },
        tags: { ...tags, "towline:group": group },
      },
      { parent: this },
    );
  }

  /** What EventBridge tells the function, and what becomes of an event that it could not hand over. */
  private listen(name: string, args: RegistryArgs, called: StackFunction): void {
    const rules = {
      scaling: { description: "Hosts come and go", on: { pattern: scalingEvents(args) } },
      spot: { description: "Spot hosts are taken away", on: { pattern: SPOT_EVENTS } },
    };
    for (const [key, rule] of Object.entries(rules)) {
      callOnEvents(`${name}-${key}`, { name: `${args.name}-${key}`, ...rule, called, tags: args.tags }, this);
    }
    acceptFromRules(name, args, called, this);
  }
}

/** By the first part of their names, which no other stack's groups have: a stack's name holds no hyphen. */
function scalingEvents({ stack }: RegistryArgs) {
  return {
    source: ["aws.autoscaling"],
    "detail-type": [
      "EC2 Instance Launch Successful",
      "EC2 Instance-terminate Lifecycle Action",
      "EC2 Instance Terminate Successful",
    ],
    detail: { AutoScalingGroupName: [{ prefix: stackPrefix(stack) }] },
  };
}

/** The event names the instance alone. */
const SPOT_EVENTS = {
  source: ["aws.ec2"],
  "detail-type": ["EC2 Spot Instance Interruption Warning"],
};

/** What the function may do: see who serves, and change the stack's names, in Cloud Map and in the zone that it writes for us. */
function registryStatements(services: readonly string[], zoneArn: string): Statement[] {
  return [
    {
      // None of them takes a resource.
      Sid: "SeeWhoServes",
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "ec2:DescribeInstances",
      ],
      Resource: "*",
    },
    {
      Sid: "SeeWhatIsRegistered",
      Effect: "Allow",
      Action: "servicediscovery:ListInstances",
      Resource: "*",
      Condition: { StringEquals: { "servicediscovery:ServiceArn": services } },
    },
    {
      Sid: "Register",
      Effect: "Allow",
      Action: ["servicediscovery:RegisterInstance", "servicediscovery:DeregisterInstance"],
      Resource: services,
    },
    {
      Sid: "WriteTheZone",
      Effect: "Allow",
      Action: ["route53:ChangeResourceRecordSets", "route53:GetHostedZone"],
      Resource: zoneArn,
    },
    {
      // Takes no resource.
      Sid: "FindTheZone",
      Effect: "Allow",
      Action: "route53:ListHostedZonesByName",
      Resource: "*",
    },
  ];
}
