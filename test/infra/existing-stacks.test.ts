import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Declared, synthesize } from "../../infra/synth";
import { placeholderKey } from "./stack-of";

/**
 * What AWS or Pulumi makes anew when it changes, of the resources of the repository's two stacks as people have them: a line each in
 * `existing-stacks.txt`. A new setting, where it is not used, changes none of them. Whoever means to change one says in docs/operations.md what that does to a
 * stack that is there, and writes the file anew: `TOWLINE_WRITE_EXISTING=1 npm run test:unit -- test/infra/existing-stacks`.
 */
const FILE = path.join(__dirname, "existing-stacks.txt");

/** Inputs whose change replaces a resource (the AWS provider's documentation), whatever its type. */
const IDENTITY = [
  ...["name", "namePrefix", "path", "bucket", "key", "alias", "domain", "availabilityZone", "encrypted", "type"],
  ...["cidrBlock", "numberOfAvailabilityZones", "availabilityZoneCidrMask", "subnetStrategy", "natGateways"],
  ...["port", "protocol", "targetType", "loadBalancerType", "internal", "vpcId", "description", "role", "function"],
  ...["autoscalingGroupName", "scheduledActionName", "initialLifecycleHooks", "lifecycleTransition", "rule", "topic"],
];

function line({ urn, inputs }: Declared): string {
  const given = IDENTITY.filter((key) => inputs[key] !== undefined);
  const parts = given.map((key) => `${key}=${JSON.stringify(inputs[key])}`);
  return [urn.replace(/^urn:pulumi:/, ""), ...parts].join(" ");
}

test("the repository's stacks keep every resource that they have", async () => {
  const stacks = [];
  for (const stack of ["staging", "prod"]) {
    const channels = stack === "staging" && { "towline:channels": { signingKey: placeholderKey } };
    stacks.push(await synthesize(stack, { config: { "towline:signingKey": placeholderKey, ...channels } }));
  }
  const now = stacks.flat().map(line).sort();
  if (process.env.TOWLINE_WRITE_EXISTING) writeFileSync(FILE, `${now.join("\n")}\n`);
  expect(now).toEqual(readFileSync(FILE, "utf8").trimEnd().split("\n"));
});
