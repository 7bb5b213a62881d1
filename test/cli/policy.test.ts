import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../cli/main";
import { JOBS } from "../../infra/access/job-policy";
import { one, stackOf } from "../infra/stack-of";

const ACCOUNT = "123456789012";
let folder: string;
let written: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-policy-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: towline\n");
  written = "";
  const note = (chunk: string | Uint8Array) => {
    written += chunk;
    return true;
  };
  jest.spyOn(process.stdout, "write").mockImplementation(note);
  jest.spyOn(process.stderr, "write").mockImplementation(note);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function declare(stack: string, sections: object = {}, region = "eu-west-1"): void {
  const groups = { web: { packages: ["hello"], size: { min: 1, max: 2 } } };
  const repository = { bucket: `acme-${stack}` };
  const config = { "aws:region": region, "towline:repository": repository, "towline:groups": groups, ...sections };
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
}

const print = (...args: string[]) => main(["-C", folder, "policy", "--account", ACCOUNT, ...args]);

it.each([
  ["publisher", {}],
  ["promoter", { promoteFromBucket: "acme-staging" }],
])("prints for a %s what the stack's own role may", async (job, more) => {
  const publisher = { trustedArns: [`arn:aws:iam::${ACCOUNT}:role/jenkins`], ...more };
  declare("qa", { "towline:publisher": publisher });
  expect(await print("--for", job, "--stack", "qa")).toBe(0);
  const stack = await stackOf(
    { web: { packages: ["hello"], size: { min: 1, max: 2 } } },
    { "towline:publisher": publisher },
  );
  const role = one(stack, "aws:iam/rolePolicy:RolePolicy", "publisher-role-policy").inputs.policy;
  expect(JSON.parse(written)).toEqual(JSON.parse(String(role)));
});

it("reads the stack that --from names for a promoter", async () => {
  declare("prod");
  declare("staging");
  expect(await print("--for", "promoter", "--stack", "prod", "--from", "staging")).toBe(0);
  const { Statement } = JSON.parse(written) as { Statement: { Sid: string; Resource: unknown }[] };
  expect(Statement.find(({ Sid }) => Sid === "ListSource")?.Resource).toBe("arn:aws:s3:::acme-staging");
});

it("puts the partition of the stack's region into ARNs, and prints one line with --json", async () => {
  declare("gov", {}, "us-gov-west-1");
  expect(await print("--for", "operator", "--stack", "gov", "--json")).toBe(0);
  expect(written.trim().split("\n")).toHaveLength(1);
  expect(written).toContain("arn:aws-us-gov:s3:::acme-gov");
  expect(written).not.toContain("arn:aws:");
});

it("prints for a deployer what the stack's program declares takes", async () => {
  declare("qa");
  expect(await print("--for", "deployer", "--stack", "qa")).toBe(0);
  const { Statement } = JSON.parse(written) as { Statement: { Sid: string; Resource: unknown }[] };
  expect(Statement.find(({ Sid }) => Sid === "Bucket")?.Resource).toBe("arn:aws:s3:::acme-qa");
  expect(Statement.map(({ Sid }) => Sid)).not.toContain("LoadBalancers");
});

it.each(JOBS.filter((job) => job !== "deployer"))(
  "prints a policy for a %s that IAM takes for a managed one, whatever the names' lengths",
  async (job) => {
    const stack = "s".repeat(16);
    declare(stack, { "towline:repository": { bucket: "b".repeat(63) } });
    declare("from", { "towline:repository": { bucket: "c".repeat(63) } });
    const more = job === "promoter" ? ["--from", "from"] : [];
    expect(await print("--for", job, "--stack", stack, "--json", ...more)).toBe(0);
    expect(written.trim().length).toBeLessThanOrEqual(6144);
  },
);

it.each([
  [["--stack", "qa"], "towline: required option '--for <job>' not specified\n(see --help)\n"],
  [
    ["--for", "admin", "--stack", "qa"],
    "towline: option '--for <job>' argument 'admin' is invalid. Allowed choices are operator, publisher, promoter, deployer.\n(see --help)\n",
  ],
  [
    ["--for", "promoter", "--stack", "qa"],
    "towline: stack qa names no bucket that releases come from; give the stack with --from, such as --from staging, or set promoteFromBucket in towline:publisher of Pulumi.qa.yaml\n",
  ],
  [
    ["--for", "promoter", "--stack", "qa", "--from", "qa"],
    "towline: --from qa: is the stack itself; name the one that releases come from\n",
  ],
  [
    ["--for", "operator", "--stack", "qa", "--from", "staging"],
    "towline: --from: goes with --for promoter alone, not with --for operator\n",
  ],
  [
    ["--for", "operator", "--stack", "qa", "--account", "1234"],
    "towline: option '--account <number>' argument '1234' is invalid. It should be the 12 digits of an AWS account, such as 123456789012.\n(see --help)\n",
  ],
])("refuses %j and says why", async (args, expected) => {
  declare("qa");
  expect(await main(["-C", folder, "policy", ...args])).toBe(2);
  expect(written).toBe(expected);
});
