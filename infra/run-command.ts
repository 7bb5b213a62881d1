import type { Statement } from "./policy";

/** Where the instances are. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** The document of Systems Manager that runs commands of a shell; AWS's own, in no account. */
export function runShellScript({ partition, region }: Pick<Place, "partition" | "region">): string {
  return `arn:${partition}:ssm:${region}::document/AWS-RunShellScript`;
}

/** Lets commands be run on the instances of a stack, known by their tag, and on no others. */
export function runOnStack(place: Place, stack: string): Statement[] {
  const { partition, region, account } = place;
  return [
    { Sid: "RunCommands", Effect: "Allow", Action: "ssm:SendCommand", Resource: runShellScript(place) },
    {
      Sid: "RunThemOnTheStack",
      Effect: "Allow",
      Action: "ssm:SendCommand",
      Resource: `arn:${partition}:ec2:${region}:${account}:instance/*`,
      Condition: { StringEquals: { "ssm:resourceTag/towline:stack": stack } },
    },
  ];
}
