import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsClients } from "../../cli/deb/aws-clients";
import { hasJitLanguage, needsJitRuntime } from "../../cli/deb/jit";
import { sandboxLines } from "../../cli/deb/sandbox";
import { renderShop, textOf } from "./render-app";

const NONE = { role: false, writable: [], allow: [] } as const;
const DENIED = "IPAddressDeny=169.254.169.254 fd00:ec2::254";

describe("an app's sandbox", () => {
  it.each([
    ["devices", ["PrivateDevices=yes", "ProtectClock=yes"]],
    ["jit", ["MemoryDenyWriteExecute=yes"]],
    ["processes", ["ProtectProc=invisible"]],
    ["realtime", ["RestrictRealtime=yes"]],
    ["setgid", ["RestrictSUIDSGID=yes"]],
    ["sockets", ["RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK"]],
    ["syscalls", ["SystemCallArchitectures=native", "SystemCallFilter=@system-service", "SystemCallErrorNumber=EPERM"]],
  ] as const)("lifts for %s what stands in its way, and no more", (right, lines) => {
    const rest = sandboxLines({ ...NONE, allow: [right] });
    expect(sandboxLines(NONE).filter((line) => !rest.includes(line))).toEqual(lines);
    expect(rest.filter((line) => !sandboxLines(NONE).includes(line))).toEqual([]);
  });

  it("lets an app that makes namespaces mount in them", () => {
    const lines = sandboxLines({ ...NONE, allow: ["namespaces"] });
    expect(lines).toContain("SystemCallFilter=@system-service @mount seccomp");
    expect(lines).not.toContain("RestrictNamespaces=yes");
  });

  it("opens folders that towline.yaml names", () => {
    expect(sandboxLines({ ...NONE, writable: ["/srv/data", "/var/spool/shop"] })).toContain(
      "ReadWritePaths=/srv/data /var/spool/shop",
    );
  });

  it("keeps processes, their socket and their accounts from the metadata service, unless the app asks for the role", async () => {
    const options = { manifest: { name: "shop", socket: true, port: 6000 } };
    const units = ["shop-web@.service", "shop-worker@.service", "shop-web.socket"].map(
      (name) => `usr/lib/systemd/system/${name}`,
    );
    const kept = await renderShop("web: a\nworker: b\n", options);
    for (const unit of units) expect(textOf(kept, unit)).toContain(`\n${DENIED}\n`);
    expect(textOf(kept, "usr/lib/shop/fence")).toMatch(/wanted=\S+-deny\}/);
    const open = await renderShop("web: a\nworker: b\n", { ...options, sandbox: { ...NONE, role: true } });
    for (const unit of [...units, "usr/bin/shop"]) expect(textOf(open, unit)).not.toContain("IPAddressDeny");
    expect(textOf(open, "usr/lib/shop/fence")).toMatch(/wanted=\S+-open\}/);
  });
});

describe("memory that is written to and executed", () => {
  const app = (...names: string[]) => ({
    folder: "x",
    names: new Set(names),
    makefile: undefined,
    gemfileLock: undefined,
    npmDependencies: false,
    pyproject: undefined,
    scripts: {},
  });

  it.each([
    "package.json",
    "Gemfile.lock",
    "pom.xml",
    "build.gradle.kts",
    "shop.csproj",
    "mix.exs",
    "composer.json",
    "deno.json",
  ])("is for an app with %s", (file) => expect(hasJitLanguage(app("Procfile", file))).toBe(true));
  it.each(["requirements.txt", "go.mod", "Cargo.toml", "poetry.lock", "Makefile"])("is not for one with %s", (file) =>
    expect(hasJitLanguage(app("Procfile", file))).toBe(false),
  );
  it.each([
    "nodejs",
    "ruby3.3",
    "bundler",
    "default-jre-headless",
    "openjdk-21-jre (>= 21)",
    "libx | php-cli",
    "erlang-base",
  ])("is for one that depends on %s", (relation) => expect(needsJitRuntime(["libc6", relation])).toBe(true));
  it.each(["python3", "libpq5 (>= 15)", "golang-go", "perl", "make", "systemd", "phodav"])(
    "is not for one that depends on %s",
    (relation) => expect(needsJitRuntime([relation])).toBe(false),
  );
});

describe("clients of AWS's", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ["package.json", '{"dependencies":{"@aws-sdk/client-s3":"3"}}', "@aws-sdk/client-s3"],
    ["package.json", '{"dependencies":{"aws-sdk":"2"}}', "aws-sdk"],
    ["Gemfile.lock", "    aws-sdk-s3 (1.1)\n", "aws-sdk-s3"],
    ["requirements.txt", "boto3==1.40\n", "boto3"],
    ["go.mod", "require github.com/aws/aws-sdk-go-v2 v1\n", "github.com/aws/aws-sdk-go-v2"],
    ["pom.xml", "<groupId>software.amazon.awssdk</groupId>", "software.amazon.awssdk"],
  ])("are found in %s with %j", async (file, text, library) => {
    writeFileSync(join(folder, file), text);
    expect(await awsClients(folder, new Set([file]))).toEqual([{ file, library }]);
  });

  it("are not found where nothing names one", async () => {
    writeFileSync(join(folder, "package.json"), '{"dependencies":{"laws-sdk":"1","express":"5"}}');
    expect(await awsClients(folder, new Set(["package.json", "README.md"]))).toEqual([]);
  });
});
