import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import type { StackConfig } from "../../infra/config";
import { type Declared, synthesize } from "../../infra/synth";
import { answerAutoScaling, followAutoScaling } from "../answers/autoscaling";
import { BucketPolicies } from "../answers/bucket-policy";
import { invoke } from "../answers/invokes";
import { answerLoadBalancing } from "../answers/load-balancing";
import { RunCommand } from "../answers/run-command";
import { Fleet } from "../fleet/fleet";
import { TargetGroups } from "../fleet/target-groups";
import { createResource } from "../provision";
import type { Context } from "../provision/resource";
import { Balancer } from "./balancer";
import type { Answer } from "./calls";
import { awsNames, type Certificate, serverCertificate } from "./certificates";
import { type Clients, makeClients, OPERATOR } from "./clients";
import { startDns } from "./dns";
import { makeFront } from "./front";
import { Functions } from "./functions";
import type { Backend } from "./haproxy";
import { listen } from "./listen";
import { metadataService } from "./metadata";
import { startMoto } from "./moto";
import { METADATA_ADDRESS, MOTO_URL, place } from "./place";
import { run } from "./shell";
import { SlackStandIn, WEBHOOK_URL } from "./slack";
import { Topics } from "./topics";

/** The project's folder. */
export const ROOT = join(__dirname, "..", "..");

/** A stack that stands in the region. */
export interface LocalStack {
  readonly config: StackConfig;
  readonly declared: readonly Declared[];
  /** The backend of its load balancer; undefined where it has none. */
  readonly backend: Backend | undefined;
}

/** The local region: everything that is AWS, Slack or hardware to the rest of towline. */
export class Region {
  private readonly byName = new Map<string, Clients>();

  readonly clients = (region: string): Clients => {
    const known = this.byName.get(region) ?? makeClients(region);
    this.byName.set(region, known);
    return known;
  };

  readonly slack = new SlackStandIn();
  readonly balancer = new Balancer();
  private readonly targetGroups = new TargetGroups(this.balancer);
  private readonly functions = new Functions(this.clients);
  private readonly topics = new Topics(this.clients, this.functions);
  readonly fleet = new Fleet(this.clients, this.targetGroups, this.topics);

  private constructor() {}

  /** Starts the region's services for stacks in the given AWS regions. */
  static async start(regions: readonly string[], slackPort: number): Promise<Region> {
    await makeSigningKey();
    await startDns();
    const region = new Region();
    await listen(region.slack.server, slackPort, place.serviceAddress());
    const certificate = await serverCertificate([...awsNames(regions), "hooks.slack.com"]);
    await Promise.all([startMoto(), region.startFront(certificate)]);
    const metadata = metadataService(region.clients, (address) => region.fleet.atAddress(address));
    await listen(metadata, 80, METADATA_ADDRESS);
    await writeFile(place.file("operator.env"), environmentFile(region.operator()), { mode: 0o600 });
    return region;
  }

  /** What an operator's shell holds: credentials, trust in the region's certificates, the signing key's place. */
  operator(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: OPERATOR.accessKeyId,
      AWS_SECRET_ACCESS_KEY: OPERATOR.secretAccessKey,
      NODE_EXTRA_CA_CERTS: place.file("ca.pem"),
      TOWLINE_SIGNING_KEY_FILE: place.file("signing.key"),
      XDG_STATE_HOME: place.file("state"),
    };
  }

  /** Runs the stack's program and creates everything it declares. @throws Error naming the first resource that fails. */
  async create(config: StackConfig): Promise<LocalStack> {
    const clients = this.clients(config.region);
    const { functions, targetGroups } = this;
    const context: Context = { clients, functions, targetGroups, listeners: [] };
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
    return { config, declared, backend: arn === undefined ? undefined : targetGroups.get(arn).backend };
  }

  private async startFront(certificate: Certificate): Promise<void> {
    const commands = new RunCommand(this.fleet);
    const policies = new BucketPolicies();
    const autoScaling: Answer = (call) => answerAutoScaling(this.fleet, this.topics, this.clients(call.region), call);
    const front = makeFront({
      certificate,
      moto: MOTO_URL,
      site: (incoming) => {
        if (incoming.headers.host === "hooks.slack.com") return this.slack.webhook;
        return BucketPolicies.concerns(incoming) ? policies.site : undefined;
      },
      answers: {
        autoscaling: autoScaling,
        elasticloadbalancing: (call) => answerLoadBalancing(this.targetGroups, this.fleet, call),
        ssm: (call) => commands.answer(call),
      },
      afterwards: {
        autoscaling: (call, reply) => followAutoScaling(this.fleet, call, reply),
        sns: (call, reply) => this.topics.afterwards(call, reply),
      },
    });
    await listen(front, 443, place.serviceAddress());
  }
}

function environmentFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}='${value}'\n`)
    .join("");
}

/**
 * A key for this run alone. Its public half appears as every stack's `keys/<stack>.asc`, by a mount that only the region's own
 * processes see, so that the stacks' configuration is used as it stands.
 */
async function makeSigningKey(): Promise<void> {
  const home = place.file("gnupg");
  await mkdir(home, { mode: 0o700 });
  const gpg = (...args: string[]) => run("gpg", ["--batch", "--homedir", home, ...args]);
  await gpg("--passphrase", "", "--quick-generate-key", "towline local region", "ed25519", "sign", "never");
  await writeFile(place.file("signing.key"), await gpg("--armor", "--export-secret-keys"), { mode: 0o600 });
  await mkdir(place.file("keys"));
  const publicKey = await gpg("--armor", "--export");
  for (const stack of ["staging", "prod"]) await writeFile(place.file("keys", `${stack}.asc`), publicKey);
  await run("gpgconf", ["--homedir", home, "--kill", "all"]);
  await run("mount", ["--bind", place.file("keys"), join(ROOT, "keys")]);
}
