import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Checked, checkAll, jenkinsfileCheck, ROOT, type Word } from "./jenkinsfile-check";

const JENKINSFILE = "jenkins/Jenkinsfile";
const BROKEN = "test/jenkins/broken";
const broken = readdirSync(path.join(ROOT, BROKEN));

let checked: Map<string, Checked>;

beforeAll(() => {
  const files = [JENKINSFILE, ...broken.map((name) => path.join(BROKEN, name))];
  checked = new Map(checkAll(files).map((result) => [result.file, result]));
}, 30_000);

function result(file: string): Checked {
  const found = checked.get(file);
  if (found === undefined) throw new Error(`${file} was not checked`);
  return found;
}

/** The words inside the words named, wherever those stand. */
function inside(words: readonly Word[], ...names: string[]): readonly Word[] {
  const [name, ...rest] = names;
  return name === undefined
    ? words
    : inside(
        words.filter(({ word }) => word === name).flatMap(({ body }) => body),
        ...rest,
      );
}

/** Steps as `word argument`, those of a block after its own line and indented. */
function outline(words: readonly Word[], indent = ""): string[] {
  return words.flatMap(({ word, args, body }) => [
    `${indent}${word} ${JSON.stringify(args)}`,
    ...outline(body, `${indent}  `),
  ]);
}

describe("the pipeline", () => {
  const pipeline = () => inside(result(JENKINSFILE).body, "pipeline");

  test("is one that Jenkins takes", () => {
    expect(result(JENKINSFILE).problems).toEqual([]);
  });

  test("runs the commands a person would type, in this order", () => {
    const stages = inside(pipeline(), "stages").map(({ args, body }) => [args, outline(inside(body, "steps"))]);
    expect(stages).toEqual([
      [
        ["Prepare"],
        ['checkout {"scm":"(the job\'s repository)"}', 'sh {"script":"git clean -ffdx"}', 'sh {"script":"npm ci"}'],
      ],
      [["Test"], [`lock {"resource":"local-region-\${env.NODE_NAME}"}`, '  sh {"script":"npm test"}']],
      [
        ["Build"],
        [
          'sh {"script":"npx towline build userdata/agent --out dist/packages"}',
          'sh {"script":"npx towline build examples/hello --out dist/packages"}',
        ],
      ],
      [
        ["Publish to staging"],
        [
          'milestone {"ordinal":1,"label":"ready for staging"}',
          'lock {"resource":"staging-repository","inversePrecedence":true}',
          '  milestone {"ordinal":2,"label":"publishing to staging"}',
          '  withCredentials {"bindings":[{"kind":"file","credentialsId":"towline-staging-signing-key","variable":"TOWLINE_SIGNING_KEY_FILE"}]}',
          '    sh {"script":"npx towline publish --stack staging dist/packages/*.deb"}',
        ],
      ],
    ]);
  });

  test("publishes from main only", () => {
    const conditions = inside(pipeline(), "stages").map(({ args, body }) => [args, outline(inside(body, "when"))]);
    expect(conditions).toEqual([
      [["Prepare"], []],
      [["Test"], []],
      [["Build"], []],
      [["Publish to staging"], ['branch ["main"]']],
    ]);
  });

  test("tells Slack of failures, of mended builds and of what was published", () => {
    const name = `\${env.JOB_NAME} #\${env.BUILD_NUMBER}`;
    const slack = (color: string, message: string) => `  slackSend ${JSON.stringify({ color, message })}`;
    expect(outline(inside(pipeline(), "post"))).toEqual([
      "failure []",
      slack("danger", `${name} failed: \${env.BUILD_URL}`),
      "fixed []",
      slack("good", `${name} works again: \${env.BUILD_URL}`),
    ]);
    expect(outline(inside(pipeline(), "stages", "stage", "post"))).toEqual([
      "success []",
      slack("good", `${name} is published to staging: \${env.BUILD_URL}`),
    ]);
  });

  test("has times in its log, an end, and no second checkout", () => {
    expect(outline(inside(pipeline(), "options"))).toEqual([
      "timestamps []",
      'timeout {"time":45,"unit":"MINUTES"}',
      'buildDiscarder {"kind":"logRotator","numToKeepStr":"50"}',
      "skipDefaultCheckout []",
    ]);
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

describe("a broken Jenkinsfile is refused at the right line, for that alone", () => {
  test.each(broken)("%s", (name) => {
    const file = path.join(BROKEN, name);
    const expected = expectedProblems(file);
    expect(expected).not.toEqual([]);
    expect(result(file).problems).toEqual(expected);
  });
});

describe("the checker's command", () => {
  test("says which line to mend and exits with 1", () => {
    const { stdout, stderr, status } = jenkinsfileCheck([JENKINSFILE, `${BROKEN}/no-agent.Jenkinsfile`]);
    expect({ stdout, stderr, status }).toEqual({
      stdout: `${JENKINSFILE}: fine\n`,
      stderr: `${BROKEN}/no-agent.Jenkinsfile:1: "pipeline" has no "agent"\n`,
      status: 1,
    });
  }, 30_000);

  test.each([
    [[], "no file was given: name one or more Jenkinsfiles, such as jenkins/Jenkinsfile"],
    [["jenkins/Jenkinfile"], "jenkins/Jenkinfile is not a file that can be read: name a Jenkinsfile"],
  ])("refuses %j", (args, message) => {
    expect(jenkinsfileCheck(args)).toMatchObject({ status: 2, stdout: "", stderr: `jenkinsfile-check: ${message}\n` });
  });

  test("says so where groovy is missing", () => {
    const bin = mkdtempSync(path.join(tmpdir(), "towline-no-groovy-"));
    for (const tool of ["bash", "dirname", "readlink"]) symlinkSync(`/usr/bin/${tool}`, path.join(bin, tool));
    expect(jenkinsfileCheck([JENKINSFILE], { PATH: bin })).toMatchObject({
      status: 2,
      stderr: "jenkinsfile-check: groovy is not installed: run 'scripts/setup tools', or 'apt-get install groovy'\n",
    });
    rmSync(bin, { recursive: true });
  });
});
