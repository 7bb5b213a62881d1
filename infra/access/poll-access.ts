import { pollDocumentName } from "../names";
import type { Statement } from "../policy";
import type { Place } from "./place";

/** ARN of the document of Systems Manager that has hosts look for packages and settings. */
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
