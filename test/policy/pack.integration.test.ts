import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  type AnalyzeDiagnostic,
  AnalyzeRequest,
  type AnalyzeResponse,
  type AnalyzerInfo,
  AnalyzerResourceOptions,
  EnforcementLevel,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { rules } from "../../policy/rules";

const root = path.resolve(__dirname, "../..");

// What Pulumi speaks to its packs with is Pulumi's dependency, so it is asked for as Pulumi asks.
const ofPulumi = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const { credentials }: typeof import("@grpc/grpc-js") = ofPulumi("@grpc/grpc-js");
const { Empty }: typeof import("google-protobuf/google/protobuf/empty_pb") = ofPulumi(
  "google-protobuf/google/protobuf/empty_pb.js",
);
const { Struct }: typeof import("google-protobuf/google/protobuf/struct_pb") = ofPulumi(
  "google-protobuf/google/protobuf/struct_pb.js",
);

describe("the pack, started as `pulumi up --policy-pack policy` starts it", () => {
  let pack: ChildProcess;
  let engine: AnalyzerClient;

  beforeAll(async () => {
    const runner = path.join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    const started = spawn(path.join(root, "scripts/node"), [runner, "127.0.0.1:0", "."], {
      cwd: path.join(root, "policy"),
      stdio: ["ignore", "pipe", "inherit"],
    });
    pack = started;
    const [port] = await once(createInterface(started.stdout), "line");
    engine = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });

  afterAll(() => {
    engine?.close();
    pack.kill();
  });

  it("holds every rule, all mandatory", async () => {
    const info = await answer<AnalyzerInfo>((callback) => engine.getAnalyzerInfo(new Empty(), callback));
    const held = info.getPoliciesList().map((policy) => [policy.getName(), policy.getEnforcementlevel()]);
    expect(held).toEqual(rules.map(({ name }) => [name, EnforcementLevel.MANDATORY]));
  });

  it("stops at a resource that breaks a rule, with the rule's message", async () => {
    const policy = JSON.stringify({
      Statement: { Sid: "All", Effect: "Allow", Action: "*", Resource: "arn:aws:s3:::acme/x" },
    });
    const found = await analyze("aws:iam/rolePolicy:RolePolicy", { policy });
    expect(found.map((each) => [each.getPolicyname(), each.getEnforcementlevel()])).toEqual([
      ["no-wildcards", EnforcementLevel.MANDATORY],
    ]);
    expect(found[0]?.getMessage()).toContain("The statement All should name its actions one by one, but allows *.");
  });

  it("lets a resource pass that keeps the rules", async () => {
    expect(await analyze("aws:sns/topic:Topic", { tags: { "towline:stack": "qa" } })).toEqual([]);
  });

  async function analyze(
    type: string,
    properties: Parameters<typeof Struct.fromJavaScript>[0],
  ): Promise<AnalyzeDiagnostic[]> {
    const request = new AnalyzeRequest();
    request.setType(type);
    request.setUrn(`urn:pulumi:qa::towline::${type}::it`);
    request.setName("it");
    request.setProperties(Struct.fromJavaScript(properties));
    request.setOptions(new AnalyzerResourceOptions());
    const response = await answer<AnalyzeResponse>((callback) => engine.analyze(request, callback));
    return response.getDiagnosticsList();
  }
});

/** What the other side answers; its error, if it could not. */
function answer<Message>(call: (callback: (error: Error | null, message: Message) => void) => void): Promise<Message> {
  return new Promise((resolve, reject) =>
    call((error, message) => (error === null ? resolve(message) : reject(error))),
  );
}
