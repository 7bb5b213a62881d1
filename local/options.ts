import { parseArgs } from "node:util";

export interface Options {
  /** First of four ports on 127.0.0.1: staging, prod, Slack, the page. */
  readonly port: number;
  /** Tear everything down after the story. */
  readonly exit: boolean;
  /** Create the stacks and leave the story out. */
  readonly idle: boolean;
  /** Go on with every kind of node: names, disks, addresses, settings, replacement. */
  readonly fleet: boolean;
  /** That alone, on staging alone, after no more than the main story's beginning. */
  readonly fleetOnly: boolean;
  /** The rollouts of a larger group alone, on staging alone. */
  readonly rollout: boolean;
  /** How many of its hosts may be out at once; undefined for the setting's default. */
  readonly maxUnavailable: string | undefined;
  /** Go on with what follows a release: rollback, a channel, a new key. */
  readonly releases: boolean;
  /** An app of one's own in place of the story; undefined for the story. */
  readonly app: AppOptions | undefined;
}

export interface AppOptions {
  /** Its folder. */
  readonly folder: string;
  readonly healthPath: string;
  /** Path of a file of `NAME=value` lines for its environment. */
  readonly envFile: string | undefined;
  /** Its package, which was built outside the region. */
  readonly package: string;
  readonly version: string;
}

/** Reads what local/start has checked already. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: "8081" },
      exit: { type: "boolean" },
      idle: { type: "boolean" },
      fleet: { type: "boolean" },
      "fleet-only": { type: "boolean" },
      rollout: { type: "boolean" },
      "max-unavailable": { type: "string" },
      releases: { type: "boolean" },
      app: { type: "string" },
      health: { type: "string", default: "/" },
      "env-file": { type: "string" },
      "app-package": { type: "string", default: "" },
      "app-version": { type: "string", default: "" },
    },
  });
  const { app: folder, health: healthPath, "env-file": envFile, "app-package": deb, "app-version": version } = values;
  return {
    port: Number(values.port),
    exit: values.exit ?? false,
    idle: values.idle ?? false,
    fleet: (values.fleet || values["fleet-only"]) ?? false,
    fleetOnly: values["fleet-only"] ?? false,
    rollout: values.rollout ?? false,
    maxUnavailable: values["max-unavailable"],
    releases: values.releases ?? false,
    app: folder === undefined ? undefined : { folder, healthPath, envFile, package: deb, version },
  };
}
