import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createProgram } from "../../cli/main";
import { type Checked, checkAll, jenkinsfileCheck, ROOT, type Word } from "./jenkinsfile-check";
import { argument, content } from "./play";
import { SETTINGS } from "./settings";

const JOBS = "jenkins/jobs.groovy";

let files: Map<string, Checked>;
let jobs: readonly Word[];

beforeAll(() => {
  const jenkinsfiles = [
    "",
    "promote/",
    "rollback/",
    "images/",
    "nightly/",
    "renew/",
    "infrastructure/",
    "branch/",
    "branch/infrastructure/",
  ].map((at) => `jenkins/${at}Jenkinsfile`);
  files = new Map(checkAll([JOBS, ...jenkinsfiles], { ...SETTINGS }).map((file) => [file.file, file]));
  jobs = (files.get(JOBS)?.body ?? []).filter(({ word }) => word !== "folder");
});

function job(name: string): Word {
  const found = jobs.find((candidate) => argument(candidate) === name);
  if (found === undefined) throw new Error(`there is no job ${name}`);
  return found;
}

/** The words inside the words named. */
function inside(word: Word, ...names: string[]): readonly Word[] {
  return names.reduce<readonly Word[]>((words, name) => content(words, name), word.body);
}

/** Of each job its kind, its name and the path of its Jenkinsfile. */
function scripts(): readonly (readonly [string, string, string])[] {
  return jobs.map((word) => {
    const where = word.word === "pipelineJob" ? ["definition", "cpsScm"] : ["factory", "workflowBranchProjectFactory"];
    const path = inside(word, ...where).find((inner) => inner.word === "scriptPath");
    return [word.word, argument(word), path === undefined ? "" : argument(path)];
  });
}

test("Job DSL takes the file, and every pipeline has its job", () => {
  expect(files.get(JOBS)?.problems).toEqual([]);
  expect(scripts()).toEqual([
    ["multibranchPipelineJob", "branches/towline", "jenkins/branch/Jenkinsfile"],
    ["multibranchPipelineJob", "branches/infrastructure", "jenkins/branch/infrastructure/Jenkinsfile"],
    ["multibranchPipelineJob", "production/towline", "jenkins/Jenkinsfile"],
    ["multibranchPipelineJob", "production/infrastructure", "jenkins/infrastructure/Jenkinsfile"],
    ["pipelineJob", "production/promote", "jenkins/promote/Jenkinsfile"],
    ["pipelineJob", "production/rollback", "jenkins/rollback/Jenkinsfile"],
    ["pipelineJob", "production/images", "jenkins/images/Jenkinsfile"],
    ["pipelineJob", "production/nightly", "jenkins/nightly/Jenkinsfile"],
    ["pipelineJob", "production/renew", "jenkins/renew/Jenkinsfile"],
  ]);
});

test.each([
  ["branches/towline", "*", "main"],
  ["branches/infrastructure", "*", "main"],
  ["production/towline", "main", ""],
  ["production/infrastructure", "main", ""],
])(
  '%s builds the branches %s but "%s" of the company\'s repository when Bitbucket calls',
  (name, included, excluded) => {
    const source = inside(job(name), "branchSources", "branchSource", "source", "bitbucket");
    expect(source.filter(({ word }) => word !== "traits").map(({ word, args }) => [word, args])).toEqual([
      ["id", [name]],
      ["repoOwner", ["acme"]],
      ["repository", ["towline"]],
      ["credentialsId", ["bitbucket"]],
    ]);
    expect(
      content(source, "traits").map(({ word, body }) => [word, body.map(({ word, args }) => [word, args])]),
    ).toEqual([
      ["bitbucketBranchDiscovery", [["strategyId", [3]]]],
      [
        "headWildcardFilter",
        [
          ["includes", [included]],
          ["excludes", [excluded]],
        ],
      ],
      ["bitbucketWebhookRegistration", [["mode", ["SYSTEM"]]]],
    ]);
  },
);

const FROM_MAIN = ["promote", "rollback", "images", "nightly", "renew"].map((name) => `production/${name}`);

test.each(FROM_MAIN)("%s runs what is on main", (name) => {
  const git = inside(job(name), "definition", "cpsScm", "scm", "git");
  expect(content(git, "remote").map(({ word, args }) => [word, args])).toEqual([
    ["url", ["https://bitbucket.org/acme/towline.git"]],
    ["credentials", ["bitbucket"]],
  ]);
  expect(git.filter(({ word }) => word === "branch").map(argument)).toEqual(["refs/heads/main"]);
});

test.each(["promote", "rollback"])(
  "%s asks for what its Jenkinsfile asks for, and is started by owners and the bot of Slack alone",
  (name) => {
    const declared = content(content(files.get(`jenkins/${name}/Jenkinsfile`)?.body ?? [], "pipeline"), "parameters");
    const asked = inside(job(`production/${name}`), "parameters").map(({ word, args }) => {
      const [parameter, value, description] = args as readonly unknown[];
      return word === "choiceParam"
        ? { word: "choice", args: { name: parameter, choices: value, description } }
        : { word: "string", args: { name: parameter, defaultValue: value, description } };
    });
    expect(asked).toEqual(declared.map(({ word, args }) => ({ word, args })));
    const matrix = inside(job(`production/${name}`), "properties", "authorizationMatrix");
    expect(content(matrix, "inheritanceStrategy").map(({ word }) => word)).toEqual(["nonInheriting"]);
    expect(content(matrix, "entries").map(({ body }) => body.map(({ args }) => args))).toEqual([
      [["acme::owner"], [["Job/Build", "Job/Cancel", "Job/Read"]]],
      [["acme::member"], [["Job/Read"]]],
      [["TOWLINE_SLACK_USER"], [["Job/Build", "Job/Read"]]],
    ]);
  },
);

test.each(["images", "nightly", "renew"])("%s runs when its Jenkinsfile says", (name) => {
  const declared = content(content(files.get(`jenkins/${name}/Jenkinsfile`)?.body ?? [], "pipeline"), "triggers");
  expect(
    inside(job(`production/${name}`), "properties", "pipelineTriggers", "triggers", "cron").map(({ args }) => args),
  ).toEqual(declared.map(({ args }) => args));
});

test("a job is disabled where its Jenkinsfile calls a command that towline does not have, and nowhere else", () => {
  const commands = createProgram().commands.map((command) => command.name());
  const called = (script: string) => [...script.matchAll(/\bnpx towline ([a-z]+)/g)].map(([, command = ""]) => command);
  const waiting = scripts().filter(([, , path]) =>
    called(readFileSync(join(ROOT, path), "utf8")).some((command) => !commands.includes(command)),
  );
  const disabled = jobs.filter(({ body }) => body.some(({ word }) => word === "disabled"));
  expect(disabled.map(argument)).toEqual(waiting.map(([, name]) => name));
});

test("says which setting is missing", () => {
  const { status, stderr } = jenkinsfileCheck([JOBS], { ...SETTINGS, BITBUCKET_REPOSITORY: "" });
  expect([status, stderr]).toEqual([
    1,
    "jenkins/jobs.groovy:10: IllegalStateException: BITBUCKET_REPOSITORY is not set in Jenkins' environment\n",
  ]);
});
