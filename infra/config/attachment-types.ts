export interface ElasticIpConfig {
  /** Ports open to the world. @default the port of `http` */
  readonly ports: readonly number[];
}

export interface VolumeConfig {
  /** GiB. */
  readonly size: number;
  readonly mountPoint: string;
}

export interface AccessConfig {
  /** Name of the EC2 key pair that instances trust. @default none */
  readonly keyPair?: string;
  /** IPv4 ranges that may connect to port 22. */
  readonly sshFrom: readonly string[];
}

export interface WarmPoolConfig {
  /** Fewest hosts that wait. */
  readonly min: number;
  /**
   * Most hosts in all, those in service counted with those that wait: Auto Scaling's MaxGroupPreparedCapacity.
   * @default the group's size.max
   */
  readonly max?: number;
  /** Whether hosts that are no longer needed go back to waiting. @default false */
  readonly reuseOnScaleIn: boolean;
}

export interface RefreshConfig {
  /** Seconds that new hosts have to serve before a replacement counts as done. @default 0 */
  readonly bake: number;
  /** Names of CloudWatch alarms that end a replacement. @default none */
  readonly alarms: readonly string[];
}
