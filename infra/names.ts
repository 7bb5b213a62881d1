/**
 * The physical names of what a stack creates in AWS, in one place because the command line, the local region and the
 * operators rely on them. Each is fixed rather than generated: none of these resources has to exist twice while it is
 * being replaced, except the target group, whose name therefore carries the one property that replaces it.
 */

/** The Pulumi project, the namespace of its configuration keys and the first part of every name. */
export const PROJECT = "towline";

/** The lifecycle hook that holds a new instance back until its agent has seen it healthy. */
export const LAUNCH_HOOK = "launch";

/** The lifecycle hook that holds an instance on its way out until its agent has let everything go. */
export const TERMINATION_HOOK = "terminate";

/** For so many days a stack's bucket keeps the old versions of its objects. */
export const KEPT_VERSION_DAYS = 30;

/** Longest names AWS accepts, in characters. */
export const NAME_LIMITS = { targetGroup: 32, loadBalancer: 32, role: 64, function: 64, bucket: 63 } as const;

/** The Auto Scaling group of a group, and the value of its instances' `Name` tag. */
export function resourceName(stack: string, group: string): string {
  return `${PROJECT}-${stack}-${group}`;
}

/** The role of a group's instances, and the instance profile that hands it to them. */
export function hostRoleName(stack: string, group: string): string {
  return `${resourceName(stack, group)}-host`;
}

/**
 * The target group of a group that serves HTTP. The port cannot be changed in place: a new port gets a new name, as two of one
 * name cannot be there at once (docs/groups.md on what that means for requests). The project's name is left out for the
 * 32-character limit. A target group is behind one load balancer at a time, so that it is another behind somebody else's.
 */
export function targetGroupName(stack: string, group: string, port: number, elsewhere = false): string {
  return `${stack}-${group}-${port}${elsewhere ? "-x" : ""}`;
}

/** The load balancer in front of a stack. */
export function loadBalancerName(stack: string): string {
  return `${PROJECT}-${stack}`;
}

/** The topic that carries every event of a stack. */
export function topicName(stack: string): string {
  return `${PROJECT}-${stack}`;
}

/** The topic on which hosts say what became of a version on them: no other sender, and no host elsewhere. */
export function hostsTopicName(stack: string): string {
  return `${topicName(stack)}-hosts`;
}

/** The function that tells Slack about a stack's events, and its role. */
export function notifierName(stack: string): string {
  return `${PROJECT}-${stack}-notifier`;
}

/** The function behind the Slack commands, and its role. */
export function slackCommandName(stack: string): string {
  return `${PROJECT}-${stack}-slack-command`;
}

/** The function that keeps the stack's names, its role, and the first part of its rules' names. */
export function registryName(stack: string): string {
  return `${PROJECT}-${stack}-registry`;
}

/** The function that tells groups of the alarms which their rollouts watch, its role, and the first part of its rules' names. */
export function rolloutAlarmsName(stack: string): string {
  return `${PROJECT}-${stack}-rollout-alarms`;
}

/** The function that looks whether an index or a key ends soon, its role, the first part of its rule's and its alarm's names, and its metric's namespace. */
export function endingsName(stack: string): string {
  return `${PROJECT}-${stack}-endings`;
}

/** The functions of a stack. */
export type FunctionKind = "endings" | "notifier" | "registry" | "rollout-alarms" | "slack-command";

/** The queue that keeps the events a function could not handle. */
export function deadLetterQueueName(stack: string, kind: FunctionKind): string {
  return `${PROJECT}-${stack}-${kind}-undelivered`;
}

/** The role that Jenkins, or a person, publishes with. */
export function publisherName(stack: string): string {
  return `${PROJECT}-${stack}-publisher`;
}

/** The role that whoever builds branches publishes to channels with. */
export function channelsName(stack: string): string {
  return `${PROJECT}-${stack}-channels`;
}

/** The rule that makes hosts look for packages when there are new ones, and its role. */
export function nudgeName(stack: string): string {
  return `${PROJECT}-${stack}-nudge`;
}

/** The document of Systems Manager that has a host look for packages, and can do nothing else. */
export function pollDocumentName(stack: string): string {
  return `${PROJECT}-${stack}-poll`;
}

/** The alarm on a function's failures, and the one on what it could not handle. */
export function alarmName(stack: string, kind: FunctionKind, what: "failures" | "undelivered"): string {
  return `${PROJECT}-${stack}-${kind}-${what}`;
}

/** The bucket that a stack's logs go to, made of the name of its own. */
export function logBucketName(bucket: string): string {
  return `${bucket}-logs`;
}

/** The trail of who changed what hosts install. */
export function trailName(stack: string): string {
  return `${PROJECT}-${stack}`;
}

/** The alias of the key that the settings of a stack's apps are encrypted with. */
export function settingsKeyAlias(stack: string): string {
  return `alias/${PROJECT}-${stack}`;
}

/** Where the settings of apps lie in the stack's bucket, one object for each package. */
export const SETTINGS_FOLDER = "env";

/** Key of the settings of a package (docs/contracts.md, "The bucket"). */
export function settingsObject(packageName: string): string {
  return `${SETTINGS_FOLDER}/${packageName}.env`;
}

/** Key of an object of a group's rollouts (docs/contracts.md, "The bucket"), or of all whose names begin alike, with `*`. */
export function rolloutObject(group: string, name: string): string {
  return `rollout/${group}/${name}`;
}

/** First part of the names of whatever belongs to a stack. */
export function stackPrefix(stack: string): string {
  return `${PROJECT}-${stack}-`;
}

/**
 * Has a host look for new versions now, as commands of a shell on it. A poll that is under way may have looked already: the
 * first waits for it, or polls; the second looks once more.
 */
export const NUDGE_COMMANDS: readonly string[] = [
  "systemctl start towline-agent-poll.service",
  "systemctl start --no-block towline-agent-poll.service",
];

/** The suite of the stack's apt repository that a channel's packages are published in, beside the main one. */
export function channelSuite(suite: string, channel: string): string {
  return `${suite}-${channel}`;
}
