import type { Word } from "./jenkinsfile-check";
import { argument, content } from "./play";

/** What decides which build sees what: the recorded jobs.groovy, the Jenkinsfiles by their path, and casc.yaml. */
export interface Setup {
  readonly jobs: readonly Word[];
  readonly jenkinsfiles: ReadonlyMap<string, readonly Word[]>;
  readonly casc: Casc;
}

export interface Casc {
  readonly jenkins: {
    readonly numExecutors: number;
    readonly globalNodeProperties: readonly {
      readonly envVars: { readonly env: readonly { readonly key: string }[] };
    }[];
    readonly nodes: readonly { readonly permanent: Agent }[];
  };
  readonly credentials: {
    readonly system: { readonly domainCredentials: readonly { readonly credentials: readonly Stored[] }[] };
  };
}

interface Agent {
  readonly name: string;
  readonly labelString: string;
  readonly mode: string;
  readonly nodeProperties?: readonly unknown[];
  readonly launcher: { readonly ssh: { readonly host: string } };
}

type Stored = Readonly<Record<string, { readonly id: string; readonly scope: string }>>;

/** Folders, the label of their agents, and the store they read. A build of a folder sees no other folder's. */
const LABELS: Readonly<Record<string, string>> = { branches: "towline-branch", production: "towline-production" };

/**
 * All that whoever may push a branch may know, by its id and the variable it comes from: what reads the repository they push to, and
 * what signs channels. Each further line is one more secret for every branch: docs/security.md says what it opens.
 */
const FOR_BRANCHES = new Map([
  ["bitbucket", ["BITBUCKET_READ_TOKEN", "BITBUCKET_USER"]],
  ["towline-staging-channels-signing-key", ["TOWLINE_STAGING_CHANNELS_SIGNING_KEY_BASE64"]],
]);
/** Where main is, in the words of Job DSL, with the settings of test/jenkins/settings.ts. */
const REMOTE = "https://bitbucket.org/acme/towline.git";
const SOURCE = [
  ["repoOwner", "acme"],
  ["repository", "towline"],
  ["credentialsId", "bitbucket"],
];
const TRAITS = ["bitbucketBranchDiscovery", "headWildcardFilter", "bitbucketWebhookRegistration"];
const MAIN = [
  ["includes", "main"],
  ["excludes", ""],
];
const FOR_EVERY_BUILD = ["PULUMI_BACKEND_URL", "TOWLINE_PROMOTERS"];

/** Each way in which a build of a branch would reach what is main's, as a sentence. */
export function faultsOf({ jobs, jenkinsfiles, casc }: Setup): string[] {
  return [
    ...rootFaults(casc),
    ...jobs.filter(({ word }) => word === "folder").flatMap(storeFaults),
    ...jobs.filter(({ word }) => word !== "folder").flatMap((job) => jobFaults(job, jobs, jenkinsfiles)),
    ...agentFaults(casc),
  ];
}

function rootFaults({ jenkins, credentials }: Casc): string[] {
  const stored = credentials.system.domainCredentials.flatMap((domain) => domain.credentials.flatMap(Object.values));
  const seen = stored.filter(({ scope }) => scope !== "SYSTEM");
  const variables = jenkins.globalNodeProperties.flatMap(({ envVars }) => envVars.env.map(({ key }) => key));
  return [
    ...seen.map(({ id }) => `every build sees the credential ${id} of Jenkins' root: its scope is not SYSTEM`),
    ...variables
      .filter((name) => !FOR_EVERY_BUILD.includes(name))
      .map((name) => `every build gets the variable ${name}`),
  ];
}

function storeFaults(folder: Word): string[] {
  const name = argument(folder);
  if (!(name in LABELS)) return [`the folder ${name} is neither for branches nor for main`];
  if (name !== "branches") return [];
  return credentialsOf(folder).flatMap(({ id, values }) => {
    const allowed = FOR_BRANCHES.get(id);
    if (allowed === undefined) return [`branches see the credential ${id}`];
    return values
      .filter((value) => !allowed.includes(value))
      .map((value) => `branches see ${value} in the credential ${id}`);
  });
}

/** What a folder's own store holds: of each credential its id, and the texts it is made of. */
function credentialsOf(folder: Word): { id: string; values: string[] }[] {
  const store = ["folderCredentialsProperty", "domainCredentials", "domainCredentials", "credentials"];
  const plain = store.reduce<readonly Word[]>(
    (words, name) => content(words, name),
    content(folder.body, "properties"),
  );
  return [...plain, ...content(folder.body, "configure")].map(({ body }) => ({
    id: firstOf(body, "id") ?? "(without an id)",
    values: ["username", "password", "secret", "secretBytes"].flatMap((name) => firstOf(body, name) ?? []),
  }));
}

function jobFaults(job: Word, jobs: readonly Word[], jenkinsfiles: Setup["jenkinsfiles"]): string[] {
  const name = argument(job);
  const folder = name.includes("/") ? name.slice(0, name.indexOf("/")) : "";
  const label = LABELS[folder];
  if (label === undefined) return [`the job ${name} is in neither folder`];
  const script = scriptOf(job);
  const steps = jenkinsfiles.get(script);
  if (steps === undefined) return [`the job ${name} runs ${script}, which is no Jenkinsfile of ours`];
  const own = jobs.filter(({ word, args }) => word === "folder" && Array.isArray(args) && args[0] === folder);
  const store = own.flatMap(credentialsOf).map(({ id }) => id);
  return [
    ...(folder === "production" ? definitionFaults(name, job) : []),
    ...agentsOf(steps)
      .filter((agent) => agent !== label)
      .map((agent) => `the job ${name} runs on agents "${agent}"`),
    ...credentialsUsed(steps)
      .filter((id) => !store.includes(id))
      .map((id) => `the job ${name} uses ${id}, which its folder lacks`),
  ];
}

/** Where a job of `production` would run what is not on main of the company's repository. */
function definitionFaults(name: string, job: Word): string[] {
  const ofMain = job.word === "pipelineJob" ? checksOutMain(job) : buildsMain(job);
  return ofMain ? [] : [`the job ${name} does not take its definition from main alone`];
}

function checksOutMain(job: Word): boolean {
  const git = only(job, "definition", "cpsScm", "scm", "git");
  const remote = git.filter(({ word }) => word === "remote");
  const words = git.filter(({ word }) => word !== "remote").map(plainly);
  return (
    JSON.stringify(words) === JSON.stringify([["branch", "refs/heads/main"]]) &&
    remote.length === 1 &&
    firstOf(remote[0]?.body ?? [], "url") === REMOTE &&
    remote[0]?.body.filter(({ word }) => word === "url").length === 1
  );
}

function buildsMain(job: Word): boolean {
  const source = only(job, "branchSources", "branchSource", "source", "bitbucket");
  const place = source.filter(({ word }) => word !== "traits" && word !== "id").map(plainly);
  const traits = content(source, "traits");
  // Tags and pull requests may be called main too.
  return (
    JSON.stringify(place) === JSON.stringify(SOURCE) &&
    JSON.stringify(traits.map(({ word }) => word)) === JSON.stringify(TRAITS) &&
    JSON.stringify(content(traits, "headWildcardFilter").map(plainly)) === JSON.stringify(MAIN)
  );
}

/** What stands in the braces of words that have to be there once each, and alone; nothing where they are not. */
function only(word: Word, ...names: string[]): readonly Word[] {
  const start = word.body.filter((inner) => inner.word === names[0]);
  return (
    names.slice(1).reduce<readonly Word[]>((words, name) => {
      const inside = words.length === 1 ? (words[0]?.body ?? []) : [];
      const known = name === "scm" ? inside.filter((one) => one.word === name) : inside;
      return known.every((one) => one.word === name) ? known : [];
    }, start)[0]?.body ?? []
  );
}

function plainly({ word, args }: Word): unknown[] {
  return [word, ...(args as readonly unknown[])];
}

function scriptOf(job: Word): string {
  const path = job.word === "pipelineJob" ? ["definition", "cpsScm"] : ["factory", "workflowBranchProjectFactory"];
  return (
    firstOf(
      path.reduce<readonly Word[]>((words, name) => content(words, name), job.body),
      "scriptPath",
    ) ?? ""
  );
}

/** The agents that a pipeline asks for, by label. */
function agentsOf(words: readonly Word[]): string[] {
  return words.flatMap((word) => {
    const args: readonly unknown[] = Array.isArray(word.args) ? word.args : Object.values(word.args);
    if (word.word === "node") return [String(args[0] ?? "any"), ...agentsOf(word.body)];
    if (word.word !== "agent") return agentsOf(word.body);
    if (args[0] === "none") return [];
    const labels = word.body.filter((inner) => inner.word === "label").map(argument);
    return labels.length === 1 ? labels : ["any"];
  });
}

/** Credentials a pipeline names; a part that is a stack stands for every stack. */
function credentialsUsed(words: readonly Word[]): string[] {
  const ids = [...JSON.stringify(words).matchAll(/"(?:credentialsId|tokenCredentialId)":"([^"]+)"/g)].map(
    ([, id]) => id ?? "",
  );
  return ids.flatMap((id) => {
    const [, choice] = /\$\{params\.(\w+)\}/.exec(id) ?? [];
    return choice === undefined
      ? [id]
      : choicesOf(words, choice).map((stack) => id.replace(`\${params.${choice}}`, stack));
  });
}

function choicesOf(words: readonly Word[], name: string): string[] {
  const parameters = content(content(words, "pipeline"), "parameters");
  const found = parameters
    .map(({ args }) => args as { name?: string; choices?: string[] })
    .find((args) => args.name === name);
  return found?.choices ?? ["(anything)"];
}

function agentFaults({ jenkins }: Casc): string[] {
  const agents = jenkins.nodes.map(({ permanent }) => permanent);
  const hosts = agents.map(({ launcher }) => launcher.ssh.host);
  return [
    ...(jenkins.numExecutors === 0 ? [] : ["builds run beside the secrets of Jenkins itself"]),
    ...(new Set(hosts).size === hosts.length ? [] : ["two agents are one machine"]),
    ...agents.flatMap(({ name, labelString, mode, nodeProperties = [] }) => {
      const folder = Object.keys(LABELS).find((candidate) => LABELS[candidate] === labelString);
      if (folder === undefined) return [`the agent ${name} is labelled "${labelString}", for neither folder`];
      const restriction = {
        jobRestrictionProperty: {
          jobRestriction: { regexNameRestriction: { regexExpression: `${folder}/.+`, checkShortName: false } },
        },
      };
      const restricted = JSON.stringify(nodeProperties) === JSON.stringify([restriction]) && mode === "EXCLUSIVE";
      return restricted ? [] : [`the agent ${name} takes builds of other folders than ${folder}`];
    }),
  ];
}

function firstOf(words: readonly Word[], name: string): string | undefined {
  const [found] = words.filter(({ word }) => word === name);
  return found === undefined ? undefined : String((found.args as readonly unknown[])[0]);
}
