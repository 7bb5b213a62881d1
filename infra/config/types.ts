import type { AnyStatement } from "../access/evaluation/document";
import type { AccessConfig, ElasticIpConfig, RefreshConfig, VolumeConfig, WarmPoolConfig } from "./attachment-types";
import type { RolloutConfig } from "./rollout";

/** Everything one stack is configured with, checked and complete. */
export interface StackConfig {
  /** Name of the stack, which is the name of the environment. */
  readonly stack: string;
  /** AWS region the stack lives in. */
  readonly region: string;
  /** The stack's apt repository. */
  readonly repository: RepositoryConfig;
  /**
   * Armored public key the repository is signed with, as a path from the project's root.
   * @default keys/<stack>.asc
   */
  readonly signingKey: string;
  /** Where the notifier finds Slack. */
  readonly slack: SlackConfig;
  /** The commands in Slack that start Jenkins' jobs; absent where there are none. */
  readonly slackCommand?: SlackCommandConfig;
  /** How the load balancer is reached. */
  readonly loadBalancer: LoadBalancerConfig;
  /** Who publishes in a role of the stack's own, and what beside the groups' packages; absent where nobody does, and nothing. */
  readonly publisher?: PublisherConfig;
  /** What signs the channels of branch builds, and who publishes to them; absent where the stack's own key does. */
  readonly channels?: ChannelsConfig;
  /** What keeps the stack's parts from being deleted, and who stands before it; absent where nothing does. */
  readonly protect?: ProtectConfig;
  /** What is written down of who did what; absent where nothing is beside what AWS writes by itself. */
  readonly audit?: AuditConfig;
  /** What all roles of the stack have in common; absent where that is nothing. */
  readonly roles?: RolesConfig;
  /** The stack's network. */
  readonly network: NetworkConfig;
  /** Where groups find each other. */
  readonly registry: RegistryConfig;
  /** The groups of instances by name, with what they inherit from `__base__`. */
  readonly groups: Readonly<Record<string, GroupConfig>>;
}

export interface RepositoryConfig {
  /** Name of the S3 bucket, unique in all of AWS. */
  readonly bucket: string;
  /** Suite of the apt repository. @default stable */
  readonly suite: string;
  /** Component of the apt repository. @default main */
  readonly component: string;
  /** Debian's name of the architecture that packages are of, and, unless a group says otherwise, the instances. @default amd64 */
  readonly architecture: Architecture;
  /** Versions of each package that stay in the repository. @default 10 */
  readonly keep: number;
  /** Days for which hosts believe a signed index. @default 14 */
  readonly validDays: number;
}

export type Architecture = "amd64" | "arm64";

export interface SlackConfig {
  /**
   * Name of the SSM SecureString that holds the webhook's URL, or ARN of such a Secrets Manager secret.
   * @default /towline/<stack>/slack-webhook
   */
  readonly webhookParameter: string;
  /** The same for a bot's token, with which messages of one scale event or deploy become a thread. @default no bot */
  readonly botTokenParameter?: string;
  /** ID of the channel the bot posts to. */
  readonly channel?: string;
  /** Whom messages call that need a person: `here`, `channel`, or the ID of a user group or user. @default nobody */
  readonly mention?: string;
  /** Addresses that messages may lead to, beside AWS's consoles and Jenkins' of the Slack commands. @default none */
  readonly links: readonly string[];
  /** Hours of the day in which nobody is called: `22:00-07:00 Europe/Berlin`. @default none */
  readonly quietHours?: string;
  /** Messages below it are not posted. @default info */
  readonly minimumSeverity?: "info" | "good" | "warning" | "danger";
}

export interface SlackCommandConfig {
  /** Secret that Slack signs its requests with. @default /towline/<stack>/slack-signing-secret */
  readonly signingSecretParameter: string;
  /** Stack whose releases `/promote` promotes to this one. @default staging */
  readonly promoteFrom: string;
  readonly jenkins: {
    readonly url: string;
    /** Secret that holds `user:token`, a Jenkins user's API token. @default /towline/<stack>/jenkins-credentials */
    readonly credentialsParameter: string;
    /** @default promote */
    readonly promoteJob: string;
    /** @default rollback */
    readonly rollbackJob: string;
  };
  /** Who may give the commands. */
  readonly allow: {
    /** IDs of Slack users. @default none */
    readonly users: readonly string[];
    /** ID of a Slack user group; its members are read with `slack/botTokenParameter`. */
    readonly userGroup?: string;
  };
}

/** A network that towline makes, or one that is there. */
export type NetworkConfig = OwnNetworkConfig | ExistingNetworkConfig;

export interface OwnNetworkConfig {
  /** IPv4 range of the VPC. @default 10.0.0.0/16 */
  readonly cidr: string;
  /** Number of availability zones. @default 2 */
  readonly zones: number;
  /** One NAT gateway for all zones, or one for each. @default single */
  readonly natGateways: "single" | "perZone";
  /** That there are none of these: hosts have public addresses then, on which nothing is open. */
  readonly nat?: "none" | undefined;
  readonly vpcId?: undefined;
}

export interface ExistingNetworkConfig {
  readonly vpcId: string;
  /** Account that shares the VPC with the stack's. @default the stack's own */
  readonly ownerId?: string | undefined;
  /** Of load balancers and of hosts with addresses. */
  readonly publicSubnetIds: readonly string[];
  /** Of hosts; none where these live in the public ones. */
  readonly privateSubnetIds: readonly string[];
  /** Gateway endpoint of S3 in the route tables of hosts. @default towline makes one, or its owner in a shared VPC */
  readonly s3EndpointId?: string | undefined;
  /** That hosts live in the public subnets, with addresses, on which nothing is open. */
  readonly nat?: "none" | undefined;
}

export interface RolesConfig {
  /** Path of the roles and instance profiles in IAM. @default / */
  readonly path?: string;
  /** ARN of the managed policy that bounds what they may do, whatever their own policies say. @default none */
  readonly boundary?: string;
}

export interface RegistryConfig {
  /** Private DNS domain with a name for each group. @default <stack>.internal */
  readonly namespace: string;
}

export interface LoadBalancerConfig {
  /** Listener of somebody else's application load balancer, to which the groups' rules are added. @default the stack has a load balancer of its own */
  readonly listenerArn?: string;
  /** That it has no public address, and is in the private subnets. @default it is for the world */
  readonly internal?: true;
  /** IPv4 ranges that may connect. @default the world, or, to an internal one, the network */
  readonly from?: readonly string[];
  /** Certificate in ACM, with which it speaks HTTPS and sends those who speak HTTP there. @default HTTP only */
  readonly certificateArn?: string;
  /** Name that clients know it by, for which the stack has a certificate and a record. @default AWS's name */
  readonly domain?: string;
  /** Public zone of Route 53 that `domain` is in, by its name or its ID. */
  readonly zone?: string;
  /** That HTTP alone is meant: nobody is warned of it. */
  readonly httpOnly?: true;
}

export interface ProtectConfig {
  /** Days for which nobody deletes a package that was published, in the bucket's own history either. @default 30 */
  readonly releaseDays: number;
  /** Web ACL of AWS WAF that stands before the load balancer. @default none */
  readonly webAclArn?: string;
}

export interface AuditConfig {
  /** Days that logs are kept. @default 365 */
  readonly logDays: number;
}

export interface PublisherConfig {
  /** ARNs of the roles, users or accounts that may assume the role, such as Jenkins'. @default no role */
  readonly trustedArns?: readonly string[];
  /** What may be published beside what groups run and towline's own: names, with `*` at the end all that begin so. @default nothing */
  readonly packages: readonly string[];
  /** Bucket of the stack that releases are promoted from to this one. @default none is read */
  readonly promoteFromBucket?: string;
}

export interface ChannelsConfig {
  /**
   * Armored public key that channels are signed with, as a path from the project's root. No host trusts it for the main suite.
   * @default keys/<stack>-channels.asc
   */
  readonly signingKey: string;
  /** ARNs of the roles, users or accounts that may assume the role that publishes to channels alone. @default no role */
  readonly trustedArns?: readonly string[];
}

/** One group of instances: an Auto Scaling group and what its instances run. */
export interface GroupConfig {
  /** Debian packages from the stack's repository, without the agent, which every instance gets. */
  readonly packages: readonly string[];
  /** Processes to run, by package. @default web=1 for each package */
  readonly processes: Readonly<Record<string, ProcessCounts>>;
  /** Debian's name of the hosts' architecture; of another than the repository's they run packages of none alone. @default the repository's */
  readonly architecture: Architecture;
  /** EC2 instance type. @default t3.small, or t4g.small on arm64 */
  readonly instanceType: string;
  /** Types that do as well where that one is not to be had, the preferred first. @default none */
  readonly alternativeTypes: readonly string[];
  /** How much of the group is spot instances; absent for a group without. */
  readonly spot?: SpotConfig;
  /** What a host must have, whatever its type: of two answers, this one holds. Absent where types are named. */
  readonly instanceTypes?: InstanceRequirements;
  /** The volume an instance boots from. @default a gp3 of the image's own size */
  readonly rootVolume?: RootVolumeConfig;
  /** Days after which Auto Scaling replaces a host. @default never */
  readonly maxInstanceLifetime?: number;
  /** How many hosts are there while Auto Scaling replaces some of its own accord. @default Auto Scaling's way */
  readonly maintenance?: { readonly minHealthy: number; readonly maxHealthy: number };
  /** Which host goes first where there are too many. @default Auto Scaling's way */
  readonly terminationPolicies?: readonly string[];
  /** Hops that an answer of the metadata service goes. @default 1 */
  readonly imdsHopLimit?: number;
  /** A script that a new host runs after towline's own, as a path from the project's root. @default none */
  readonly userData?: string;
  /** SSM parameter that names the AMI. @default Debian 13 of the group's architecture */
  readonly image: string;
  /** Channel whose builds the instances prefer to the main ones; absent for a group that follows none. */
  readonly channel?: string;
  /** Bounds of the number of instances. */
  readonly size: SizeConfig;
  /** What the load balancer needs to know; absent for a group that serves no HTTP. */
  readonly http?: HttpConfig;
  readonly health: {
    /** Seconds a version may take to become healthy. @default 60 */
    readonly timeout: number;
  };
  /** What the group scales on; absent for a group that keeps its size. */
  readonly scaling?: ScalingConfig;
  /** Groups whose names have to resolve before a host boots. @default none */
  readonly uses: readonly string[];
  /**
   * Ports that hosts of the groups which use this one may connect to, beside that of `http`.
   * @default none beside `http`; without it, those from 1024 up
   */
  readonly ports: readonly number[];
  /** The address of a group of one host without load balancer; absent for any other. */
  readonly elasticIp?: ElasticIpConfig;
  /** A disk that outlives the group's one host; absent where there is none. */
  readonly volume?: VolumeConfig;
  /** Who else may connect, and to which ports. @default nobody */
  readonly allowFrom?: readonly AllowanceConfig[];
  /** Whereto hosts may connect beside packages, AWS and the groups that this one uses. @default anywhere */
  readonly allowTo?: readonly AllowanceConfig[];
  /** Who may connect by SSH; absent where nobody may. */
  readonly access?: AccessConfig;
  /** ARNs of managed policies, and statements: what hosts may do beside what towline gives them. @default nothing */
  readonly policies?: readonly (string | StatementConfig)[];
  /** Hosts that wait stopped; absent where none do. */
  readonly warmPool?: WarmPoolConfig;
  /** How the group's hosts are replaced. */
  readonly refresh: RefreshConfig;
  /** How the group's hosts take releases. */
  readonly rollout: RolloutConfig;
  /** Tags for the group's instances and volumes, beside towline's own. @default none */
  readonly tags: Readonly<Record<string, string>>;
}

/** Ports, and who is at the other end. */
export interface AllowanceConfig {
  readonly ports: readonly (number | { readonly from: number; readonly to: number })[];
  /** Ranges of IPv4 and IPv6. @default none */
  readonly ranges: readonly string[];
  /** IDs of security groups, `<account>/` before those of other accounts. @default none */
  readonly securityGroups: readonly string[];
  /** @default tcp */
  readonly protocol: "tcp" | "udp";
}

export interface RootVolumeConfig {
  /** GiB. @default the image's own */
  readonly size?: number;
  /** @default gp3 */
  readonly type?: "gp2" | "gp3" | "io1" | "io2";
  /** Operations a second. @default the type's own */
  readonly iops?: number;
  /** MiB a second. @default the type's own */
  readonly throughput?: number;
  /** ARN of the key it is encrypted with. @default the account's default key */
  readonly kmsKey?: string;
}

/** Ranges of what a host has: GiB of memory. */
export interface InstanceRequirements {
  readonly vcpu: { readonly min: number; readonly max?: number };
  readonly memory: { readonly min: number; readonly max?: number };
}

/** A statement as IAM itself writes it. */
export interface StatementConfig extends AnyStatement {
  /** @default Allow */
  readonly Effect: "Allow" | "Deny";
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Number of instances of each process type of a package. */
export type ProcessCounts = Readonly<Record<string, number>>;

export interface SizeConfig {
  /** Fewest instances. */
  readonly min: number;
  /** Most instances. */
  readonly max: number;
}

export interface HttpConfig {
  /** Port the instances listen on. */
  readonly port: number;
  /** Path that answers 200 while an instance can serve. @default /health */
  readonly healthPath: string;
  /** Seconds an instance that leaves the load balancer may take to finish its requests. @default 30 */
  readonly deregistrationDelay: number;
  /** Names of hosts whose requests come here, `*` and `?` standing for any letters. @default all */
  readonly hosts: readonly string[];
  /** Paths whose requests come here, in the same way. @default all */
  readonly paths: readonly string[];
  /** When a group with hosts or paths is considered: the lowest number first. @default what says more first; undefined for a group without */
  readonly priority?: number;
}

export interface SpotConfig {
  /** Share of spot instances among those beyond `onDemand`, in percent. */
  readonly percent: number;
  /** Instances that are never spot instances. @default 0 */
  readonly onDemand: number;
}

/** What a group's number of instances follows, within its size. */
export interface ScalingConfig {
  /** Average CPU use to hold, in percent. */
  readonly cpu?: number;
  /** Requests a minute to hold for each instance behind the load balancer. */
  readonly requestsPerTarget?: number;
  /** Instances that come and go with metrics of CloudWatch, by name. @default none */
  readonly steps: Readonly<Record<string, StepScalingConfig>>;
  /** Sizes that begin at times, by name; each lasts until another begins. @default none */
  readonly schedule: Readonly<Record<string, ScheduleConfig>>;
}

export interface StepScalingConfig {
  readonly namespace: string;
  readonly metric: string;
  /** @default none */
  readonly dimensions: Readonly<Record<string, string>>;
  /** @default Average */
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum" | "SampleCount";
  /** Seconds that one value of the metric stands for. @default 60 */
  readonly period: number;
  /** Values in a row that have to say the same. @default 3 */
  readonly periods: number;
  /** Instances to add from a value on. @default none */
  readonly up: readonly StepConfig[];
  /** Instances to remove from a value down. @default none */
  readonly down: readonly StepConfig[];
}

export interface StepConfig {
  /** The metric's value. */
  readonly at: number;
  /** Number of instances. */
  readonly by: number;
}

export interface ScheduleConfig extends SizeConfig {
  /** When it begins: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** Time zone of `cron`. @default Etc/UTC */
  readonly timeZone: string;
}
