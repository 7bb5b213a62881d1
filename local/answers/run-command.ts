import { randomUUID } from "node:crypto";
import type { Fleet } from "../fleet/fleet";
import type { Member } from "../fleet/member";
import { type ApiCall, type ApiReply, jsonError, jsonReply } from "../region/calls";

interface SendCommand {
  readonly InstanceIds?: readonly string[];
  readonly Targets?: readonly { readonly Key: string; readonly Values: readonly string[] }[];
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
  readonly DocumentName?: string;
}

interface Invocation {
  readonly CommandId: string;
  readonly InstanceId: string;
  Status: "InProgress" | "Success" | "Failed";
  StatusDetails: string;
}

/** What a document of Systems Manager runs on an instance (its schema 2.2), as far as stacks use it. */
interface Document {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly mainSteps: readonly { readonly inputs: { readonly runCommand: readonly string[] } }[];
}

/** Systems Manager's Run Command with documents of the stacks' own, carried out on the instances as its agent would. */
export class RunCommand {
  private readonly documents = new Map<string, Document>();
  private readonly invocations: Invocation[] = [];

  constructor(private readonly fleet: Fleet) {}

  async answer(call: ApiCall): Promise<ApiReply | undefined> {
    const json = call.json ?? {};
    switch (call.action) {
      case "CreateDocument":
        this.documents.set(String(json.Name), JSON.parse(String(json.Content)) as Document);
        return jsonReply({ DocumentDescription: { Name: json.Name, Status: "Active" } });
      case "SendCommand":
        return this.send(json as SendCommand);
      case "ListCommandInvocations":
        return jsonReply({ CommandInvocations: this.of(json.CommandId) });
      case "ListCommands":
        return jsonReply({ Commands: [summary(String(json.CommandId), this.of(json.CommandId))] });
      default:
        return undefined;
    }
  }

  private of(commandId: unknown): Invocation[] {
    return this.invocations.filter((known) => known.CommandId === commandId);
  }

  private async send(request: SendCommand): Promise<ApiReply> {
    const name = request.DocumentName ?? "";
    const document = this.documents.get(name);
    if (document === undefined) return jsonError("InvalidDocument", `Document with name ${name} does not exist.`);
    const unknown = Object.keys(request.Parameters ?? {}).filter((given) => !(given in (document.parameters ?? {})));
    if (unknown.length > 0) return jsonError("InvalidParameters", `Parameters ${unknown} are not in the document.`);
    const id = randomUUID();
    const commands = document.mainSteps.flatMap(({ inputs }) => inputs.runCommand).join("\n");
    const made = this.fleet
      .members()
      .filter((member) => selects(request, member))
      .map((member) => this.start(id, member, commands));
    return jsonReply({ Command: summary(id, made) });
  }

  private start(id: string, member: Member, commands: string): Invocation {
    const invocation: Invocation = {
      CommandId: id,
      InstanceId: member.spec.id,
      Status: "InProgress",
      StatusDetails: "InProgress",
    };
    this.invocations.push(invocation);
    const finish = (status: "Success" | "Failed") =>
      Object.assign(invocation, { Status: status, StatusDetails: status });
    const ran = member.host?.exec("sh", "-c", commands) ?? Promise.reject(new Error("the instance is not running"));
    ran.then(
      () => finish("Success"),
      () => finish("Failed"),
    );
    return invocation;
  }
}

function summary(id: string, invocations: readonly Invocation[]) {
  const count = (status: string) => invocations.filter(({ Status }) => Status === status).length;
  const [running, failed] = [count("InProgress"), count("Failed")];
  const Status = running ? "InProgress" : failed ? "Failed" : "Success";
  const TargetCount = invocations.length;
  return { CommandId: id, Status, TargetCount, CompletedCount: TargetCount - running, ErrorCount: failed };
}

/** Targets are joined by "and", values of one target by "or", as Systems Manager reads them. */
function selects(request: SendCommand, member: Member): boolean {
  if (request.InstanceIds?.length) return request.InstanceIds.includes(member.spec.id);
  const targets = request.Targets ?? [];
  return (
    targets.length > 0 &&
    targets.every(({ Key, Values }) => Values.includes(member.spec.tags[Key.replace(/^tag:/, "")] ?? ""))
  );
}
