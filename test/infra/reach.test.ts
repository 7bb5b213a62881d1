import type { Declared } from "../../infra/synth";
import { extremes } from "./extremes";
import { all } from "./stack-of";

interface Allowed {
  readonly role: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

let stacks: readonly Declared[][];
beforeAll(async () => {
  stacks = Object.values(await extremes());
});

/** Everything that a role of a stack may do, by the names of both. */
function allowed(stack: readonly Declared[]): Allowed[] {
  return all(stack, "aws:iam/rolePolicy:RolePolicy").flatMap(({ name, inputs }) => {
    const { Statement } = JSON.parse(String(inputs.policy)) as {
      Statement: { Effect: string; Action: string | string[]; Resource: string | string[] }[];
    };
    return Statement.filter(({ Effect }) => Effect === "Allow").map(({ Action, Resource }) => ({
      role: name,
      actions: [Action].flat(),
      resources: [Resource].flat(),
    }));
  });
}

/** Whether a pattern of IAM's takes in what another pattern stands for, at least in part. */
function meets(pattern: string, text: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${escaped}$`).test(text);
}

test("no role of a stack reaches the settings of apps but a host's, which reads those of its own group's apps", () => {
  for (const stack of stacks) {
    const bucket = String(
      all(stack, "aws:s3/bucket:Bucket").find(({ name }) => name === "repository-bucket")?.inputs.bucket,
    );
    const groups = all(stack, "towline:infra:Group").map(({ name }) => name);
    const settings = `arn:aws:s3:::${bucket}/env/other-app.env`;
    const found = allowed(stack).filter(
      ({ actions, resources }) =>
        actions.some((action) => /^(s3:|\*)/i.test(action)) &&
        resources.some((resource) => meets(resource, settings) || resource.startsWith(`arn:aws:s3:::${bucket}/env/`)),
    );
    for (const { role, actions, resources } of found) {
      expect([role, groups.some((group) => role === `${group}-role-policy`)]).toEqual([role, true]);
      expect(actions).toEqual(["s3:GetObject"]);
      expect(resources.filter((resource) => meets(resource, settings))).toEqual([]);
    }
    expect(found).toHaveLength(groups.length);
  }
});

test("no role of a stack may decrypt with the key of settings but a host's", () => {
  for (const stack of stacks) {
    const groups = all(stack, "towline:infra:Group").map(({ name }) => `${name}-role-policy`);
    const key = /:key\//;
    const decrypts = allowed(stack).filter(
      ({ actions, resources }) =>
        actions.some((action) => meets(action, "kms:Decrypt")) && resources.some((one) => key.test(one)),
    );
    expect(decrypts.map(({ role }) => role).filter((role) => !groups.includes(role))).toEqual([]);
  }
});

test("no role of a stack runs anything on hosts but its document, which takes no parameters", () => {
  const runs = ["ssm:SendCommand", "ssm:StartSession", "ssm:CreateAssociation", "ssm:StartAutomationExecution"];
  for (const stack of stacks) {
    const documents = all(stack, "aws:ssm/document:Document");
    expect(documents.map(({ inputs }) => JSON.parse(String(inputs.content)).parameters)).toEqual([undefined]);
    const name = String(documents[0]?.inputs.name);
    const running = allowed(stack).filter(({ actions }) => actions.some((one) => runs.some((run) => meets(one, run))));
    expect(new Set(running.map(({ role }) => role))).toEqual(new Set(["nudge-role-policy", "publisher-role-policy"]));
    for (const { actions, resources } of running) {
      expect(actions).toEqual(["ssm:SendCommand"]);
      expect(resources).toHaveLength(1);
      expect([
        `arn:aws:ssm:eu-west-1:123456789012:document/${name}`,
        "arn:aws:ec2:eu-west-1:123456789012:instance/*",
      ]).toContain(resources[0]);
    }
  }
});
