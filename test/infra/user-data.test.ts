import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { parse } from "yaml";
import { parseStackConfig } from "../../infra/config";
import { hostEnvironment, renderEnvironment } from "../../infra/host-environment";
import { readSigningKey } from "../../infra/signing-key";
import { aptPreference, renderUserData } from "../../infra/user-data";

const config = parseStackConfig("staging", {
  "aws:region": "eu-west-1",
  "towline:repository": { bucket: "acme-staging", suite: "edge", component: "extra", architecture: "arm64" },
  "towline:groups": {
    web: {
      packages: ["hello", "other"],
      channel: "feature-x",
      processes: { hello: "web=1 worker=2" },
      size: { min: 1, max: 2 },
      http: { port: 6000, deregistrationDelay: 7 },
      health: { timeout: 20 },
    },
    worker: {
      packages: ["other", "amazon-ssm-agent"],
      processes: { "amazon-ssm-agent": "none" },
      size: { min: 1, max: 1 },
    },
    db: {
      packages: ["other"],
      size: { min: 1, max: 1 },
      volume: { size: 1, mountPoint: "/srv/db" },
      uses: ["web", "worker"],
    },
  },
});

function environmentOf(name: "web" | "worker", targetGroupArn?: string): Readonly<Record<string, string>> {
  const group = config.groups[name];
  if (group === undefined) throw new Error(`no group ${name}`);
  return hostEnvironment(config, name, group, { topicArn: "arn:topic", targetGroupArn });
}

describe("a host's environment", () => {
  it("tells a host of a group with http all it needs", () => {
    expect(environmentOf("web", "arn:targets")).toEqual({
      TOWLINE_SETTINGS: "env/",
      TOWLINE_VALID_DAYS: "14",
      TOWLINE_STACK: "staging",
      TOWLINE_GROUP: "web",
      TOWLINE_REGION: "eu-west-1",
      TOWLINE_BUCKET: "acme-staging",
      TOWLINE_SUITE: "edge",
      TOWLINE_CHANNEL: "feature-x",
      TOWLINE_COMPONENT: "extra",
      TOWLINE_ARCHITECTURE: "arm64",
      TOWLINE_PACKAGES: "hello other",
      TOWLINE_PROCESSES: "hello:web=1,worker=2 other:web=1",
      TOWLINE_HTTP_PORT: "6000",
      TOWLINE_HEALTH_PATH: "/health",
      TOWLINE_HEALTH_TIMEOUT: "20",
      TOWLINE_TARGET_GROUP_ARN: "arn:targets",
      TOWLINE_DRAIN_TIMEOUT: "7",
      TOWLINE_TOPIC_ARN: "arn:topic",
      TOWLINE_AUTO_SCALING_GROUP: "towline-staging-web",
      TOWLINE_LAUNCH_HOOK: "launch",
      TOWLINE_TERMINATION_HOOK: "terminate",
      TOWLINE_NAMESPACE: "staging.internal",
      TOWLINE_USES: "",
      TOWLINE_VOLUME_ID: "",
      TOWLINE_VOLUME_MOUNT: "",
      TOWLINE_ELASTIC_IP: "",
    });
  });

  it("names the disk, its place, the address and the groups whose names have to resolve", () => {
    const { db } = config.groups;
    if (db === undefined) throw new Error("no group db");
    const resources = { topicArn: "arn:topic", volumeId: "vol-1", elasticIp: "eipalloc-1" };
    expect(hostEnvironment(config, "db", db, resources)).toMatchObject({
      TOWLINE_USES: "web worker",
      TOWLINE_VOLUME_ID: "vol-1",
      TOWLINE_VOLUME_MOUNT: "/srv/db",
      TOWLINE_ELASTIC_IP: "eipalloc-1",
    });
  });

  it("leaves empty what a group without http or channel has not", () => {
    expect(environmentOf("worker")).toMatchObject({
      TOWLINE_PACKAGES: "other amazon-ssm-agent",
      TOWLINE_PROCESSES: "other:web=1",
      TOWLINE_CHANNEL: "",
      TOWLINE_HTTP_PORT: "",
      TOWLINE_HEALTH_PATH: "",
      TOWLINE_TARGET_GROUP_ARN: "",
      TOWLINE_DRAIN_TIMEOUT: "0",
    });
  });

  it("is rendered as one quoted value a line", () => {
    expect(renderEnvironment({ A: "x y", B: "", C: "$(id)" })).toBe("A='x y'\nB=''\nC='$(id)'\n");
  });

  it.each(["it's", "two\nlines", "nul\0"])("refuses %j, which systemd and a shell read differently", (value) => {
    expect(() => renderEnvironment({ KEY: value })).toThrow(
      `KEY cannot be passed to a host: ${JSON.stringify(value)} holds a quote or a control character.`,
    );
  });
});

describe("user data", () => {
  it("brings the channels' key where there is one, and apt trusts it for the main suite nowhere", () => {
    const rendered = renderUserData({ ...values, channelsKey: "CHANNELS\n" });
    const { write_files } = parse(rendered) as { write_files: { path: string; content: string }[] };
    const file = (name: string) => write_files.find(({ path }) => path === name)?.content;
    expect(file("/etc/apt/keyrings/towline-channels.asc")).toBe("CHANNELS\n");
    expect(file("/etc/apt/keyrings/towline.asc")).toBe("KEY\n");
    expect(file("/etc/apt/sources.list.d/towline.sources")).toContain("Signed-By: /etc/apt/keyrings/towline.asc\n");
  });

  const values = {
    environment: environmentOf("web", "arn:targets"),
    signingKey: "KEY\n",
    installScript: '#!/bin/bash\nprintf "%s\\n" "$1" # it\'s "quoted" – ümläuts\n',
  };

  it("is a cloud-config document that YAML reads back byte for byte", () => {
    const rendered = renderUserData(values);
    expect(rendered.startsWith("#cloud-config\n{")).toBe(true);
    expect(parse(rendered)).toEqual({
      write_files: [
        { path: "/etc/towline/host.env", permissions: "0644", content: renderEnvironment(values.environment) },
        { path: "/etc/apt/keyrings/towline.asc", permissions: "0644", content: "KEY\n" },
        {
          path: "/etc/apt/sources.list.d/towline.sources",
          permissions: "0644",
          content:
            "Types: deb\nURIs: s3://acme-staging/\nSuites: edge\nComponents: extra\nArchitectures: arm64\n" +
            "Signed-By: /etc/apt/keyrings/towline.asc\n",
        },
        {
          path: "/etc/apt/preferences.d/towline",
          permissions: "0644",
          content: aptPreference(values.environment),
        },
        { path: "/usr/local/sbin/towline-install", permissions: "0755", content: values.installScript },
      ],
      runcmd: [["/usr/local/sbin/towline-install"]],
    });
  });

  it("beyond EC2's 16 KB is refused with the size of each file", () => {
    const installScript = "#".repeat(16_000);
    expect(() => renderUserData({ ...values, installScript })).toThrow(RunError);
    expect(() => renderUserData({ ...values, installScript })).toThrow(
      /^The user data has 1\d{4} bytes, and EC2 takes at most 16384\. Make one of its files shorter: .*towline-install 16000\.$/,
    );
  });
});

describe("the signing key", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "towline-key-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is read as it is", () => {
    const key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nx\n-----END PGP PUBLIC KEY BLOCK-----\n";
    writeFileSync(path.join(root, "staging.asc"), key);
    expect(readSigningKey(root, "staging.asc", "staging")).toBe(key);
  });

  it("that is missing is told with how to make one", () => {
    expect(() => readSigningKey(root, "keys/staging.asc", "staging")).toThrow(
      "keys/staging.asc is missing: it should hold the public key that staging's repository is signed with. Make a key, " +
        "if there is none yet, with: npx towline key create --stack staging --out FILE. Or export the one there is: " +
        'gpg --armor --export "towline staging" > keys/staging.asc',
    );
  });

  it("is refused when it is the private one, without showing it", () => {
    writeFileSync(path.join(root, "staging.asc"), "-----BEGIN PGP PRIVATE KEY BLOCK-----\nsecret\n");
    expect(() => readSigningKey(root, "staging.asc", "staging")).toThrow(
      "staging.asc holds a private key, which must not reach the hosts. Replace it: " +
        'gpg --armor --export "towline staging" > staging.asc',
    );
  });

  it("that is a folder is told so", () => {
    mkdirSync(path.join(root, "keys"));
    expect(() => readSigningKey(root, "keys", "staging")).toThrow(
      new RunError(
        "keys should be the public key that staging's repository is signed with, but cannot be read: it is a folder. " +
          "Name another file in towline:signingKey, or mend this one.",
      ),
    );
  });

  it("of channels that is missing is told how to make it", () => {
    expect(() => readSigningKey(root, "staging-channels.asc", "staging", "channels")).toThrow(
      new RunError(
        "staging-channels.asc is missing: it should hold the public key that staging's channels are signed with. " +
          "Make a key, if there is none yet, with: npx towline key create --channels --stack staging --out FILE. Or export the one " +
          'there is: gpg --armor --export "towline staging channels" > staging-channels.asc',
      ),
    );
  });

  it("is refused when it is not armored", () => {
    writeFileSync(path.join(root, "staging.asc"), "\x99\x02");
    expect(() => readSigningKey(root, "staging.asc", "staging")).toThrow(
      'staging.asc is not an armored OpenPGP public key. Replace it: gpg --armor --export "towline staging" > staging.asc',
    );
  });
});
