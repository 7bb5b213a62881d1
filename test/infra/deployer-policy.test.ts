import { isWildcardOnlyAction } from "@cloud-copilot/iam-simulate";
import { ACTIONS } from "../../infra/access/deployer-actions";
import { deployerStatements } from "../../infra/access/deployer-policy";
import { policyDocument, type Statement } from "../../infra/policy";
import { extremes } from "./extremes";
import { NETWORK, SHARED } from "./network-cloud";
import { stackOf } from "./stack-of";

const PLACE = { partition: "aws", region: "eu-west-1", account: "123456789012" };
/** A role's own policies have that many characters together, as IAM counts them: without spaces. */
const LIMIT = 10_240;

/** Networks that are there take other things than one of towline's own. */
const NETWORKS = [NETWORK, { ...NETWORK, ...SHARED }];

let stacks: Readonly<Record<string, { types: string[]; statements: Statement[] }>>;
beforeAll(async () => {
  const entries = Object.entries(await extremes()).map(([length, declared]) => {
    const types = declared.map(({ type }) => type);
    const stack = length === "longest" ? "s".repeat(16) : "s";
    const bucketArn = `arn:aws:s3:::${"b".repeat(63)}`;
    return [length, { types, statements: deployerStatements({ stack, place: PLACE, bucketArn, types }) }];
  });
  stacks = Object.fromEntries(entries);
});

const actions = () => [...new Set(Object.values(ACTIONS).flatMap((each) => Object.values(each).flat()))];

test("a stack that has all a stack can have makes a policy that a role takes", () => {
  for (const { statements } of Object.values(stacks)) expect(policyDocument(statements).length).toBeLessThan(LIMIT);
});

test("nothing is in the table that no stack has", async () => {
  const group = { packages: ["hello"], size: { min: 1, max: 1 } };
  const others = await Promise.all(NETWORKS.map((network) => stackOf({ group }, { "towline:network": network })));
  const declared = new Set([
    ...Object.values(stacks).flatMap(({ types }) => types),
    ...others.flat().map(({ type }) => type),
  ]);
  expect(Object.keys(ACTIONS).filter((type) => !declared.has(type))).toEqual([]);
});

test("a stack gets what its own resources take, and no more", () => {
  const of = (types: string[]) =>
    deployerStatements({ stack: "qa", place: PLACE, bucketArn: "arn:aws:s3:::b", types }).map(({ Sid }) => Sid);
  expect(of(["aws:sns/topic:Topic", "towline:infra:Topic"])).toEqual([
    ...["Everything", "PublicParameters", "Topics"],
    ...["TagWhatIsMade", "ChangeTags"],
  ]);
});

test("a kind of resource that nobody has written down the actions of is a fault, by its name", () => {
  const made = () =>
    deployerStatements({
      stack: "qa",
      place: PLACE,
      bucketArn: "arn:aws:s3:::b",
      types: ["aws:ec2/instance:Instance"],
    });
  expect(made).toThrow("aws:ec2/instance:Instance: infra/access/deployer-actions.ts does not say what making it takes");
});

test("every action is one of AWS's, and those that take a resource are tied to one, to a tag or to the stack's region", async () => {
  for (const action of actions().filter((name) => !name.includes("*"))) {
    const [service = "", name = ""] = action.split(":");
    await expect(isWildcardOnlyAction(service, name).then(() => action)).resolves.toBe(action);
  }
  for (const { statements } of Object.values(stacks)) {
    const loose = statements.filter(({ Resource, Condition }) => Resource === "*" && Condition === undefined);
    expect(loose).toEqual([]);
  }
});

test("other stacks' names are out of reach", () => {
  const text = policyDocument(stacks.shortest?.statements ?? []);
  expect(text).toContain(":role/towline-s-*");
  expect(text).not.toMatch(/towline-\*|role\/\*|function:\*/);
});
