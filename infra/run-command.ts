import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { NUDGE_COMMANDS, pollDocumentName } from "./names";
import type { Tags } from "./tags";

/**
 * Declares the document of Systems Manager that has hosts look for packages and settings. It takes no parameters: whoever may run it, and it
 * alone, gets no shell on a host.
 */
export function pollDocument(name: string, stack: string, tags: Tags, parent: pulumi.Resource): aws.ssm.Document {
  const content = {
    schemaVersion: "2.2",
    description: "Has a host look for new versions and settings now",
    mainSteps: [{ action: "aws:runShellScript", name: "poll", inputs: { runCommand: NUDGE_COMMANDS } }],
  };
  return new aws.ssm.Document(
    `${name}-document`,
    {
      name: pollDocumentName(stack),
      documentType: "Command",
      documentFormat: "JSON",
      content: JSON.stringify(content),
      tags,
    },
    { parent },
  );
}
