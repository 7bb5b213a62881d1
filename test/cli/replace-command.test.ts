import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { main } from "../../cli/main";

const STACK =
  "config: {aws:region: eu-west-1, towline:repository: {bucket: acme}, towline:groups: {web: {packages: [hello], size: {min: 0, max: 1}}}}\n";

let folder: string;
let written: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: towline\n");
  writeFileSync(join(folder, "Pulumi.prod.yaml"), STACK);
  written = "";
  const note = (chunk: string | Uint8Array) => {
    written += chunk;
    return true;
  };
  jest.spyOn(process.stderr, "write").mockImplementation(note);
  jest.spyOn(process.stdout, "write").mockImplementation(note);
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const replace = (...args: string[]) => main(["group", "replace", ...args, "--stack", "prod", "--directory", folder]);

it.each(["nope", "constructor"])("a group that the stack does not have, %s, is one sentence", async (name) => {
  expect(await replace(name)).toBe(2);
  expect(written).toBe(`towline: stack prod: has no group ${name}; its groups are web\n`);
});

it.each(["0", "latest", "1.5"])("--to %s is no version of a launch template", async (to) => {
  expect(await replace("web", "--to", to)).toBe(2);
  expect(written).toBe(
    `towline: option '--to <version>' argument '${to}' is invalid. It should be the number of a launch template's version, such as 6.\n(see --help)\n`,
  );
});

it("a dry run of --cancel tells what would be stopped, and only reads", async () => {
  const LaunchTemplate = { LaunchTemplateId: "lt-1", Version: "7" };
  const Instances = [{ InstanceId: "i-1", LaunchTemplate: { ...LaunchTemplate, Version: "6" } }];
  const answers: Record<string, unknown> = {
    DescribeAutoScalingGroupsCommand: { AutoScalingGroups: [{ LaunchTemplate, Instances }] },
    DescribeInstanceRefreshesCommand: { InstanceRefreshes: [{ InstanceRefreshId: "r-1", Status: "InProgress" }] },
  };
  jest.spyOn(AutoScalingClient.prototype, "send").mockImplementation(async (command: object) => {
    const { name } = command.constructor;
    if (!(name in answers)) throw new Error(`unexpected ${name}`);
    return answers[name];
  });
  expect(await replace("web", "--cancel", "--dry-run")).toBe(0);
  expect(written).toBe(
    "prod/web: would stop refresh r-1 and go back to launch template version 6, replacing no host\n" +
      "at least 100 % serve meanwhile, at most 150 % are there\nnothing was done\n",
  );
});
