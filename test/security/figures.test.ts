import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JOBS, jobStatements } from "../../infra/access/job-policy";
import { parseStackConfig } from "../../infra/config";
import type { Statement } from "../../infra/policy";
import { sections } from "../infra/extremes";
import { all, stackOf } from "../infra/stack-of";

/** How much each role and each job of a stack may do, as docs/security.md has it. TOWLINE_WRITE=1 writes the table anew. */

const FILE = join(__dirname, "../../docs/security.md");
const [BEGIN, END] = ["<!-- written by test/security/figures.test.ts -->\n", "\n<!-- until here: figures -->"];
const groups = {
  web: { packages: ["hello"], size: { min: 2, max: 4 }, http: { port: 6000 }, rollout: { alarms: ["errors"] } },
};

interface Figures {
  readonly name: string;
  readonly actions: number;
  readonly everywhere: number;
}

function figures(name: string, statements: readonly Statement[]): Figures {
  const allowed = statements.filter(({ Effect }) => Effect === "Allow");
  const of = (some: readonly Statement[]) => new Set(some.flatMap(({ Action }) => Action)).size;
  return { name, actions: of(allowed), everywhere: of(allowed.filter(({ Resource }) => Resource === "*")) };
}

function table(rows: readonly Figures[]): string {
  const lines = rows.map(({ name, actions, everywhere }) => `| ${name} | ${actions} | ${everywhere} |`);
  return ["| role or job | actions | of them without a resource |", "| --- | --- | --- |", ...lines].join("\n");
}

test("docs/security.md says how many actions each role and each job may do", async () => {
  const stack = await stackOf(groups, sections);
  const roles = all(stack, "aws:iam/rolePolicy:RolePolicy")
    .map(({ inputs }) => {
      const { Statement } = JSON.parse(String(inputs.policy)) as { Statement: Statement[] };
      return figures(`\`${String(inputs.role).replace("towline-qa-", "towline-<stack>-")}\``, Statement);
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const raw = { "aws:region": "eu-west-1", "towline:repository": { bucket: "acme-qa" }, "towline:groups": groups };
  const config = parseStackConfig("qa", raw);
  const place = { partition: "aws", region: "eu-west-1", account: "123456789012" };
  const types = stack.map(({ type }) => type);
  const jobs = JOBS.map((job) => figures(job, jobStatements(job, { config, place, source: "acme-source", types })));
  const made = table([...roles, ...jobs]);

  const text = readFileSync(FILE, "utf8");
  const [from, to] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  expect(text.indexOf(BEGIN)).toBeGreaterThan(0);
  if (process.env.TOWLINE_WRITE === "1") writeFileSync(FILE, text.slice(0, from) + made + text.slice(to));
  else expect(text.slice(from, to)).toBe(made);
});
