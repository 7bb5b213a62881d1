import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CountingProxy } from "./counting-proxy";
import { awsEnvironment, Moto } from "./moto";

// The command itself, as a process of its own, against moto.
const ROOT = join(__dirname, "..", "..");
const REGION = "eu-west-1";
const KEY = "env/hello.env";
const SECRET = "s3cr3t $(id) \"x\" 'y'";

describe("towline env", () => {
  const folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  let moto: Moto;
  let proxy: CountingProxy;
  let s3: S3Client;
  let keyArn = "";
  let bucket = "";
  let runs = 0;
  /** Process of the command that was started last. */
  let started = "";

  beforeAll(async () => {
    moto = await Moto.start();
    proxy = await CountingProxy.start(moto.url);
    const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "test" };
    const client = { region: REGION, endpoint: moto.url, credentials };
    s3 = new S3Client({ ...client, forcePathStyle: true });
    const kms = new KMSClient(client);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    keyArn = KeyMetadata?.Arn ?? "";
    await kms.send(new CreateAliasCommand({ AliasName: "alias/towline-staging", TargetKeyId: KeyMetadata?.KeyId }));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: towline\n");
  });

  beforeEach(async () => {
    runs += 1;
    bucket = `b-${runs}`;
    proxy.seen.length = 0;
    proxy.intercept = async () => {};
    for (const stack of ["staging", "bare"]) {
      writeFileSync(
        join(folder, `Pulumi.${stack}.yaml`),
        `config: {aws:region: ${REGION}, towline:repository: {bucket: ${bucket}}, towline:groups: {web: {packages: [hello, tools], processes: {tools: none}, size: {min: 0, max: 1}}}}\n`,
      );
    }
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  });

  afterAll(async () => {
    await proxy?.stop();
    await moto?.stop();
    s3?.destroy();
    rmSync(folder, { recursive: true });
  });

  async function env(stdin: string, command: string, ...args: string[]) {
    const stack = args.includes("--stack") ? [] : ["--stack", "staging"];
    const child = spawn(join(ROOT, "bin", "towline"), ["-C", folder, "env", command, ...args, ...stack], {
      env: { ...process.env, ...awsEnvironment(proxy.url), BUILD_USER: "Zoë" },
      stdio: "pipe",
    });
    started = String(child.pid);
    let [said, printed] = ["", ""];
    child.stderr.on("data", (chunk) => (said += chunk));
    child.stdout.on("data", (chunk) => (printed += chunk));
    // A command that refuses its arguments reads no input.
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
    const [code] = await once(child, "close");
    return { code: code as number | null, said, printed };
  }

  const head = () => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: KEY }));
  const written = () => proxy.seen.filter(({ method }) => method === "PUT");

  it("sets what comes on standard input, under the stack's key, and shows names alone", async () => {
    expect(await env(`${SECRET}\n`, "set", "hello", "GREETING")).toEqual({
      code: 0,
      said: "",
      printed:
        "staging: hello: GREETING added\n  hosts take it within a minute, one at a time, and restart the app's processes\n",
    });
    expect(await head()).toMatchObject({
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: keyArn,
      Metadata: { "towline-by": "Zo%C3%AB" },
    });
    expect(await env("", "get", "hello", "GREETING")).toEqual({ code: 0, said: "", printed: `${SECRET}\n` });
    const got = JSON.parse((await env("", "get", "hello", "GREETING", "--json")).printed);
    expect(got).toEqual({ name: "GREETING", value: SECRET });
    const listed = await env("", "list", "hello");
    expect(listed.printed).toMatch(/^name {6}set {19}by\nGREETING {2}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}Zoë\n$/);
    const json = JSON.parse((await env("", "list", "hello", "--reveal", "--json")).printed);
    expect(json).toEqual([{ name: "GREETING", value: SECRET, at: expect.stringMatching(/Z$/), by: "Zoë" }]);
  });

  it("writes nothing where nothing changes, nor in a dry run", async () => {
    await env("1", "set", "hello", "A");
    proxy.seen.length = 0;
    const nothing = "staging: hello: no change: that is what is set already\n";
    expect(await env("1", "set", "hello", "A")).toMatchObject({ code: 0, printed: nothing });
    expect(await env("2", "set", "hello", "A", "--dry-run", "--json")).toMatchObject({
      code: 0,
      printed: `${JSON.stringify({ stack: "staging", package: "hello", dryRun: true, added: [], changed: ["A"], removed: [] }, null, 2)}\n`,
    });
    expect(written()).toEqual([]);
  });

  it("loses no change of two writers at once", async () => {
    await env("0", "set", "hello", "COUNT");
    const reads = () => proxy.seen.filter(({ method, path }) => method === "GET" && path.includes(KEY)).length;
    const before = reads();
    // Neither writes before both have been answered what there is.
    proxy.intercept = async (method) => {
      while (method === "PUT" && reads() < before + 2) await sleep(10);
    };
    const results = await Promise.all([env("1", "set", "hello", "ONE"), env("2", "set", "hello", "TWO")]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(written()).toHaveLength(4);
    const names = JSON.parse((await env("", "list", "hello", "--json")).printed).map(
      (one: { name: string }) => one.name,
    );
    expect(names).toEqual(["COUNT", "ONE", "TWO"]);
  });

  it("imports all of a file or nothing of it, and drops the rest only when told to", async () => {
    await env("A=1\nB=2\n", "import", "hello", "-");
    const file = join(folder, "x.env");
    writeFileSync(file, "A=9\nC='x'\noops\n");
    expect(await env("", "import", "hello", file)).toEqual({
      code: 2,
      said: `towline: ${file}: line 3: this is not NAME=value; nothing was imported\n`,
      printed: "",
    });
    writeFileSync(file, "B=2\nC='x'\n");
    expect((await env("", "import", "hello", file)).printed).toMatch(/^staging: hello: C added\n/);
    expect((await env("", "import", "hello", file, "--replace", "--dry-run")).printed).toBe(
      "staging: hello: A would be removed\n",
    );
    expect((await env("", "import", "hello", file, "--replace")).printed).toMatch(/^staging: hello: A removed\n/);
    expect((await env("", "list", "hello", "--reveal")).printed).not.toContain("A");
  });

  it.each([
    ["empty standard input", "-", ""],
    ["an empty file", "nothing.env", ""],
    ["a file of comments alone", "comments.env", "# DATABASE_URL=x\n\n  # to come\n"],
  ])("removes nothing for %s, with --replace either", async (_, name, text) => {
    await env("1", "set", "hello", "A");
    proxy.seen.length = 0;
    const place = name === "-" ? "-" : join(folder, name);
    if (place !== "-") writeFileSync(place, text);
    for (const replace of [[], ["--replace"], ["--replace", "--dry-run"]]) {
      expect(await env(text, "import", "hello", place, ...replace)).toEqual({
        code: 2,
        said: `towline: ${place === "-" ? "standard input" : place} holds no setting: nothing was imported; to remove settings, name them to 'towline env unset'\n`,
        printed: "",
      });
    }
    expect(written()).toEqual([]);
    expect((await env("", "get", "hello", "A")).printed).toBe("1\n");
  });

  it("tells the history without a value, and goes back to a version of it", async () => {
    await env("secret-1", "set", "hello", "A");
    await env("secret-2", "set", "hello", "A");
    await env("B=secret-3\n", "import", "hello", "-", "--replace");
    const told = await env("", "history", "hello", "--json");
    const entries: { version: string }[] = JSON.parse(told.printed);
    expect(entries).toMatchObject([
      { by: "Zoë", names: ["B"], difference: { added: ["B"], changed: [], removed: ["A"] } },
      { by: "Zoë", names: ["A"], difference: { added: [], changed: ["A"], removed: [] } },
      { by: "Zoë", names: ["A"], difference: null },
    ]);
    expect(told.printed).not.toContain("secret");
    const back = await env("", "import", "hello", "--from-version", entries[2]?.version ?? "", "--replace");
    expect(back).toMatchObject({ code: 0, printed: expect.stringMatching(/^staging: hello: A added; B removed\n/) });
    expect((await env("", "get", "hello", "A")).printed).toBe("secret-1\n");
    expect(await env("", "import", "hello", "--from-version", "nonsense")).toMatchObject({
      code: 1,
      said: `towline: s3://${bucket}/${KEY} has no version 'nonsense' to read; 'towline env history' lists its versions\n`,
    });
  });

  it("starts anew where the settings were deleted, and says so in the history", async () => {
    await env("1", "set", "hello", "A");
    // S3 tells versions apart by the second.
    await sleep(1000);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: KEY }));
    await sleep(1000);
    expect((await env("", "list", "hello")).printed).toBe("staging: hello has no settings\n");
    expect((await env("2", "set", "hello", "B")).code).toBe(0);
    const { printed } = await env("", "history", "hello");
    expect(printed.split("\n").map((line) => line.replace(/^.*? {2}\S+Z? +\S+ {2,}/, ""))).toEqual([
      expect.anything(),
      "B added",
      "A removed",
      "holds A",
      "",
    ]);
  });

  it("refuses to set nothing, and to print what is not set", async () => {
    expect(await env("", "set", "hello", "A")).toMatchObject({
      code: 2,
      said: expect.stringMatching(/^towline: standard input holds no value of A: /),
    });
    await env("1", "set", "hello", "A");
    expect(await env("", "get", "hello", "B")).toEqual({
      code: 1,
      said: "towline: staging: hello has no setting B; it has A\n",
      printed: "",
    });
  });

  it("says which settings to unset there are not, removes the others, and succeeds again and again", async () => {
    await env("A=1\nB=2\n", "import", "hello", "-");
    const removed = await env("", "unset", "hello", "DATABSE_URL", "A");
    expect(removed).toEqual({
      code: 0,
      said: "warning: staging: hello has no setting DATABSE_URL; it has A, B\n",
      printed:
        "staging: hello: A removed\n  hosts take it within a minute, one at a time, and restart the app's processes\n",
    });
    proxy.seen.length = 0;
    expect(await env("", "unset", "hello", "DATABSE_URL", "A")).toEqual({
      code: 0,
      said: "warning: staging: hello has no setting DATABSE_URL, A; it has B\n",
      printed: "staging: hello: no change: there is nothing to remove\n",
    });
    expect(written()).toEqual([]);
  });

  it("warns of a package whose processes no group has towline start", async () => {
    expect((await env("", "list", "tools")).said).toContain(
      "warning: no group of stack staging has processes of tools to start: its settings reach no host\n",
    );
  });

  it("refuses a stack without a key, and warns of a package no group runs", async () => {
    const { code, said } = await env("1", "set", "other", "A", "--stack", "bare");
    expect(code).toBe(1);
    expect(said).toBe(
      "warning: no group of stack bare has processes of other to start: its settings reach no host\n" +
        "towline: stack bare has no key alias/towline-bare to encrypt settings with; 'pulumi up -s bare' makes it\n",
    );
    expect(written()).toEqual([]);
  });

  it("keeps values out of its own arguments and environment", async () => {
    let seen = "";
    proxy.intercept = async (method) => {
      if (method !== "PUT") return;
      for (const pid of [started, ...children(started)]) seen += `${read(pid, "cmdline")}${read(pid, "environ")}`;
    };
    const running = env(SECRET, "set", "hello", "A");
    expect((await running).code).toBe(0);
    expect(seen).toContain("\0set\0hello\0A\0");
    expect(seen).not.toContain("s3cr3t");
  });
});

/** A process's children and theirs. */
function children(of: string): string[] {
  const direct = readFileSync(`/proc/${of}/task/${of}/children`, "utf8").trim().split(" ").filter(Boolean);
  return direct.flatMap((pid) => [pid, ...children(pid)]);
}

function read(pid: string, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, "utf8");
}
