import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { NUDGE_COMMANDS, pollDocumentName } from "./names";
import type { Statement } from "./policy";
import type { Tags } from "./tags";

/** Where the instances are. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

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

/** ARN of that document. */
function pollDocumentArn({ partition, region, account }: Place, stack: string): string {
  return `arn:${partition}:ssm:${region}:${account}:document/${pollDocumentName(stack)}`;
}

/** Lets hosts of a stack, known by their tag, be told to look, and nothing else be run on them. */
export function tellToLook(place: Place, stack: string): Statement[] {
  const { partition, region, account } = place;
  return [
    { Sid: "TellToLook", Effect: "Allow", Action: "ssm:SendCommand", Resource: pollDocumentArn(place, stack) },
    {
      Sid: "TellTheStack",
      Effect: "Allow",
      Action: "ssm:SendCommand",
      Resource: `arn:${partition}:ec2:${region}:${account}:instance/*`,
      Condition: { StringEquals: { "ssm:resourceTag/towline:stack": stack } },
    },
  ];
}
