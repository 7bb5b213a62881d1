import { appsOf, type GroupConfig, type StackConfig } from "./config";
import { LAUNCH_HOOK, resourceName, SETTINGS_FOLDER, TERMINATION_HOOK } from "./names";

/** The resources a host talks to, once they exist. */
export interface HostResources {
  readonly topicArn: string;
  /** Absent where the group is not behind the load balancer. */
  readonly targetGroupArn?: string;
  /** Absent where the group has no volume. */
  readonly volumeId?: string;
  /** Allocation of the elastic IP; absent where the group has none. */
  readonly elasticIp?: string;
}

/** What a host is told about itself in `/etc/towline/host.env`, by variable; docs/contracts.md says what each means. */
export function hostEnvironment(
  config: StackConfig,
  groupName: string,
  group: GroupConfig,
  resources: HostResources,
): Readonly<Record<string, string>> {
  const { repository } = config;
  return {
    TOWLINE_STACK: config.stack,
    TOWLINE_GROUP: groupName,
    TOWLINE_REGION: config.region,
    TOWLINE_BUCKET: repository.bucket,
    TOWLINE_SUITE: repository.suite,
    TOWLINE_CHANNEL: group.channel ?? "",
    TOWLINE_COMPONENT: repository.component,
    TOWLINE_ARCHITECTURE: repository.architecture,
    TOWLINE_PACKAGES: group.packages.join(" "),
    TOWLINE_PROCESSES: processesText(group),
    TOWLINE_HTTP_PORT: group.http === undefined ? "" : String(group.http.port),
    TOWLINE_HEALTH_PATH: group.http?.healthPath ?? "",
    TOWLINE_HEALTH_TIMEOUT: String(group.health.timeout),
    TOWLINE_TARGET_GROUP_ARN: resources.targetGroupArn ?? "",
    TOWLINE_DRAIN_TIMEOUT: String(group.http?.deregistrationDelay ?? 0),
    TOWLINE_TOPIC_ARN: resources.topicArn,
    TOWLINE_AUTO_SCALING_GROUP: resourceName(config.stack, groupName),
    TOWLINE_LAUNCH_HOOK: LAUNCH_HOOK,
    TOWLINE_TERMINATION_HOOK: TERMINATION_HOOK,
    TOWLINE_NAMESPACE: config.registry.namespace,
    TOWLINE_USES: group.uses.join(" "),
    TOWLINE_VOLUME_ID: resources.volumeId ?? "",
    TOWLINE_VOLUME_MOUNT: group.volume?.mountPoint ?? "",
    TOWLINE_ELASTIC_IP: resources.elasticIp ?? "",
    TOWLINE_SETTINGS: `${SETTINGS_FOLDER}/`,
    TOWLINE_VALID_DAYS: String(repository.validDays),
  };
}

/**
 * Renders variables for a file that both systemd (`EnvironmentFile=`) and a shell read: one `KEY='value'` a line.
 *
 * @throws Error when a value holds a quote or a control character, which the two read differently
 */
export function renderEnvironment(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([key, value]) => {
    if (/['\p{Cc}]/u.test(value)) {
      throw new Error(
        `${key} cannot be passed to a host: ${JSON.stringify(value)} holds a quote or a control character.`,
      );
    }
    return `${key}='${value}'\n`;
  });
  return lines.join("");
}

/** `hello:web=1,worker=2 other:web=1`, without packages that run by themselves */
function processesText({ processes }: GroupConfig): string {
  const counts = (app: string) => Object.entries(processes[app] ?? {}).map(([process, count]) => `${process}=${count}`);
  return appsOf({ processes })
    .map((app) => `${app}:${counts(app).join(",")}`)
    .join(" ");
}
