// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell and Groovy fill these in, not JavaScript
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Checked, checkAll, jenkinsfileCheck, ROOT } from "./jenkinsfile-check";
import { type Build, content, play } from "./play";

const APP = "jenkins/Jenkinsfile";
const BRANCH = "jenkins/branch/Jenkinsfile";
const PREVIEW = "jenkins/branch/infrastructure/Jenkinsfile";
const PROMOTE = "jenkins/promote/Jenkinsfile";
const ROLLBACK = "jenkins/rollback/Jenkinsfile";
const IMAGES = "jenkins/images/Jenkinsfile";
const NIGHTLY = "jenkins/nightly/Jenkinsfile";
const RENEW = "jenkins/renew/Jenkinsfile";
const INFRASTRUCTURE = "jenkins/infrastructure/Jenkinsfile";
const OURS = [APP, BRANCH, PREVIEW, PROMOTE, ROLLBACK, IMAGES, NIGHTLY, RENEW, INFRASTRUCTURE];
const BROKEN = "test/jenkins/broken";
const broken = readdirSync(path.join(ROOT, BROKEN));

const NAME = `\${env.JOB_NAME} #\${env.BUILD_NUMBER}`;
const URL = `\${env.BUILD_URL}`;
const PREPARE = ["checkout", "sh git clean -ffdx", "sh npm ci"];
const keyOf = (stack: string) =>
  `withCredentials [{"kind":"file","credentialsId":"towline-${stack}-signing-key","variable":"TOWLINE_SIGNING_KEY_FILE"}]`;

let checked: Map<string, Checked>;

beforeAll(() => {
  const files = [...OURS, ...broken.map((name) => path.join(BROKEN, name))];
  checked = new Map(checkAll(files).map((result) => [result.file, result]));
});

function result(file: string): Checked {
  const found = checked.get(file);
  if (found === undefined) throw new Error(`${file} was not checked`);
  return found;
}

const played = (file: string, build: Build = {}) => play(result(file).body, build);

test("every Jenkinsfile of this repository is known here and is one that Jenkins takes", () => {
  const found = readdirSync(path.join(ROOT, "jenkins"), { recursive: true, encoding: "utf8" });
  const files = found.filter((file) => path.basename(file) === "Jenkinsfile").map((file) => path.join("jenkins", file));
  expect(files.sort()).toEqual([...OURS].sort());
  for (const file of OURS) expect([file, result(file).problems]).toEqual([file, []]);
});

describe("an app's pipeline", () => {
  const STARTED = `slackSend #439FE0 ${NAME} started: ${URL}`;
  const TESTED_AND_BUILT = [
    "[Prepare]",
    STARTED,
    ...PREPARE,
    "[Test]",
    `lock local-region-\${env.NODE_NAME}`,
    "sh npm test",
    "[Build]",
    "sh npx towline build userdata/agent --out dist/packages",
    "sh npx towline build examples/hello --out dist/packages",
  ];

  test("takes main to staging and waits until staging runs it", () => {
    expect(played(APP)).toEqual({
      result: "SUCCESS",
      steps: [
        ...TESTED_AND_BUILT,
        "[Publish to staging]",
        "milestone ready for staging",
        "lock staging-repository",
        "milestone publishing to staging",
        keyOf("staging"),
        "sh npx towline publish --stack staging --require-provenance dist/packages/*.deb",
        "[Wait for staging]",
        [
          "sh for package in dist/packages/*.deb; do",
          "release=$(dpkg-deb --show --showformat='${Package}=${Version}' \"$package\")",
          'npx towline wait --announce --stack staging --timeout 15m "$release"',
          "done",
        ].join("\n"),
        `[Wait for staging] success: slackSend good ${NAME} runs on staging: ${URL}`,
      ],
    });
  });

  test("takes another branch to its channel, and nowhere else", () => {
    expect(played(BRANCH, { branch: "feature/x" })).toEqual({
      result: "SUCCESS",
      steps: [
        ...TESTED_AND_BUILT,
        "[Publish to a channel]",
        "lock staging-channels",
        keyOf("staging-channels"),
        'sh channel=$(jenkins/channel-name "$BRANCH_NAME")\nnpx towline publish --stack staging --channel "$channel" --require-provenance dist/packages/*.deb',
        `[Publish to a channel] success: slackSend good ${NAME} is published to its channel of staging: ${URL}`,
      ],
    });
  });

  test("only tests and builds a pull request", () => {
    expect(played(BRANCH, { branch: "PR-7", changeRequest: true })).toEqual({
      result: "SUCCESS",
      steps: TESTED_AND_BUILT,
    });
  });

  test.each([
    ["a test", /^sh npm test$/, "[Test]"],
    ["the build of a package", /build examples\/hello/, "[Build]"],
    ["publishing", /towline publish/, "[Publish to staging]"],
    ["staging", /towline wait/, "[Wait for staging]"],
  ])("stops where %s fails, and says so", (_, fails, stage) => {
    const { steps, result } = played(APP, { fails });
    expect(result).toBe("FAILURE");
    expect(steps.filter((step) => /^\[[^\]]*\]$/.test(step)).at(-1)).toBe(stage);
    expect(steps.at(-2)).toMatch(fails);
    expect(steps.at(-1)).toBe(`failure: slackSend danger ${NAME} failed: ${URL}`);
  });

  test("says when a build works again, after a failure alone", () => {
    const recovered = `fixed: slackSend good ${NAME} works again: ${URL}`;
    expect(played(APP, { before: "FAILURE" }).steps.at(-1)).toBe(recovered);
    expect(played(APP, { before: "SUCCESS" }).steps).not.toContain(recovered);
    expect(played(APP, { before: "ABORTED" }).steps).not.toContain(recovered);
  });

  test("has times in its log, an end, and no second checkout", () => {
    const options = content(content(result(APP).body, "pipeline"), "options");
    expect(options.map(({ word, args }) => [word, args])).toEqual([
      ["timestamps", []],
      ["timeout", { time: 60, unit: "MINUTES" }],
      ["buildDiscarder", { kind: "logRotator", numToKeepStr: "50" }],
      ["skipDefaultCheckout", []],
    ]);
  });
});

describe("promotion", () => {
  const WHAT = `\${params.PACKAGE} \${params.VERSION}`;
  const QUESTION = [
    "[Confirm]",
    `slackSend #439FE0 Promote ${WHAT} from \${params.FROM} to \${params.TO}, as \${params.ASKED_BY} asks? Answer at ${URL}input`,
    `input Promote ${WHAT} from \${params.FROM} to \${params.TO}, as \${params.ASKED_BY} asks?`,
  ];

  test("asks, promotes with the name of who confirmed it, and waits until hosts run it", () => {
    expect(played(PROMOTE)).toEqual({
      result: "SUCCESS",
      steps: [
        ...QUESTION,
        "[Promote]",
        ...PREPARE,
        `lock \${params.TO}-repository`,
        keyOf(`\${params.TO}`),
        'sh npx towline promote --from="$FROM" --to="$TO" --by="$APPROVED_BY" -- "$PACKAGE=$VERSION"',
        'sh npx towline wait --announce --stack="$TO" --timeout=30m -- "$PACKAGE=$VERSION"',
        `success: slackSend good \${params.TO} runs ${WHAT}, promoted by \${env.APPROVED_BY}: ${URL}`,
      ],
    });
  });

  test("asks those who may answer, and keeps who did", () => {
    const stages = content(content(result(PROMOTE).body, "pipeline"), "stages");
    const [question] = content(content(content(stages, "stage"), "steps"), "script").filter(
      ({ word }) => word === "input",
    );
    expect(question?.args).toMatchObject({ submitter: `\${env.TOWLINE_PROMOTERS}`, submitterParameter: "APPROVED_BY" });
  });

  test("does nothing where nobody confirms it", () => {
    expect(played(PROMOTE, { stopped: /^input/ })).toEqual({
      result: "ABORTED",
      steps: [
        ...QUESTION,
        `aborted: slackSend warning Promoting ${WHAT} to \${params.TO} was not confirmed or was stopped: ${URL}`,
      ],
    });
  });

  test.each([
    ["promoting", /towline promote/],
    ["a host", /towline wait/],
  ])("says so where %s fails", (_, fails) => {
    const { steps, result } = played(PROMOTE, { fails });
    expect(result).toBe("FAILURE");
    expect(steps.at(-2)).toMatch(fails);
    expect(steps.at(-1)).toBe(`failure: slackSend danger Promoting ${WHAT} to \${params.TO} failed: ${URL}`);
  });
});

describe("rollback", () => {
  const PLAN =
    'sh npx towline rollback --dry-run --json --stack="$STACK" ${VERSION:+--to="$VERSION"} ${ASKED:+--asked="$ASKED"} -- "$PACKAGE" >plan.json';
  const KEPT = [
    "sh cat plan.json",
    "sh jq --exit-status --raw-output .previous plan.json",
    "sh jq --exit-status --raw-output .target plan.json",
  ];
  const WHAT = `Roll \${params.PACKAGE} back from \${env.PLAN_FROM} to \${env.PLAN_TO} on \${params.STACK}, as \${params.ASKED_BY} asks?`;
  const QUESTION = [
    "[Confirm]",
    `slackSend #439FE0 ${WHAT} Answer at ${URL}input`,
    `input ${WHAT} The plan is in the log.`,
  ];

  test("shows its plan, asks, does that and nothing else, and waits until hosts have", () => {
    expect(played(ROLLBACK)).toEqual({
      result: "SUCCESS",
      steps: [
        "[Plan]",
        ...PREPARE,
        PLAN,
        ...KEPT,
        ...QUESTION,
        "[Roll back]",
        ...PREPARE,
        `lock \${params.STACK}-repository`,
        keyOf(`\${params.STACK}`),
        'sh npx towline rollback --json --stack="$STACK" --reason="$REASON" --by="$APPROVED_BY" ' +
          '--from="$PLAN_FROM" --to="$PLAN_TO" -- "$PACKAGE" >rollback.json',
        "sh target=$(jq --exit-status --raw-output .target rollback.json)\n" +
          'npx towline wait --announce --stack="$STACK" --timeout=30m -- "$PACKAGE=$target"',
        `success: slackSend good \${params.PACKAGE} is rolled back on \${params.STACK} by \${env.APPROVED_BY}: ${URL}`,
      ],
    });
  });

  test("asks nobody where there is nothing to go back to", () => {
    const { steps, result } = played(ROLLBACK, { fails: /--dry-run/ });
    expect(result).toBe("FAILURE");
    expect(steps.slice(-2)).toEqual([
      PLAN,
      `failure: slackSend danger Rolling \${params.PACKAGE} back on \${params.STACK} failed: ${URL}`,
    ]);
  });

  test("does nothing where nobody confirms it", () => {
    const { steps, result } = played(ROLLBACK, { stopped: /^input/ });
    expect(result).toBe("ABORTED");
    expect(steps.slice(-4)).toEqual([
      ...QUESTION,
      `aborted: slackSend warning Rolling \${params.PACKAGE} back on \${params.STACK} was not confirmed or was stopped: ${URL}`,
    ]);
  });
});

describe("the images' nightly job", () => {
  test("bakes them every night", () => {
    expect(content(content(result(IMAGES).body, "pipeline"), "triggers")).toMatchObject([
      { word: "cron", args: ["H 3 * * *"] },
    ]);
    expect(played(IMAGES)).toEqual({
      result: "SUCCESS",
      steps: ["[Prepare]", ...PREPARE, "[Bake images]", "sh npx towline image build"],
    });
  });

  test("says when it fails, and when it works again", () => {
    expect(played(IMAGES, { fails: /image build/ }).steps.at(-1)).toBe(
      `failure: slackSend danger Tonight's images were not baked: ${URL}`,
    );
    expect(played(IMAGES, { before: "FAILURE" }).steps.at(-1)).toBe(
      `fixed: slackSend good Images are baked again: ${URL}`,
    );
  });
});

describe("the nightly tests", () => {
  const SCHEDULES =
    'sh TOWLINE_SEED="${BUILD_NUMBER}0000" TOWLINE_SCHEDULES=10000 npm run test:scale -- test/simulator/schedules';

  test("play other schedules every night, and rollouts and apps in a region that nobody else uses meanwhile", () => {
    expect(content(content(result(NIGHTLY).body, "pipeline"), "triggers")).toMatchObject([
      { word: "cron", args: ["H 1 * * *"] },
    ]);
    expect(played(NIGHTLY)).toEqual({
      result: "SUCCESS",
      steps: [
        "[Prepare]",
        ...PREPARE,
        "[Schedules]",
        SCHEDULES,
        "[Rollouts]",
        `lock local-region-\${env.NODE_NAME}`,
        "sh npm test -- rollout",
        "[Apps]",
        `lock local-region-\${env.NODE_NAME}`,
        "sh npm test -- app toolchains",
      ],
    });
  });

  test("say when they fail, and when they pass again", () => {
    expect(played(NIGHTLY, { fails: /rollout$/ }).steps.at(-1)).toBe(
      `failure: slackSend danger Tonight's tests of rollouts and apps failed: ${URL}`,
    );
    expect(played(NIGHTLY, { before: "FAILURE" }).steps.at(-1)).toBe(
      `fixed: slackSend good Tonight's tests of rollouts and apps pass again: ${URL}`,
    );
  });
});

describe("the job that signs indexes anew", () => {
  const FILE = (id: string) =>
    `withCredentials [{"kind":"file","credentialsId":"${id}","variable":"TOWLINE_SIGNING_KEY_FILE"}]`;
  const signs = (stage: string, lock: string, key: string, command: string) => [
    `[${stage}]`,
    "catchError",
    `lock ${lock}`,
    FILE(key),
    `sh ${command}`,
  ];
  const STEPS = [
    "[Prepare]",
    ...PREPARE,
    ...signs("Staging", "staging-repository", "towline-staging-signing-key", "npx towline renew --stack staging"),
    ...signs(
      "Staging's channels",
      "staging-channels",
      "towline-staging-channels-signing-key",
      "npx towline renew --stack staging --channels",
    ),
    ...signs("Production", "prod-repository", "towline-prod-signing-key", "npx towline renew --stack prod"),
  ];

  test("looks after each stack every day, with that stack's key alone", () => {
    expect(content(content(result(RENEW).body, "pipeline"), "triggers")).toMatchObject([
      { word: "cron", args: ["H 5 * * *"] },
    ]);
    expect(played(RENEW)).toEqual({ result: "SUCCESS", steps: STEPS });
  });

  test("goes on with the others where one fails, and says so", () => {
    expect(played(RENEW, { fails: /--stack staging$/ })).toEqual({
      result: "FAILURE",
      steps: [
        ...STEPS,
        `failure: slackSend danger An index was not signed anew, and hosts stop believing it in some days: ${URL}`,
      ],
    });
    expect(played(RENEW, { before: "FAILURE" }).steps.at(-1)).toMatch(/^fixed: slackSend good All indexes/);
  });
});

describe("the infrastructure's job", () => {
  const TOKEN =
    'withCredentials [{"kind":"string","credentialsId":"pulumi-access-token","variable":"PULUMI_ACCESS_TOKEN"}]';
  const PREVIEWED = [
    "[Infrastructure]",
    "[Preview]",
    ...PREPARE,
    TOKEN,
    "sh jenkins/pulumi preview --stack staging --diff --non-interactive",
    "sh jenkins/pulumi preview --stack prod --diff --non-interactive",
  ];
  const STAGING = [
    "[Update staging]",
    "lock staging-infrastructure",
    "milestone updating staging",
    ...PREPARE,
    TOKEN,
    "sh jenkins/pulumi up --stack staging --yes --non-interactive",
  ];
  const QUESTION = [
    "[Confirm production]",
    `slackSend #439FE0 Update production's infrastructure? Answer at ${URL}input`,
    "input Update production's infrastructure? The preview is in the log.",
  ];
  const changes = ["infra/network/vpc.ts"];

  test("previews a branch without a token", () => {
    const { steps, result } = played(PREVIEW, { branch: "feature/x", changes });
    expect(result).toBe("SUCCESS");
    expect(steps.slice(0, -1)).toEqual(["[Preview]", ...PREPARE]);
    expect(steps.at(-1)).toContain('jenkins/pulumi preview --stack "$stack" --diff --non-interactive');
    expect(played(PREVIEW, { branch: "feature/x", changes: ["docs/README.md"] }).steps).toEqual([]);
  });

  test("applies main to staging at once and to production when it is confirmed", () => {
    expect(played(INFRASTRUCTURE, { changes })).toEqual({
      result: "SUCCESS",
      steps: [
        ...PREVIEWED,
        ...STAGING,
        ...QUESTION,
        "[Update production]",
        "lock prod-infrastructure",
        "milestone updating production",
        ...PREPARE,
        TOKEN,
        'sh jenkins/pulumi up --stack prod --yes --non-interactive --message "confirmed by $APPROVED_BY"',
        `[Update production] success: slackSend good Production's infrastructure is updated, confirmed by \${env.APPROVED_BY}: ${URL}`,
      ],
    });
  });

  test("leaves production alone where nobody confirms it", () => {
    const { steps, result } = played(INFRASTRUCTURE, { changes, stopped: /^input/ });
    expect(result).toBe("ABORTED");
    expect(steps).toEqual([
      ...PREVIEWED,
      ...STAGING,
      ...QUESTION,
      `aborted: slackSend warning ${NAME} was not confirmed or was stopped: ${URL}`,
    ]);
  });

  test("does not go on to production where staging fails", () => {
    const { steps, result } = played(INFRASTRUCTURE, { changes, fails: /pulumi up --stack staging/ });
    expect(result).toBe("FAILURE");
    expect(steps).toEqual([...PREVIEWED, ...STAGING, `failure: slackSend danger ${NAME} failed: ${URL}`]);
  });

  test.each([
    [{ changes: ["docs/architecture.md", "cli/main.ts"] }, []],
    [{ changes: ["Pulumi.prod.yaml"] }, PREVIEWED],
    [{ changes: ["lambda/slack/post.ts"] }, PREVIEWED],
    [{ changes: [], startedBy: "UserIdCause" as const }, PREVIEWED],
  ])("looks at what concerns it: %j", (build, expected) => {
    expect(played(INFRASTRUCTURE, { ...build, fails: /preview --stack prod/ }).steps.slice(0, expected.length)).toEqual(
      expected,
    );
    expect(played(PREVIEW, build).steps).toHaveLength(expected.length === 0 ? 0 : PREPARE.length + 2);
  });
});

/** A broken file says itself where and how it is refused: `// refused: words` or `// refused on the next line: words`. */
function expectedProblems(file: string) {
  return readFileSync(path.join(ROOT, file), "utf8")
    .split("\n")
    .flatMap((text, index) => {
      const match = /\/\/ refused( on the next line)?: (.+)$/.exec(text);
      return match
        ? [{ line: index + (match[1] ? 2 : 1), message: expect.stringMatching(startingWith(match[2])) }]
        : [];
    });
}

function startingWith(text = ""): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
}

describe("a broken file is refused at the right line, for that alone", () => {
  test.each(broken)("%s", (name) => {
    const file = path.join(BROKEN, name);
    const expected = expectedProblems(file);
    expect(expected).not.toEqual([]);
    expect(result(file).problems).toEqual(expected);
  });
});

describe("the checker's command", () => {
  test("says which line to mend and exits with 1", () => {
    const { stdout, stderr, status } = jenkinsfileCheck([APP, `${BROKEN}/no-agent.Jenkinsfile`]);
    expect({ stdout, stderr, status }).toEqual({
      stdout: `${APP}: fine\n`,
      stderr: `${BROKEN}/no-agent.Jenkinsfile:1: "pipeline" has no "agent"\n`,
      status: 1,
    });
  });

  test.each([
    [[], "no file was given: name one or more Jenkinsfiles, such as jenkins/Jenkinsfile"],
    [["jenkins/Jenkinfile"], "jenkins/Jenkinfile is not a file that can be read: name a Jenkinsfile"],
  ])("refuses %j", (args, message) => {
    expect(jenkinsfileCheck(args)).toMatchObject({ status: 2, stdout: "", stderr: `jenkinsfile-check: ${message}\n` });
  });

  test("says so where groovy is missing", () => {
    const bin = mkdtempSync(path.join(tmpdir(), "towline-no-groovy-"));
    for (const tool of ["bash", "dirname", "readlink"]) symlinkSync(`/usr/bin/${tool}`, path.join(bin, tool));
    expect(jenkinsfileCheck([APP], { PATH: bin })).toMatchObject({
      status: 2,
      stderr: "jenkinsfile-check: groovy is not installed: run 'scripts/setup tools', or 'apt-get install groovy'\n",
    });
    rmSync(bin, { recursive: true });
  });
});
