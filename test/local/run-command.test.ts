import { RunCommand } from "../../local/answers/run-command";
import type { Fleet } from "../../local/fleet/fleet";
import { jsonCall } from "./calls";

const ran: string[] = [];
const member = (id: string, tags: Record<string, string>, exec?: (...command: string[]) => Promise<string>) => ({
  spec: { id, tags },
  host: exec && { exec },
});
const well = async (...command: string[]) => {
  ran.push(command.join(" "));
  return "";
};
const badly = () => Promise.reject(new Error("exit code 1"));
const members = [
  member("i-1", { "towline:stack": "prod", "towline:group": "web" }, well),
  member("i-2", { "towline:stack": "prod", "towline:group": "worker" }, badly),
  member("i-3", { "towline:stack": "staging", "towline:group": "web" }, well),
  member("i-4", { "towline:stack": "booting", "towline:group": "web" }),
];
const commands = new RunCommand({ members: () => members } as unknown as Fleet);

const target = (key: string, ...Values: string[]) => ({ Key: `tag:towline:${key}`, Values });

async function ask(action: string, json: Record<string, unknown>): Promise<Record<string, unknown>> {
  const reply = await commands.answer(jsonCall("ssm", action, json));
  return JSON.parse(reply?.body ?? "null");
}

async function send(request: Record<string, unknown>): Promise<{ command: unknown; on: string[]; status: string[] }> {
  ran.length = 0;
  const mainSteps = [{ action: "aws:runShellScript", name: "a", inputs: { runCommand: ["echo one", "echo two"] } }];
  await ask("CreateDocument", { Name: "ours", Content: JSON.stringify({ schemaVersion: "2.2", mainSteps }) });
  const { Command } = (await ask("SendCommand", { DocumentName: "ours", ...request })) as {
    Command: { CommandId: string };
  };
  await new Promise(setImmediate);
  const list = (await ask("ListCommandInvocations", { CommandId: Command.CommandId })) as {
    CommandInvocations: { InstanceId: string; Status: string }[];
  };
  const { Commands } = (await ask("ListCommands", { CommandId: Command.CommandId })) as { Commands: unknown[] };
  return {
    command: Commands[0],
    on: list.CommandInvocations.map(({ InstanceId }) => InstanceId),
    status: list.CommandInvocations.map(({ Status }) => Status),
  };
}

describe("targets", () => {
  test.each([
    ["one tag", { Targets: [target("stack", "prod")] }, ["i-1", "i-2"]],
    ["all of several tags", { Targets: [target("stack", "prod"), target("group", "web")] }, ["i-1"]],
    ["any of one tag's values", { Targets: [target("stack", "prod", "staging")] }, ["i-1", "i-2", "i-3"]],
    ["instances by name", { InstanceIds: ["i-3"] }, ["i-3"]],
    ["nothing", {}, []],
  ])("are selected by %s", async (_title, request, expected) => {
    expect((await send(request)).on).toEqual(expected);
  });
});

test("the lines run as one script on each", async () => {
  await send({ InstanceIds: ["i-1"] });
  expect(ran).toEqual(["sh -c echo one\necho two"]);
});

test.each([
  ["a document that is not there, AWS's own too", { DocumentName: "AWS-RunShellScript" }, "InvalidDocument"],
  [
    "parameters that the document has not",
    { DocumentName: "ours", Parameters: { commands: ["id"] } },
    "InvalidParameters",
  ],
])("%s is refused", async (_title, request, code) => {
  await send({ InstanceIds: ["i-1"] });
  ran.length = 0;
  expect(await ask("SendCommand", { InstanceIds: ["i-1"], ...request })).toMatchObject({ __type: code });
  expect(ran).toEqual([]);
});

test("a command is a success only where it was one on every instance", async () => {
  expect(await send({ Targets: [target("stack", "prod")] })).toMatchObject({
    command: { Status: "Failed", TargetCount: 2, CompletedCount: 2, ErrorCount: 1 },
    status: ["Success", "Failed"],
  });
  expect(await send({ InstanceIds: ["i-1"] })).toMatchObject({
    command: { Status: "Success", TargetCount: 1, CompletedCount: 1, ErrorCount: 0 },
  });
  expect(await send({ InstanceIds: ["i-4"] })).toMatchObject({ command: { Status: "Failed" }, status: ["Failed"] });
});

test("everything else is left to moto", async () => {
  expect(await commands.answer(jsonCall("ssm", "GetParameter", { Name: "/a" }))).toBeUndefined();
});
