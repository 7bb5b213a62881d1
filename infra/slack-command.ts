import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import type { SlackCommandConfig } from "./config";
import { type FunctionSettings, stackFunction } from "./function";
import type { Statement } from "./policy";
import { readSecrets } from "./secret-access";

export interface SlackCommandArgs extends FunctionSettings {
  /** The stack the commands act on. */
  readonly stack: string;
  readonly command: SlackCommandConfig;
  /** Names the token that names, and the members of a user group, are read with. */
  readonly botTokenParameter: string | undefined;
  /** Topic that is told what came of a command. */
  readonly topicArn: pulumi.Output<string>;
  readonly region: string;
  readonly account: Account;
}

/** The function behind `/promote` and `/rollback`: a function URL for Slack, and Jenkins' remote API on the other side. */
export class SlackCommand extends pulumi.ComponentResource {
  /** Address to give Slack as the commands' request URL. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: SlackCommandArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:SlackCommand", name, {}, options);
    const { function: command } = stackFunction(
      name,
      {
        ...args,
        description: "Starts promotions and rollbacks that are asked for in Slack",
        // Slack waits three seconds, a cold start included.
        memorySize: 512,
        // The URL is open: whoever calls it takes no more of the account's functions than this.
        concurrency: 5,
        variables: environment(args),
        statements: commandPolicy(args),
      },
      this,
    );
    this.neverTwice(name, command);
    this.url = this.openToSlack(name, command);
    this.registerOutputs({ url: this.url });
  }

  /** An order that failed halfway may have started the job: Lambda must not try it again. */
  private neverTwice(name: string, command: aws.lambda.Function): void {
    new aws.lambda.FunctionEventInvokeConfig(
      `${name}-invoke-config`,
      { functionName: command.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: 300 },
      { parent: this },
    );
  }

  /** Slack cannot sign as IAM wants it: the URL is open, and the function checks Slack's own signature. */
  private openToSlack(name: string, command: aws.lambda.Function): pulumi.Output<string> {
    const url = new aws.lambda.FunctionUrl(
      `${name}-url`,
      { functionName: command.name, authorizationType: "NONE" },
      { parent: this },
    );
    new aws.lambda.Permission(
      `${name}-url-permission`,
      { action: "lambda:InvokeFunctionUrl", function: command.name, principal: "*", functionUrlAuthType: "NONE" },
      { parent: this },
    );
    new aws.lambda.Permission(
      `${name}-invoke-permission`,
      { action: "lambda:InvokeFunction", function: command.name, principal: "*", invokedViaFunctionUrl: true },
      { parent: this },
    );
    return url.functionUrl;
  }
}

function environment(args: SlackCommandArgs): Record<string, pulumi.Input<string>> {
  const { jenkins, allow, signingSecretParameter, promoteFrom } = args.command;
  return {
    SLACK_SIGNING_SECRET_PARAMETER: signingSecretParameter,
    SLACK_ALLOWED_USERS: allow.users.join(","),
    ...(allow.userGroup && { SLACK_ALLOWED_GROUP: allow.userGroup }),
    ...(args.botTokenParameter && { SLACK_BOT_TOKEN_PARAMETER: args.botTokenParameter }),
    JENKINS_URL: jenkins.url,
    JENKINS_CREDENTIALS_PARAMETER: jenkins.credentialsParameter,
    JENKINS_PROMOTE_JOB: jenkins.promoteJob,
    JENKINS_ROLLBACK_JOB: jenkins.rollbackJob,
    TOWLINE_STACK: args.stack,
    TOWLINE_PROMOTE_FROM: promoteFrom,
    TOWLINE_TOPIC_ARN: args.topicArn,
  };
}

/** What the function may do: read its secrets, invoke itself, publish what came of it. */
function commandPolicy(args: SlackCommandArgs): pulumi.Output<Statement[]> {
  const { account, region, command, botTokenParameter } = args;
  const secrets = [command.signingSecretParameter, command.jenkins.credentialsParameter, botTokenParameter].filter(
    (secret) => secret !== undefined,
  );
  return pulumi
    .all([account.partition, account.id, args.topicArn])
    .apply(([partition, accountId, topicArn]): Statement[] => [
      ...readSecrets(secrets, { partition, region, accountId }),
      {
        Sid: "HandOnToItself",
        Effect: "Allow",
        Action: "lambda:InvokeFunction",
        Resource: `arn:${partition}:lambda:${region}:${accountId}:function:${args.name}`,
      },
      { Sid: "TellTheTopic", Effect: "Allow", Action: "sns:Publish", Resource: topicArn },
    ]);
}
