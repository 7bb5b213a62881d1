import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DescribeAddressesCommand } from "@aws-sdk/client-ec2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Job } from "../../infra/access/job-policy";
import type { StackConfig } from "../../infra/config";
import { type Declared, synthesize } from "../../infra/synth";
import { followAlarms } from "../answers/alarms";
import { answerAutoScaling, followAutoScaling } from "../answers/autoscaling";
import { BucketEvents } from "../answers/bucket-events";
import { BucketPolicies } from "../answers/bucket-policy";
import { Ec2 } from "../answers/ec2";
import { answerRefreshes } from "../answers/instance-refresh";
import { invoke } from "../answers/invokes";
import { LaunchTemplates } from "../answers/launch-templates";
import { answerLoadBalancing } from "../answers/load-balancing";
import { RunCommand } from "../answers/run-command";
import type { Activities } from "../fleet/activities";
import { Announcements } from "../fleet/announcements";
import { Fleet } from "../fleet/fleet";
import { HealthChecks } from "../fleet/health";
import { Refreshes } from "../fleet/refreshes";
import { GroupSettings } from "../fleet/settings";
import { TargetGroups } from "../fleet/target-groups";
import { Iam } from "../iam/iam";
import { Jobs } from "../iam/jobs";
import { roleSession } from "../iam/principal";
import { answerTokens } from "../iam/tokens";
import { createResource } from "../provision";
import type { Context } from "../provision/resource";
import { Addresses } from "./addresses";
import { Balancer } from "./balancer";
import type { Answer } from "./calls";
import { awsNames, type Certificate, serverCertificate } from "./certificates";
import { type Clients, makeClients } from "./clients";
import { Deliveries } from "./deliveries";
import { startDns } from "./dns";
import { EventBus } from "./events";
import { Fences } from "./fences";
import { makeFront } from "./front";
import { Functions } from "./functions";
import type { Backend, RoutingRule } from "./haproxy";
import { bootHost, type HostSpec } from "./host";
import { listen } from "./listen";
import { metadataService } from "./metadata";
import { startMoto } from "./moto";
import { Names } from "./names";
import { METADATA_ADDRESS, MOTO_URL, place } from "./place";
import type { Daemon } from "./shell";
import { makeSigningKeys } from "./signing-keys";
import { SlackStandIn, WEBHOOK_URL } from "./slack";
import { Topics } from "./topics";
import { Volumes } from "./volumes";

/** The project's folder. */
export const ROOT = join(__dirname, "..", "..");

/** A stack that stands in the region. */
export interface LocalStack {
  readonly config: StackConfig;
  readonly declared: readonly Declared[];
  /** The backend of its load balancer; undefined where it has none, or only rules at somebody else's. */
  readonly backend: Backend | undefined;
  /** The rules that lead to other backends before it. */
  readonly rules: readonly RoutingRule[];
}

/** The local region: everything that is AWS, Slack or hardware to the rest of towline. */
export class Region {
  private readonly byName = new Map<string, Clients>();

  readonly clients = (region: string): Clients => {
    const known = this.byName.get(region) ?? makeClients(region);
    this.byName.set(region, known);
    return known;
  };

  /** Who may do what. */
  readonly iam = new Iam();
  readonly slack = new SlackStandIn();
  readonly balancer = new Balancer();
  private readonly targetGroups = new TargetGroups(this.balancer);
  private readonly functions = new Functions(this.iam.keys, this.iam.services);
  private readonly deliveries = new Deliveries(this.clients, this.functions, this.iam.services);
  private readonly topics = new Topics(this.clients, this.deliveries, this.iam.services);
  private readonly bus = new EventBus();
  private readonly bucketEvents = new BucketEvents(this.bus);
  private readonly volumes = new Volumes();
  private readonly addresses = new Addresses();
  private readonly fences = new Fences(this.clients);
  private readonly ec2 = new Ec2(this.clients, this.volumes, this.addresses, this.fences);
  private readonly names: Names;
  private readonly activities: Activities;
  private readonly refreshes: Refreshes;
  private readonly health: HealthChecks;
  readonly fleet: Fleet;

  private readonly jobs: Jobs;

  private constructor(resolver: Daemon, configs: readonly StackConfig[]) {
    this.jobs = new Jobs(this.iam.keys, this.iam.policies, configs);
    this.names = new Names(() => resolver.kill("SIGHUP"));
    const settings = new GroupSettings();
    const announcements = new Announcements(this.topics, this.bus, settings);
    const boot = async (spec: HostSpec) => {
      await this.fences.enclose(spec);
      return bootHost(spec);
    };
    this.fleet = new Fleet(this.clients, this.targetGroups, settings, announcements, this.ec2, boot);
    this.activities = announcements.activities;
    this.health = new HealthChecks(this.fleet, this.targetGroups, this.clients);
    this.refreshes = new Refreshes(this.fleet, this.clients, announcements);
  }

  /** Starts the region's services for the given stacks. */
  static async start(configs: readonly StackConfig[], slackPort: number): Promise<Region> {
    await makeSigningKeys();
    const region = new Region(await startDns(configs.map(({ registry }) => registry.namespace)), configs);
    const regions = [...new Set(configs.map((config) => config.region))];
    await listen(region.slack.server, slackPort, place.serviceAddress());
    const certificate = await serverCertificate([...awsNames(regions), "hooks.slack.com"]);
    await Promise.all([startMoto(), region.startFront(certificate)]);
    const metadata = metadataService(region.iam.keys, (address) => region.fleet.atAddress(address));
    await listen(metadata, 80, METADATA_ADDRESS);
    void region.health.watch();
    await writeFile(place.file("operator.env"), environmentFile(region.operator()), { mode: 0o600 });
    return region;
  }

  /**
   * What a shell holds: credentials, trust in the region's certificates, the signing key's place.
   * @param who does what for which stack; without it, the person in front of the region, who has all jobs
   */
  operator(who?: { readonly job: Job; readonly stack: string }): Record<string, string> {
    const { accessKeyId, secretAccessKey, sessionToken } = who ? this.jobs.of(who.stack, who.job) : this.jobs.all();
    return {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      NODE_EXTRA_CA_CERTS: place.file("ca.pem"),
      TOWLINE_SIGNING_KEY_FILE: place.file("signing.key"),
      XDG_STATE_HOME: place.file("state"),
    };
  }

  /** Runs the stack's program and creates everything it declares. @throws Error naming the first resource that fails. */
  async create(config: StackConfig): Promise<LocalStack> {
    const clients = this.clients(config.region);
    const { addresses, bucketEvents, bus, deliveries, functions, names, targetGroups, volumes } = this;
    const stores = { addresses, bucketEvents, bus, deliveries, functions, names, targetGroups, volumes };
    const ssmAs = async (roleArn: string) => {
      if (!(await this.iam.services.assumes("events", roleArn)))
        throw new Error(`EventBridge may not act in the role ${roleArn} (see iam.log)`);
      return new SSMClient({ region: config.region, credentials: this.iam.keys.of(roleSession(roleArn, "events")) });
    };
    const context: Context = { clients, ...stores, ssmAs, listeners: [], rules: [] };
    const parameter = { Name: config.slack.webhookParameter, Value: WEBHOOK_URL, Type: "SecureString" as const };
    await clients.ssm.send(new PutParameterCommand(parameter));
    const declared = await synthesize(config.stack, {
      cloud: {
        create: async ({ type, name, inputs }) => {
          const { id, state } = await createResource(context, type, name, inputs);
          return { id, state: { ...inputs, ...state } };
        },
        invoke: ({ token, args }) => invoke(clients, token, args),
      },
    });
    const arn = context.listeners[0]?.targetGroupArn;
    const backend = arn === undefined ? undefined : targetGroups.get(arn).backend;
    const rules = context.rules.map(({ targetGroupArn, ...rule }) => ({
      ...rule,
      backend: targetGroups.get(targetGroupArn).backend,
    }));
    return { config, declared, backend, rules };
  }

  /** The elastic IP of an instance. @throws Error when it has none. */
  async elasticAddress({ id, region }: HostSpec): Promise<string> {
    const Filters = [{ Name: "instance-id", Values: [id] }];
    const found = await this.clients(region).ec2.send(new DescribeAddressesCommand({ Filters }));
    const address = found.Addresses?.[0]?.PublicIp;
    if (address === undefined) throw new Error(`${id} has no elastic IP`);
    return address;
  }

  private async startFront(certificate: Certificate): Promise<void> {
    const commands = new RunCommand(this.fleet);
    const policies = new BucketPolicies((arn, policy) => this.iam.policies.putOn(arn, policy));
    const launchTemplates = new LaunchTemplates(this.clients);
    const autoScaling: Answer = async (call) =>
      answerRefreshes(this.refreshes, this.activities, call) ??
      answerAutoScaling(this.fleet, this.topics, this.clients(call.region), call);
    const front = makeFront({
      certificate,
      moto: MOTO_URL,
      site: (incoming) => {
        if (incoming.headers.host === "hooks.slack.com") return this.slack.webhook;
        return BucketPolicies.concerns(incoming) ? policies.site : undefined;
      },
      gate: this.iam.gate(this.fleet),
      answers: {
        autoscaling: autoScaling,
        ec2: async (call) => (await launchTemplates.answer(call)) ?? this.ec2.answer(this.fleet, call),
        elasticloadbalancing: (call) => answerLoadBalancing(this.targetGroups, this.fleet, call),
        ssm: (call) => commands.answer(call),
        sts: async (call, caller) => answerTokens(this.iam.keys, caller, call),
      },
      afterwards: {
        autoscaling: (call, reply) => followAutoScaling(this.fleet, this.health, call, reply),
        monitoring: (call, reply) => followAlarms(this.bus, this.clients(call.region), call, reply),
        ec2: async (call, reply) =>
          this.ec2.follow(this.fleet, call, launchTemplates.follow(call, await this.iam.follow(call, reply))),
        iam: this.iam.follow,
        kms: this.iam.follow,
        lambda: this.iam.follow,
        sqs: this.iam.follow,
        ssm: this.iam.follow,
        servicediscovery: this.names.afterwards,
        sns: async (call, reply) => this.topics.afterwards(call, await this.iam.follow(call, reply)),
      },
      streamed: (incoming) => this.bucketEvents.follow(incoming),
    });
    await listen(front, 443, place.serviceAddress());
  }
}

function environmentFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}='${value}'\n`)
    .join("");
}
