import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "./jenkinsfile-check";

const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const CASC = read("jenkins/casc.yaml");

// Everything of the company, and every secret, is a variable and nothing else.
const variable = z.string().regex(/^\$\{[A-Z][A-Z0-9_]*\}$/, "must be a variable of Jenkins' environment");
const group = z
  .string()
  .regex(/^\$\{BITBUCKET_WORKSPACE\}::(owner|collaborator|member)$/, "must be a role in Bitbucket");
const permission = z.enum([
  "Overall/Administer",
  "Overall/Read",
  "Job/Build",
  "Job/Cancel",
  "Job/Discover",
  "Job/Read",
  "View/Read",
]);
const credential = {
  id: z.string().regex(/^[a-z][a-z-]+$/),
  scope: z.enum(["GLOBAL", "SYSTEM"]),
  description: z.string(),
};
const kind = z.union([
  z.strictObject({ usernamePassword: z.strictObject({ ...credential, username: variable, password: variable }) }),
  z.strictObject({
    basicSSHUserPrivateKey: z.strictObject({
      ...credential,
      username: z.string(),
      privateKeySource: z.strictObject({ directEntry: z.strictObject({ privateKey: variable }) }),
    }),
  }),
  z.strictObject({ string: z.strictObject({ ...credential, secret: variable }) }),
]);
const agent = z.strictObject({
  name: z.string(),
  labelString: z.string(),
  mode: z.literal("EXCLUSIVE"),
  numExecutors: z.number().int().positive(),
  remoteFS: z.string(),
  nodeProperties: z.tuple([
    z.strictObject({
      jobRestrictionProperty: z.strictObject({
        jobRestriction: z.strictObject({
          regexNameRestriction: z.strictObject({ regexExpression: z.string(), checkShortName: z.literal(false) }),
        }),
      }),
    }),
  ]),
  launcher: z.strictObject({
    ssh: z.strictObject({
      host: variable,
      port: z.literal(22),
      credentialsId: z.string(),
      sshHostKeyVerificationStrategy: z.strictObject({
        manuallyProvidedKeyVerificationStrategy: z.strictObject({ key: variable }),
      }),
    }),
  }),
});
const endpoint = z.strictObject({ credentialsId: z.string(), manageHooks: z.literal(true) });

/** What the plugins take, as far as we use it (their own tests and documentation of configuration as code). */
const schema = z.strictObject({
  jenkins: z.strictObject({
    systemMessage: z.string(),
    numExecutors: z.literal(0),
    mode: z.literal("EXCLUSIVE"),
    globalNodeProperties: z.tuple([
      z.strictObject({
        envVars: z.strictObject({ env: z.array(z.strictObject({ key: z.string(), value: variable })) }),
      }),
    ]),
    nodes: z.array(z.strictObject({ permanent: agent })),
    securityRealm: z.strictObject({ bitbucket: z.strictObject({ clientID: variable, secretClientSecret: variable }) }),
    authorizationStrategy: z.strictObject({
      projectMatrix: z.strictObject({
        entries: z.array(
          z.union([
            z.strictObject({ group: z.strictObject({ name: group, permissions: z.array(permission) }) }),
            z.strictObject({ user: z.strictObject({ name: variable, permissions: z.array(permission) }) }),
          ]),
        ),
      }),
    }),
  }),
  security: z.strictObject({
    globalJobDslSecurityConfiguration: z.strictObject({ useScriptSecurity: z.literal(true) }),
  }),
  credentials: z.strictObject({
    system: z.strictObject({ domainCredentials: z.tuple([z.strictObject({ credentials: z.array(kind) })]) }),
  }),
  unclassified: z.strictObject({
    location: z.strictObject({ url: variable, adminAddress: variable }),
    bitbucketEndpointConfiguration: z.strictObject({
      endpoints: z.tuple([z.strictObject({ bitbucketCloudEndpoint: endpoint })]),
    }),
    slackNotifier: z.strictObject({
      teamDomain: variable,
      tokenCredentialId: z.string(),
      botUser: z.literal(true),
      room: variable,
    }),
  }),
  jobs: z.tuple([z.strictObject({ file: variable })]),
});

const configuration = schema.parse(parse(CASC));
const credentials = configuration.credentials.system.domainCredentials[0].credentials.flatMap((entry) =>
  Object.values(entry),
);

function jenkinsfiles(): string {
  const found = readdirSync(path.join(ROOT, "jenkins"), { recursive: true, encoding: "utf8" });
  return found
    .filter((file) => path.basename(file) === "Jenkinsfile")
    .map((file) => read(path.join("jenkins", file)))
    .join("\n");
}

test("lets owners administer, the company build, the bot of Slack read, and nobody else in", () => {
  const { entries } = configuration.jenkins.authorizationStrategy.projectMatrix;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Jenkins'
  const bot = "${TOWLINE_SLACK_USER}";
  const people = ["Job/Build", "Job/Cancel", "Job/Discover", "Job/Read", "Overall/Read", "View/Read"];
  const rights = entries.map((entry) => ("user" in entry ? entry.user : entry.group));
  expect(rights.map(({ name, permissions }) => [name.split("::").at(-1), permissions])).toEqual([
    ["owner", ["Overall/Administer"]],
    ["collaborator", people],
    ["member", people],
    // No Job/Build: jobs.groovy gives it that for two jobs.
    [bot, ["Job/Discover", "Job/Read", "Overall/Read"]],
  ]);
});

test("holds what Jenkins itself uses, and nothing that a build sees", () => {
  const { slackNotifier, bitbucketEndpointConfiguration } = configuration.unclassified;
  const used = [
    ...bitbucketEndpointConfiguration.endpoints.map(
      ({ bitbucketCloudEndpoint }) => bitbucketCloudEndpoint.credentialsId,
    ),
    ...configuration.jenkins.nodes.map(({ permanent }) => permanent.launcher.ssh.credentialsId),
    slackNotifier.tokenCredentialId,
  ];
  expect(credentials.map(({ id, scope }) => [id, scope])).toEqual([...new Set(used)].map((id) => [id, "SYSTEM"]));
});

test("sets what the pipelines read, and docs/jenkins.md lists every variable", () => {
  const [{ envVars }] = configuration.jenkins.globalNodeProperties;
  const set = envVars.env.map(({ key }) => key);
  const read_ = [...jenkinsfiles().matchAll(/(?:env\.|\$\{)(TOWLINE_[A-Z_]+|PULUMI_BACKEND_URL)/g)].map(
    ([, name]) => name,
  );
  expect([...set].sort()).toEqual([...new Set(read_)].sort());
  const variables = [...`${CASC}`.replace(/#.*/g, "").matchAll(/\$\{([A-Z0-9_]+)\}/g)].map(([, name]) => name);
  const settings = [...read("jenkins/jobs.groovy").matchAll(/setting\('([A-Z0-9_]+)'\)/g)].map(([, name]) => name);
  const listed = [...read("docs/jenkins.md").matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, name]) => name);
  expect([...listed].sort()).toEqual([...new Set([...variables, ...settings])].sort());
});

describe("plugins.txt", () => {
  const lines = read("jenkins/plugins.txt")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const plugins = lines.map((line) => line.split(" ")[0]?.split(":") ?? []);

  test("pins every plugin once, in order", () => {
    for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+:[0-9][A-Za-z0-9._-]*( # .+)?$/);
    const names = plugins.map(([name]) => name);
    expect(names).toEqual([...new Set(names)].sort());
  });

  test.each([
    ["logins", "bitbucket-oauth"],
    ["branches and webhooks", "cloudbees-bitbucket-branch-source"],
    ["this configuration", "configuration-as-code"],
    ["roles", "matrix-auth"],
    ["jobs.groovy", "job-dsl"],
    ["agents that take builds of their folder alone", "job-restrictions"],
    ["agents", "ssh-slaves"],
    ["withCredentials", "credentials-binding"],
    ["secret texts and files", "plain-credentials"],
    ["lock", "lockable-resources"],
    ["milestone", "pipeline-milestone-step"],
    ["input", "pipeline-input-step"],
    ["slackSend", "slack"],
    ["timestamps", "timestamper"],
    ["pipelines", "workflow-aggregator"],
    ["checkout", "git"],
  ])("has what %s needs", (_, plugin) => {
    expect(plugins.map(([name]) => name)).toContain(plugin);
  });

  test("has no version that nobody has looked at", () => {
    expect(read("jenkins/plugins.txt")).not.toMatch(/unverified/i);
  });

  test("has a bitbucket-oauth that sends no token in the URL", () => {
    const version = plugins.find(([name]) => name === "bitbucket-oauth")?.[1];
    expect(Number(version?.split(".")[1])).toBeGreaterThanOrEqual(18);
  });
});
