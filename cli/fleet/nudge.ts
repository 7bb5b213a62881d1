import { pollDocumentName } from "../../infra/names";
import { explained } from "../aws";
import { UserError } from "../errors";
import type { Stack } from "../project";

// Systems Manager resolves tags after it accepted the command.
const ATTEMPTS = 10;
const PAUSE_MILLISECONDS = 500;

/**
 * Has hosts look for new versions now, through Systems Manager.
 * @param group only this group's hosts, else all of the stack
 * @returns the number of hosts reached
 */
export async function nudge(stack: Stack, group: string | undefined): Promise<number> {
  const ssm = await import("@aws-sdk/client-ssm");
  const client = new ssm.SSMClient({ region: stack.config.region });
  return explained(`nudge the hosts of ${stack.name}`, async () => {
    const { Command } = await client
      .send(
        new ssm.SendCommandCommand({
          DocumentName: pollDocumentName(stack.name),
          Targets: targetsOf(stack.name, group),
          Comment: "towline nudge",
        }),
      )
      .catch((error: unknown) => {
        throw error instanceof ssm.InvalidDocument ? lackingDocument(stack.name, error) : error;
      });
    let reached = Command?.TargetCount ?? 0;
    for (let attempt = 0; reached === 0 && attempt < ATTEMPTS; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
      const { Commands } = await client.send(new ssm.ListCommandsCommand({ CommandId: Command?.CommandId }));
      reached = Commands?.[0]?.TargetCount ?? 0;
      if (Commands?.[0]?.Status !== "Pending" && Commands?.[0]?.Status !== "InProgress") break;
    }
    return reached;
  });
}

/** A stack of a towline before 0.8 ran AWS's document for any command of a shell. */
function lackingDocument(stack: string, cause: Error): UserError {
  return new UserError(
    `stack ${stack} has no document ${pollDocumentName(stack)} yet: run 'pulumi up -s ${stack}'; hosts look by themselves within a minute`,
    { cause },
  );
}

/** The hosts of a stack, or of one of its groups, by their tags (docs/contracts.md, "Names"). */
export function targetsOf(stack: string, group: string | undefined): { Key: string; Values: string[] }[] {
  const all = { Key: "tag:towline:stack", Values: [stack] };
  return group === undefined ? [all] : [all, { Key: "tag:towline:group", Values: [group] }];
}
