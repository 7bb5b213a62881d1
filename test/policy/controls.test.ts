import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTROLS, controlTable, outcomeOf, type Resource } from "../../policy/controls";
import { CERTIFICATE, WEB_ACL } from "../infra/arns";
import { stackOf } from "../infra/stack-of";

const FILE = join(__dirname, "../../docs/security.md");
const [BEGIN, END] = ["<!-- written by test/policy/controls.test.ts -->\n", "\n<!-- until here -->"];
const groups = { web: { packages: ["hello"], size: { min: 2, max: 4 }, http: { port: 6000 } } };
const sections = {
  "towline:loadBalancer": {
    certificateArn: CERTIFICATE,
  },
  "towline:protect": {
    webAclArn: WEB_ACL,
  },
  "towline:audit": {},
};

let stacks: Record<string, readonly Resource[]>;
beforeAll(async () => {
  stacks = {
    "as it is": await stackOf(groups),
    "with `protect`, `audit`, a certificate and a web ACL": await stackOf(groups, sections),
  };
});

// TOWLINE_WRITE=1 writes the table anew.
it("docs/security.md holds the table of Security Hub's controls as the stacks have it", () => {
  const text = readFileSync(FILE, "utf8");
  const [from, to] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  expect(text.indexOf(BEGIN)).toBeGreaterThan(0);
  if (process.env.TOWLINE_WRITE === "1")
    writeFileSync(FILE, text.slice(0, from) + controlTable(stacks) + text.slice(to));
  else expect(text.slice(from, to)).toBe(controlTable(stacks));
});

it("every control that a stack fails says why", () => {
  const failed = CONTROLS.filter((control) =>
    Object.values(stacks).some((stack) => outcomeOf(control, stack).startsWith("fail")),
  );
  expect(failed.filter(({ why }) => why === undefined).map(({ id }) => id)).toEqual([]);
});

it("both keys, a certificate and a web ACL pass what they are there for, and nothing that passed before fails", () => {
  const [before = [], after = []] = Object.values(stacks);
  const of = (stack: readonly Resource[]) =>
    new Map(CONTROLS.map((control) => [control.id, outcomeOf(control, stack)]));
  const [then, now] = [of(before), of(after)];
  for (const id of ["CloudWatch.16", "EC2.2", "EC2.6", "ELB.1", "ELB.5", "ELB.6", "ELB.16"])
    expect([id, then.get(id), now.get(id)]).toEqual([id, "fail", "pass"]);
  expect([...then].filter(([id, outcome]) => outcome === "pass" && now.get(id) !== "pass")).toEqual([]);
});

it("a control that a resource does not keep is found", () => {
  const stack = Object.values(stacks)[1] ?? [];
  const spoiled = stack.map((one) =>
    one.name === "load-balancer-alb" ? { ...one, inputs: { ...one.inputs, dropInvalidHeaderFields: false } } : one,
  );
  const control = CONTROLS.find(({ id }) => id === "ELB.4");
  expect(control && [outcomeOf(control, stack), outcomeOf(control, spoiled), outcomeOf(control, [])]).toEqual([
    "pass",
    "fail",
    "–",
  ]);
});
