import { join } from "node:path";

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the local region is started by local/start, not directly`);
  return value;
}

/** Where things are in the running region. sandbox.sh made the folder (a tmpfs) and gave the address. */
export const place = {
  /** Of the region among those that run side by side on the machine. */
  number: (): string => environment("TOWLINE_PLACE"),
  /** Folder of everything that belongs to this run. */
  file: (...names: string[]): string => join(environment("TOWLINE_RUN"), ...names),
  /** Folder that outlives runs: the base image, moto. */
  cache: (...names: string[]): string => join(environment("TOWLINE_CACHE"), ...names),
  /** Name of the image in the cache that a stack's instances boot from. @default the bare one */
  image: (stack: string): string => (["all", stack].includes(process.env.TOWLINE_BAKED ?? "") ? "baked" : "image"),
  /** The control group (v2) below which each instance has its own. */
  controlGroup: (): string => environment("TOWLINE_CONTROL_GROUP"),
  /** Every AWS name, and Slack's, resolves to this address. */
  serviceAddress: (): string => environment("TOWLINE_SERVICE_ADDRESS"),
} as const;

/** The metadata service, as on EC2. */
export const METADATA_ADDRESS = "169.254.169.254";
/** The VPC's resolver, as on EC2. */
export const RESOLVER_ADDRESS = "169.254.169.253";
/** Next hop of every instance; link-local, so that it is the same whatever the VPC's range. */
export const GATEWAY_ADDRESS = "169.254.1.1";
/** moto, reachable inside the region's namespace only. */
export const MOTO_URL = "http://127.0.0.1:5000";
/** moto's own account. */
export const ACCOUNT = "123456789012";

export function instanceArn({ region, id }: { readonly region: string; readonly id: string }): string {
  return `arn:aws:ec2:${region}:${ACCOUNT}:instance/${id}`;
}
