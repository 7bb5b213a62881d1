import type { Environment } from "../environment";

/** What the stack tells the function, as names and addresses; secrets are only named. */
export interface Settings {
  readonly signingSecretParameter: string;
  readonly jenkinsUrl: string;
  readonly jenkinsCredentialsParameter: string;
  readonly promoteJob: string;
  readonly rollbackJob: string;
  /** The stack the commands act on. */
  readonly stack: string;
  /** The stack that releases are promoted from. */
  readonly promoteFrom: string;
  readonly topicArn: string;
  /** IDs of the Slack users who may. */
  readonly users: readonly string[];
  /** ID of a Slack user group whose members may. */
  readonly userGroup?: string;
  /** Names the bot token that names, and the members of the group, are read with. */
  readonly botTokenParameter?: string;
}

/** @throws naming the variable that is missing */
export function readSettings(environment: Environment): Settings {
  const required = (name: string): string => {
    const value = environment[name];
    if (!value)
      throw new Error(`the environment variable ${name} should be set by the stack and is not: run pulumi up`);
    return value;
  };
  return {
    signingSecretParameter: required("SLACK_SIGNING_SECRET_PARAMETER"),
    jenkinsUrl: required("JENKINS_URL"),
    jenkinsCredentialsParameter: required("JENKINS_CREDENTIALS_PARAMETER"),
    promoteJob: required("JENKINS_PROMOTE_JOB"),
    rollbackJob: required("JENKINS_ROLLBACK_JOB"),
    stack: required("TOWLINE_STACK"),
    promoteFrom: required("TOWLINE_PROMOTE_FROM"),
    topicArn: required("TOWLINE_TOPIC_ARN"),
    users: (environment.SLACK_ALLOWED_USERS ?? "").split(",").filter((user) => user !== ""),
    userGroup: environment.SLACK_ALLOWED_GROUP || undefined,
    botTokenParameter: environment.SLACK_BOT_TOKEN_PARAMETER || undefined,
  };
}
