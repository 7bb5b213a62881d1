/**
 * Configuration: the only place that reads it. `readStackFile` serves the command line and the local region,
 * `readPulumiConfig` (infra/config/pulumi.ts, apart because it loads Pulumi's SDK) a Pulumi run; both end in
 * `parseStackConfig`.
 */

export { ALWAYS, portsOfUsed, spanOf, UNPRIVILEGED } from "./config/allowances";
export type {
  AccessConfig,
  ElasticIpConfig,
  RefreshConfig,
  VolumeConfig,
  WarmPoolConfig,
} from "./config/attachment-types";
export { bounds } from "./config/bounds";
export { ConfigError } from "./config/errors";
export { isChannel, isZoneId } from "./config/formats";
export { hostSubnets, hostsInPublic } from "./config/host-subnets";
export { parseStackConfig } from "./config/parse";
export { appsOf } from "./config/processes";
export { isPublishable, OWN_PACKAGES, poolFolder, publishable } from "./config/publishable";
export { type RawConfig, readRawConfig, readStackFile } from "./config/read";
export {
  alarmsByGroup,
  type FreezeConfig,
  type RolloutConfig,
  type RolloutPolicy,
  rolloutPolicyOf,
} from "./config/rollout";
export { type SourcedValue, sourcesOf } from "./config/sources";
export { stackNames } from "./config/stack-document";
export type {
  AllowanceConfig,
  AuditConfig,
  ExistingNetworkConfig,
  GroupConfig,
  HttpConfig,
  InstanceRequirements,
  LoadBalancerConfig,
  NetworkConfig,
  OwnNetworkConfig,
  ProcessCounts,
  ProtectConfig,
  PublisherConfig,
  RegistryConfig,
  RepositoryConfig,
  RolesConfig,
  RootVolumeConfig,
  ScalingConfig,
  ScheduleConfig,
  SizeConfig,
  SlackCommandConfig,
  SlackConfig,
  SpotConfig,
  StackConfig,
  StepConfig,
  StepScalingConfig,
} from "./config/types";
export { usersFirst } from "./config/uses";
