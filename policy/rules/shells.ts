import type { ResourceValidationPolicy } from "@pulumi/policy";
import { statementsOf } from "./statements";

/** AWS's documents that run whatever they are given, as root. A name is enough to know them by: they are in no account. */
const SHELLS = [
  "AWS-RunShellScript",
  "AWS-RunPowerShellScript",
  "AWS-RunRemoteScript",
  "AWS-RunSaltState",
  "AWS-ApplyAnsiblePlaybooks",
  "AWS-RunAnsiblePlaybook",
  "AWS-RunDocument",
];

/** Actions that run a document on instances, at once or later, or open a session there. */
const RUNS = [
  "ssm:SendCommand",
  "ssm:CreateAssociation",
  "ssm:CreateAssociationBatch",
  "ssm:UpdateAssociation",
  "ssm:StartAutomationExecution",
  "ssm:StartSession",
];

export const noShells: ResourceValidationPolicy = {
  name: "no-shells",
  description:
    "Nothing that a stack declares may run any command on hosts: what may be run there is a document of its own.",
  validateResource: (args, report) => {
    for (const { sid, actions, resources, allows } of statementsOf(args)) {
      const action = allows ? actions.map((name) => RUNS.find((run) => matches(name, run))).find(Boolean) : undefined;
      const shell = action && resources.find((resource) => SHELLS.some((name) => covers(resource, name)));
      if (shell === undefined) continue;
      report(`The statement ${sid} should name a document of the stack's own, but allows ${action} on ${shell}.`);
    }
    if (args.type === "aws:ssm/document:Document" && takesParameters(args.props.content)) {
      report("The document should take no parameters: whoever may start it would run on hosts what they like.");
    }
    const target = String(args.props.arn ?? "");
    if (args.type === "aws:cloudwatch/eventTarget:EventTarget" && SHELLS.some((name) => covers(target, name))) {
      report(`The rule should run a document of the stack's own, but runs ${target}.`);
    }
  },
};

/** Whether a document is filled in by whoever starts it. One that cannot be read here is taken for one that is. */
function takesParameters(content: unknown): boolean {
  try {
    const { parameters = {}, mainSteps } = JSON.parse(String(content)) as { parameters?: object; mainSteps?: unknown };
    return mainSteps === undefined || Object.keys(parameters).length > 0 || /\{\{/.test(String(content));
  } catch {
    return true;
  }
}

/** Whether an ARN, with its wildcards, is also a document's of that name. */
function covers(resource: string, name: string): boolean {
  const parts = resource.split(":");
  if (parts.length < 6) return matches(resource, `arn:aws:ssm:eu-west-1::document/${name}`);
  const [service = "", account = "", ...rest] = [parts[2], parts[4], ...parts.slice(5)];
  return (
    matches(service, "ssm") && (account === "" || /[*?]/.test(account)) && matches(rest.join(":"), `document/${name}`)
  );
}

/** IAM's patterns: `*` for any text, `?` for any character; actions regardless of case. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${escaped}$`, "i").test(text);
}
