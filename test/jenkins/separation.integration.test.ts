import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { checkAll, ROOT } from "./jenkinsfile-check";
import { type Casc, faultsOf, type Setup } from "./separation";
import { SETTINGS } from "./settings";

const JOBS = "jenkins/jobs.groovy";
const CASC = readFileSync(path.join(ROOT, "jenkins/casc.yaml"), "utf8");

/** A copy that may be changed. */
interface Draft {
  jobs: MutableWord[];
  jenkinsfiles: Map<string, MutableWord[]>;
  // biome-ignore lint/suspicious/noExplicitAny: configuration that a test breaks on purpose
  casc: any;
}
interface MutableWord {
  word: string;
  line: number;
  // biome-ignore lint/suspicious/noExplicitAny: arguments of all kinds
  args: any;
  body: MutableWord[];
}

let setup: Setup;

beforeAll(() => {
  const found = readdirSync(path.join(ROOT, "jenkins"), { recursive: true, encoding: "utf8" });
  const scripts = found
    .filter((file) => path.basename(file) === "Jenkinsfile")
    .map((file) => path.join("jenkins", file));
  const checked = new Map(checkAll([JOBS, ...scripts], { ...SETTINGS }).map(({ file, body }) => [file, body]));
  const jobs = checked.get(JOBS) ?? [];
  checked.delete(JOBS);
  setup = { jobs, jenkinsfiles: checked, casc: parse(CASC) as Casc };
});

function broken(change: (draft: Draft) => void): string[] {
  const draft = structuredClone({ ...setup, jenkinsfiles: new Map(setup.jenkinsfiles) }) as unknown as Draft;
  change(draft);
  return faultsOf(draft as unknown as Setup);
}

const word = (name: string, value?: unknown, body: MutableWord[] = []): MutableWord => ({
  word: name,
  line: 1,
  args: value === undefined ? [] : [value],
  body,
});

function named(draft: Draft, name: string): MutableWord {
  const found = draft.jobs.find(({ args }) => args[0] === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** The words of a name, wherever they stand. */
function all(words: readonly MutableWord[], name: string): MutableWord[] {
  return words.flatMap((one) => [...(one.word === name ? [one] : []), ...all(one.body, name)]);
}

test("nothing that a branch can run sees a credential, an agent or a job of main", () => {
  expect(setup.jobs.map(({ word, args }) => `${word} ${(args as readonly string[])[0]}`)).toEqual([
    "folder branches",
    "folder production",
    "multibranchPipelineJob branches/towline",
    "multibranchPipelineJob branches/infrastructure",
    "multibranchPipelineJob production/towline",
    "multibranchPipelineJob production/infrastructure",
    "pipelineJob production/promote",
    "pipelineJob production/rollback",
    "pipelineJob production/images",
    "pipelineJob production/nightly",
    "pipelineJob production/renew",
  ]);
  expect(faultsOf(setup)).toEqual([]);
});

test("branches have no token and no key of a main suite", () => {
  const branches = setup.jobs.filter(({ args }) => (args as readonly string[])[0] === "branches");
  const values = JSON.stringify(branches).match(/[A-Z_]+_(TOKEN|BASE64|SECRET|KEY)\b/g);
  expect([...new Set(values)]).toEqual(["BITBUCKET_READ_TOKEN", "TOWLINE_STAGING_CHANNELS_SIGNING_KEY_BASE64"]);
});

const CREDENTIAL = "org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl";

describe("is noticed:", () => {
  test.each<[string, (draft: Draft) => void, string]>([
    [
      "a new credential of Jenkins' root that builds see",
      ({ casc }) =>
        casc.credentials.system.domainCredentials[0].credentials.push({ string: { id: "new", scope: "GLOBAL" } }),
      "every build sees the credential new of Jenkins' root: its scope is not SYSTEM",
    ],
    [
      "a new variable for every build",
      ({ casc }) => casc.jenkins.globalNodeProperties[0].envVars.env.push({ key: "NPM_TOKEN", value: "x" }),
      "every build gets the variable NPM_TOKEN",
    ],
    [
      "a new credential in the folder of the branches",
      (draft) =>
        all([named(draft, "branches")], "configure")[0]?.body.push(word(CREDENTIAL, undefined, [word("id", "new")])),
      "branches see the credential new",
    ],
    [
      "a known credential of the branches with another secret in it",
      (draft) => {
        for (const secret of all([named(draft, "branches")], "password")) secret.args = ["BITBUCKET_WEBHOOKS_TOKEN"];
      },
      "branches see BITBUCKET_WEBHOOKS_TOKEN in the credential bitbucket",
    ],
    [
      "a new folder",
      (draft) => draft.jobs.push(word("folder", "qa")),
      "the folder qa is neither for branches nor for main",
    ],
    [
      "a job outside of the folders",
      (draft) => draft.jobs.push(word("pipelineJob", "new")),
      "the job new is in neither folder",
    ],
    [
      "a job of every branch in the folder of main",
      (draft) => {
        for (const filter of all([named(draft, "production/towline")], "includes")) filter.args = ["*"];
      },
      "the job production/towline does not take its definition from main alone",
    ],
    [
      "a job in the folder of main that has pull requests too",
      (draft) => {
        const [traits] = all([named(draft, "production/towline")], "traits");
        traits?.body.push(word("bitbucketPullRequestDiscovery", undefined, [word("strategyId", 1)]));
      },
      "the job production/towline does not take its definition from main alone",
    ],
    [
      "a job in the folder of main without a filter",
      (draft) => {
        for (const traits of all([named(draft, "production/infrastructure")], "traits"))
          traits.body = traits.body.filter(({ word }) => word !== "headWildcardFilter");
      },
      "the job production/infrastructure does not take its definition from main alone",
    ],
    [
      "a job in the folder of main that checks out another branch",
      (draft) => {
        for (const branch of all([named(draft, "production/promote")], "branch")) branch.args = ["*/main"];
      },
      "the job production/promote does not take its definition from main alone",
    ],
    [
      "a job in the folder of main with a second source, of all branches",
      (draft) => {
        const [sources] = all([named(draft, "production/towline")], "branchSources");
        const [second] = structuredClone(sources?.body ?? []);
        for (const traits of all([second ?? word("none")], "traits"))
          traits.body = traits.body.filter(({ word }) => word !== "headWildcardFilter");
        sources?.body.push(second ?? word("none"));
      },
      "the job production/towline does not take its definition from main alone",
    ],
    [
      "a job in the folder of main of another repository",
      (draft) => {
        for (const repository of all([named(draft, "production/infrastructure")], "repository"))
          repository.args = ["fork"];
      },
      "the job production/infrastructure does not take its definition from main alone",
    ],
    [
      "a job in the folder of main that checks out another repository",
      (draft) => {
        for (const url of all([named(draft, "production/rollback")], "url"))
          url.args = ["https://bitbucket.org/eve/towline.git"];
      },
      "the job production/rollback does not take its definition from main alone",
    ],
    [
      "a job in the folder of main that checks out a second branch",
      (draft) => {
        const [git] = all([named(draft, "production/images")], "git");
        git?.body.push(word("branch", "feature"));
      },
      "the job production/images does not take its definition from main alone",
    ],
    [
      "a job in the folder of main without a definition",
      (draft) => {
        const promote = named(draft, "production/promote");
        const [cpsScm] = all([promote], "cpsScm");
        if (cpsScm) cpsScm.body = cpsScm.body.filter(({ word }) => word !== "scm");
      },
      "the job production/promote does not take its definition from main alone",
    ],
    [
      "a pipeline of branches on main's agents",
      ({ jenkinsfiles }) => {
        for (const label of all(jenkinsfiles.get("jenkins/branch/Jenkinsfile") ?? [], "label"))
          label.args = ["towline-production"];
      },
      'the job branches/towline runs on agents "towline-production"',
    ],
    [
      "a pipeline on any agent",
      ({ jenkinsfiles }) => {
        for (const agent of all(jenkinsfiles.get("jenkins/Jenkinsfile") ?? [], "agent"))
          Object.assign(agent, word("agent", "any"));
      },
      'the job production/towline runs on agents "any"',
    ],
    [
      "a pipeline of branches that uses a key of main",
      (draft) => {
        const steps = draft.jenkinsfiles.get("jenkins/branch/Jenkinsfile") ?? [];
        for (const step of all(steps, "withCredentials"))
          step.args.bindings[0].credentialsId = "towline-prod-signing-key";
      },
      "the job branches/towline uses towline-prod-signing-key, which its folder lacks",
    ],
    [
      "a pipeline that names the bot's token",
      (draft) =>
        draft.jenkinsfiles
          .get("jenkins/branch/Jenkinsfile")
          ?.push({ ...word("slackSend"), args: { tokenCredentialId: "slack" } }),
      "the job branches/towline uses slack, which its folder lacks",
    ],
    [
      "a stack without a key in its folder",
      (draft) => {
        const steps = draft.jenkinsfiles.get("jenkins/promote/Jenkinsfile") ?? [];
        for (const choice of all(steps, "choice")) choice.args.choices = ["qa"];
      },
      "the job production/promote uses towline-qa-signing-key, which its folder lacks",
    ],
    [
      "an agent of main that takes any build",
      ({ casc }) => delete casc.jenkins.nodes[1].permanent.nodeProperties,
      "the agent production takes builds of other folders than production",
    ],
    [
      "an agent of main whose pattern lets branches in",
      ({ casc }) => {
        casc.jenkins.nodes[1].permanent.nodeProperties[0].jobRestrictionProperty.jobRestriction.regexNameRestriction.regexExpression =
          ".*production/.+";
      },
      "the agent production takes builds of other folders than production",
    ],
    [
      "an agent that is both",
      ({ casc }) => {
        casc.jenkins.nodes[0].permanent.labelString = "towline-branch towline-production";
      },
      'the agent branch is labelled "towline-branch towline-production", for neither folder',
    ],
    [
      "two agents on one machine",
      ({ casc }) => {
        casc.jenkins.nodes[1].permanent.launcher.ssh.host = casc.jenkins.nodes[0].permanent.launcher.ssh.host;
      },
      "two agents are one machine",
    ],
    [
      "builds on Jenkins itself",
      ({ casc }) => {
        casc.jenkins.numExecutors = 1;
      },
      "builds run beside the secrets of Jenkins itself",
    ],
  ])("%s", (_, change, fault) => expect(broken(change)).toEqual([fault]));
});
