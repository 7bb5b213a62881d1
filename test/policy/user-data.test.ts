import { gzipSync } from "node:zlib";
import { withUserData } from "./resources";
import { violations } from "./violations";

const KEY = "AKIAIOSFODNN7EXAMPLE";

function base64(content: string | Buffer): string {
  return Buffer.from(content).toString("base64");
}

/** User data that writes one file, as cloud-init's users often write it. */
function file(encoding: string, content: string): string {
  return `#cloud-config\nwrite_files:\n  - path: /etc/app\n    encoding: ${encoding}\n    content: ${content}\n`;
}

function found(what: string): string[] {
  return [`no-secrets-in-user-data it: The user data holds ${what}. Let the instance read it from where it is kept.`];
}

describe("a secret in user data", () => {
  it.each([
    ["-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"],
    [KEY, "an AWS access key"],
    [`AWS_SECRET_ACCESS_KEY=${"k".repeat(40)}`, "an AWS secret key"],
    ["https://hooks.slack.com/services/T0/B0/x", "a Slack webhook"],
    ["xoxb-1234567890-abc", "a Slack token"],
    [`ghp_${"k".repeat(36)}`, "a GitHub token"],
    ['{"password": "correct-horse"}', "a password"],
    ["export DB_PASSWORD=correct-horse", "a password"],
    ["PGPASSWORD=correct-horse psql", "a password"],
    ["MYSQL_ROOT_PASSWORD: correct-horse", "a password"],
    ["API_TOKEN=correct-horse", "a password"],
    ["CLIENT_SECRET='correct-horse'", "a password"],
    ["clientSecret: correct-horse", "a password"],
    ["SECRET_KEY_BASE=correct-horse", "a password"],
    ["api_key=correct-horse", "a password"],
    ["X-Api-Key: correct-horse", "a password"],
    ["DATABASE_URL=postgres://app:horse@db/app", "a password in an address"],
    ["REDIS_URL=redis://:horse@cache", "a password in an address"],
    ["chpasswd: {list: 'root:correct-horse'}", "a login's password"],
    ["chpasswd:\n  expire: false\n  list: |\n    root:horse\n", "a login's password"],
    ['echo "admin:horse" | sudo chpasswd', "a login's password"],
    ['{"write_files": [{"content": "A=1\\npassword=\\"correct-horse\\""}]}', "a password"],
  ])("is found in %j", async (text, what) => {
    expect(await violations([withUserData(text)])).toEqual(found(what));
  });

  it.each<[string, string | Buffer]>([
    ["all of it compressed", gzipSync(KEY)],
    ["a file in base64", file("b64", base64(`key = ${KEY}`))],
    [
      "a file in base64 of several lines",
      file("b64", `|\n      ${base64(`# The key\nkey = ${KEY}`).replace(/.{24}/g, "$&\n      ")}`),
    ],
    ["a compressed file", file("gz+b64", base64(gzipSync(KEY)))],
    [
      "JSON that holds a script with a compressed file",
      JSON.stringify({ run: `echo "${base64(gzipSync(KEY))}" | base64 -d` }),
    ],
    ["a compressed file in what is compressed", gzipSync(file("gz+b64", base64(gzipSync(KEY))))],
  ])("is found however it is packed: %s", async (_, text) => {
    expect(await violations([withUserData(text)])).toEqual(found("an AWS access key"));
  });

  it("is found in a single instance's, plain or in base64", async () => {
    const instance = (userData: Record<string, string>) => ({ type: "aws:ec2/instance:Instance", inputs: userData });
    const names = async (userData: Record<string, string>) =>
      (await violations([instance(userData)])).filter((each) => each.startsWith("no-secrets"));
    expect(await names({ userData: KEY })).toEqual(found("an AWS access key"));
    expect(await names({ userDataBase64: base64(gzipSync(KEY)) })).toEqual(found("an AWS access key"));
  });
});

describe("user data without a secret", () => {
  it.each([
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\ntoken=$(fetch)",
    'DB_PASSWORD="$(aws ssm get-parameter --name /app/db)"',
    "DB_PASSWORD_PARAMETER=/towline/prod/db-password",
    "DB_SECRET=arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
    "postgres://app:$PASSWORD@db/app",
    "postgres://app@db:5432/app",
    "http://host:8080/a@b",
    "chpasswd: { expire: false }",
    "users: [{ name: app, lock_passwd: true, shell: /bin/bash }]",
    file("b64", base64("listen = 6000 # whatever the weather")),
  ])("is left alone: %j", async (text) => {
    expect(await violations([withUserData(text)])).toEqual([]);
  });
});

describe("compressed user data", () => {
  it.each<[string, string | Buffer]>([
    ["is cut off", gzipSync("harmless".repeat(99)).subarray(0, 20)],
    ["holds a file that is cut off", file("gz+b64", base64(gzipSync("harmless".repeat(99)).subarray(0, 20)))],
    ["unpacks to more than anybody reads", gzipSync(Buffer.alloc(2 ** 21))],
  ])("is refused where it %s", async (_, text) => {
    expect(await violations([withUserData(text)])).toEqual([
      "no-secrets-in-user-data it: The user data holds compressed content that does not unpack, or to more than 1 MiB: nothing can be said of it. Pack it anew, or leave it plain.",
    ]);
  });
});
