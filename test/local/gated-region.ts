import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { Agent } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Declared } from "../../infra/synth";
import type { Facts, Needed } from "../../local/iam/authorization";
import { Decisions } from "../../local/iam/decisions";
import { Gate } from "../../local/iam/gate";
import { Keys } from "../../local/iam/keys";
import { Policies } from "../../local/iam/policies";
import type { Principal } from "../../local/iam/principal";
import { Resources, rememberedFacts } from "../../local/iam/resources";
import { makeFront } from "../../local/region/front";
import { listen } from "../../local/region/listen";
import { all } from "../infra/stack-of";
import { certificateFor } from "./certificate";

/** SQS says what it took, which the SDK compares; other services' answers may hold what they like. */
const SENT = JSON.stringify({ MD5OfMessageBody: createHash("md5").update("{}").digest("hex") });

/** What the gate is told of an instance in a test: its tags, its group, and where it is. */
export interface TestInstance {
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The front and the gate over policies of a synthesised stack, and a moto that has all and does all that it is asked. */
export class GatedRegion {
  readonly keys = new Keys();
  readonly policies = new Policies();
  readonly resources = new Resources();
  readonly refused: string[] = [];
  /** What reached moto. */
  readonly carriedOut: string[] = [];
  /** What the gate had decided, in order. */
  readonly asked: { readonly needed: Needed; readonly circumstances: Readonly<Record<string, string>> }[] = [];
  readonly decisions = new Decisions(this.policies);
  /** The VPC that requests come from. */
  vpc: string | undefined;
  /** Keys of objects that are not there. */
  readonly missing = new Set<string>();
  /** Headers of moto's answers by the key of the object. */
  readonly headers = new Map<string, Record<string, string>>();
  readonly folder: string;

  private constructor(
    private readonly ca: Buffer,
    folder: string,
    private readonly servers: Server[],
  ) {
    this.folder = folder;
  }

  static async start(region: string, instances: Readonly<Record<string, TestInstance>> = {}): Promise<GatedRegion> {
    const { ca, certificate, folder } = await certificateFor(region);
    const made = new GatedRegion(ca, folder, []);
    const moto = createServer(async (incoming, outgoing) => {
      incoming.resume();
      await once(incoming, "end");
      const key = decodeURIComponent((incoming.url ?? "").split("?")[0] ?? "").slice(1);
      made.carriedOut.push(`${incoming.method} ${key}`);
      const headers = { "content-type": "text/xml", ...made.headers.get(key) };
      if (made.missing.has(key)) return outgoing.writeHead(404, headers).end("<Error><Code>NoSuchKey</Code></Error>");
      outgoing.writeHead(200, headers).end(incoming.headers["x-amz-target"] === undefined ? "<Ok/>" : SENT);
    });
    const address = `http://127.0.0.1:${await listen(moto, 0, "127.0.0.1")}`;
    const gate = new Gate({
      keys: made.keys,
      decisions: {
        allows: (principal, needed, circumstances) => {
          made.asked.push({ needed, circumstances });
          return made.decisions.allows(principal, needed, circumstances);
        },
      },
      facts: factsOf(instances, made.policies, made.resources),
      vpcOf: () => made.vpc,
      log: (line) => void made.refused.push(line),
    });
    const [answers, afterwards] = [{}, {}];
    const site = () => undefined;
    const front = makeFront({ certificate, moto: address, site, gate, answers, afterwards, streamed: () => undefined });
    await listen(front, 0, "127.0.0.1");
    // A connection that is kept is not closed while the next call is on its way, however slow the machine.
    front.keepAliveTimeout = 0;
    made.servers.push(front as unknown as Server, moto);
    return made;
  }

  /** Puts the policies that a stack declares. */
  take(stack: readonly Declared[]): void {
    for (const { name, inputs } of all(stack, "aws:iam/rolePolicy:RolePolicy"))
      this.policies.put(String(inputs.role), name, String(inputs.policy));
    for (const { inputs } of all(stack, "aws:iam/rolePolicyAttachment:RolePolicyAttachment"))
      this.policies.attach(String(inputs.role), String(inputs.policyArn));
    for (const { inputs } of all(stack, "aws:iam/role:Role"))
      this.policies.bound(String(inputs.name), inputs.permissionsBoundary as string | undefined);
    for (const { inputs } of all(stack, "aws:s3/bucketPolicy:BucketPolicy"))
      this.policies.putOn(`arn:aws:s3:::${inputs.bucket}`, String(inputs.policy));
    for (const { inputs } of all(stack, "aws:sns/topicPolicy:TopicPolicy"))
      this.policies.putOn(String(inputs.arn), String(inputs.policy));
  }

  /** Remembers a launch template and the role that it gives its instances. @returns its number */
  keepTemplate(id: string, role: string, tagged: readonly string[]): string {
    this.resources.handsOut(role, role);
    const form = new URLSearchParams({ "LaunchTemplateData.IamInstanceProfile.Name": role });
    tagged.forEach((kind, index) => {
      form.set(`LaunchTemplateData.TagSpecification.${index + 1}.ResourceType`, kind);
    });
    this.resources.keepTemplate({ service: "ec2", region: "", action: "", form, json: undefined }, id);
    return id;
  }

  /** Settings of a client of the SDK that acts as somebody, under AWS's own names. */
  as(principal: Principal) {
    const { port } = (this.servers[0] as Server).address() as AddressInfo;
    return {
      credentials: this.keys.of(principal),
      maxAttempts: 1,
      requestHandler: { httpsAgent: new FrontAgent({ ca: this.ca, keepAlive: true }, port) },
    };
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

/** Brings every name to the front. */
class FrontAgent extends Agent {
  constructor(
    options: ConstructorParameters<typeof Agent>[0],
    private readonly port: number,
  ) {
    super(options);
  }

  override createConnection(options: object, done?: (error: Error | null, stream: Duplex) => void) {
    return super.createConnection({ ...options, host: "127.0.0.1", port: this.port }, done);
  }
}

function factsOf(instances: Readonly<Record<string, TestInstance>>, policies: Policies, resources: Resources): Facts {
  const has = (tags: TestInstance["tags"], wanted: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(wanted).every(([key, values]) => values.includes(tags[key] ?? ""));
  return {
    instance: (id) => instances[id],
    instancesWith: (wanted) => Object.keys(instances).filter((id) => has((instances[id] as TestInstance).tags, wanted)),
    ...rememberedFacts(policies, resources),
  };
}
