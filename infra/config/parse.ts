import { PROJECT } from "../names";
import { ConfigError, describeIssues } from "./errors";
import { GROUPS } from "./fault";
import { faultsOf } from "./faults";
import * as format from "./formats";
import { inherit, isSection, type Section } from "./inheritance";
import { derivedPriority } from "./priority";
import { secondsOut } from "./rollout-faults";
import { type ParsedStack, stackSchema } from "./schema";
import type { Architecture, GroupConfig, HttpConfig, NetworkConfig, SlackCommandConfig, StackConfig } from "./types";
import { BASE, type Complaint, linesOf, locate } from "./written";

/**
 * Checks the raw configuration of a stack and completes it: groups inherit from `__base__`, defaults are filled in. Keys
 * of other namespaces than `towline:` (and `aws:region`) are Pulumi's and its providers' business.
 *
 * @param raw configuration by full key, such as `towline:groups`
 * @throws ConfigError with one line for every error found
 */
export function parseStackConfig(stack: string, raw: Readonly<Record<string, unknown>>): StackConfig {
  const fail = (complaints: readonly Complaint[]): never => {
    throw new ConfigError(linesOf(raw[GROUPS], complaints).map((line) => `Pulumi.${stack}.yaml: ${line}`));
  };
  if (!format.STACK.test(stack)) throw new ConfigError([wrongStackName(stack)]);

  const document = { ...ownKeys(raw), [GROUPS]: inheritAll(raw[GROUPS]) };
  const result = stackSchema.safeParse(document);
  if (!result.success) {
    return fail(describeIssues(result.error.issues, stackSchema, document, (path) => locate(raw[GROUPS], path)));
  }
  const config = complete(stack, result.data);
  const faults = faultsOf(config).map(({ path, sentence }) => ({ written: locate(raw[GROUPS], path), sentence }));
  return faults.length > 0 ? fail(faults) : config;
}

/** The sentence for a stack that cannot have this name. */
export function wrongStackName(stack: string): string {
  return (
    `The stack's name should be 1 to 16 lower-case letters and digits that start with a letter, because names in AWS are ` +
    `made of it, but is ${JSON.stringify(stack)}. Take for example "staging".`
  );
}

function ownKeys(raw: Readonly<Record<string, unknown>>): Section {
  const own = (key: string): boolean => key === "aws:region" || key.startsWith(`${PROJECT}:`);
  return Object.fromEntries(Object.entries(raw).filter(([key]) => own(key)));
}

function inheritAll(groups: unknown): unknown {
  if (!isSection(groups)) return groups;
  const base = groups[BASE] ?? {};
  // A base that is no map cannot be inherited from: it stays, for the schema to refuse it by name.
  if (!isSection(base)) return { [BASE]: base };
  const names = Object.keys(groups).filter((name) => name !== BASE);
  return Object.fromEntries(names.map((name) => [name, inheritOne(base, groups[name] ?? {})]));
}

function inheritOne(base: Section, child: unknown): unknown {
  return isSection(child) ? inherit(base, child) : child;
}

function complete(stack: string, parsed: ParsedStack): StackConfig {
  const { architecture } = parsed["towline:repository"];
  const groups = Object.entries(parsed["towline:groups"]);
  return {
    stack,
    region: parsed["aws:region"],
    repository: parsed["towline:repository"],
    signingKey: parsed["towline:signingKey"] ?? `keys/${stack}.asc`,
    slack: {
      ...parsed["towline:slack"],
      webhookParameter: parsed["towline:slack"].webhookParameter ?? `/${PROJECT}/${stack}/slack-webhook`,
    },
    slackCommand: parsed["towline:slackCommand"] && completeCommand(stack, parsed["towline:slackCommand"]),
    loadBalancer: parsed["towline:loadBalancer"],
    protect: parsed["towline:protect"],
    audit: parsed["towline:audit"],
    publisher: parsed["towline:publisher"],
    channels: parsed["towline:channels"] && {
      ...parsed["towline:channels"],
      signingKey: parsed["towline:channels"].signingKey ?? `keys/${stack}-channels.asc`,
    },
    roles: parsed["towline:roles"],
    network: completeNetwork(parsed["towline:network"]),
    registry: { namespace: parsed["towline:registry"].namespace ?? `${stack}.internal` },
    groups: Object.fromEntries(groups.map(([name, group]) => [name, completeGroup(stack, name, architecture, group)])),
  };
}

function completeCommand(
  stack: string,
  { jenkins, ...own }: NonNullable<ParsedStack["towline:slackCommand"]>,
): SlackCommandConfig {
  const credentialsParameter = jenkins.credentialsParameter ?? `/${PROJECT}/${stack}/jenkins-credentials`;
  return {
    ...own,
    signingSecretParameter: own.signingSecretParameter ?? `/${PROJECT}/${stack}/slack-signing-secret`,
    jenkins: { ...jenkins, credentialsParameter },
  };
}

function completeNetwork({ vpcId, ...given }: ParsedStack["towline:network"]): NetworkConfig {
  const { cidr = "10.0.0.0/16", zones = 2, natGateways = "single", nat } = given;
  if (vpcId === undefined) return { cidr, zones, natGateways, ...(nat && { nat }) };
  const { ownerId, publicSubnetIds = [], privateSubnetIds = [], s3EndpointId } = given;
  const optional = { ...(ownerId && { ownerId }), ...(s3EndpointId && { s3EndpointId }), ...(nat && { nat }) };
  return { vpcId, publicSubnetIds, privateSubnetIds, ...optional };
}

function completeGroup(
  stack: string,
  name: string,
  repositorys: Architecture,
  group: ParsedStack["towline:groups"][string],
): GroupConfig {
  const architecture = group.architecture ?? repositorys;
  const processes = new Map(Object.entries(group.processes));
  return {
    ...group,
    architecture,
    http: group.http && { ...group.http, ...priorityOf(stack, name, group.http) },
    elasticIp: group.elasticIp && { ports: group.elasticIp.ports ?? (group.http ? [group.http.port] : []) },
    processes: Object.fromEntries(group.packages.map((name) => [name, processes.get(name) ?? { web: 1 }])),
    instanceType: group.instanceType ?? (architecture === "arm64" ? "t4g.small" : "t3.small"),
    rollout: { ...group.rollout, timeout: group.rollout.timeout ?? Math.max(900, secondsOut(group) + 300) },
    image: group.image ?? `/aws/service/debian/release/13/latest/${architecture}`,
  };
}

/** A group without hosts and paths has none: it gets what is left. */
function priorityOf(stack: string, group: string, http: HttpConfig): Pick<HttpConfig, "priority"> {
  if (http.hosts.length + http.paths.length === 0) return {};
  return { priority: http.priority ?? derivedPriority(stack, group, http) };
}
