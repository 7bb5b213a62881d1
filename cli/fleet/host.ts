import { z } from "zod";
import { UserError } from "../errors";
import { warn } from "../progress";
import type { Bucket } from "../repository/bucket";
import type { Seen } from "./snapshot";

const schema = z.object({
  instance: z.string(),
  group: z.string(),
  state: z.enum(["booting", "serving", "upgrading", "leaving", "failed"]),
  health: z.enum(["healthy", "unhealthy", "unknown"]),
  since: z.string(),
  packages: z.record(z.string(), z.string()).transform(bare),
  error: z.string().nullish(),
  reported: z.string(),
  // Since agent 0.10.0, and only where somebody changed the host by hand: "changed /opt/hello/app.js".
  drift: z.array(z.string()).optional().catch(undefined),
  // Since agent 0.7.0, and only while it waits.
  waiting: z
    .object({
      package: z.string(),
      version: z.string(),
      // What comes in the same turn, "package version" each: since agent 0.9.0, and only where something does.
      set: z.array(z.string()).optional().catch(undefined),
      reason: z.string(),
      since: z.string(),
    })
    .optional()
    .catch(undefined),
});

/** What a host's agent says about it in `hosts/<group>/<instance-arn>.json` (docs/contracts.md, "The bucket"). */
export type HostReport = Readonly<z.infer<typeof schema>>;

/** What was parsed of an object stays with it: looks come again and again, and most reports have not changed between two. */
const parsed = new WeakMap<Seen, HostReport>();

/** The report in an object. @param place of the object, for who reads the error; @throws UserError when it is not what agents write */
export function reportIn(seen: Seen | undefined, place: string): HostReport {
  const known = seen && parsed.get(seen);
  if (known) return known;
  const report = parseHostReport(place, seen?.text ?? "");
  if (seen) parsed.set(seen, report);
  return report;
}

/** @throws UserError when a report is not what agents write. */
export function parseHostReport(key: string, text: string): HostReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${key}: is not JSON`, { cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UserError(`${key}: is no report of a host: ${issue?.path.join("/")}: ${issue?.message}`);
}

/** A map of the same keys that finds nothing else: a package may be named `constructor`. */
function bare(packages: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const map: Record<string, string> = Object.create(null);
  return Object.assign(map, packages);
}

/** Where the reports of a stack's hosts lie. */
export interface ReportKey {
  readonly group: string;
  readonly instance: string;
  readonly key: string;
}

/**
 * Finds the hosts' reports among the keys of a bucket, one for each instance. Agents before 0.3.0 wrote to the bare instance id;
 * of a host that has both, the newer agent's counts.
 */
export function reportKeys(keys: readonly string[]): ReportKey[] {
  const found = new Map<string, ReportKey>();
  // "arn:" sorts before "i-": the first one counts.
  for (const key of [...keys].sort()) {
    const [, group, instance] = /^hosts\/([^/]+)\/(?:arn:[^/]+:instance\/)?(i-[^/]+)\.json$/.exec(key) ?? [];
    if (group === undefined || instance === undefined || found.has(`${group}/${instance}`)) continue;
    found.set(`${group}/${instance}`, { group, instance, key });
  }
  return [...found.values()];
}

/** A host's last report; undefined where it is gone by now, or nonsense. */
export async function readHostReport(bucket: Bucket, key: string): Promise<HostReport | undefined> {
  const stored = await bucket.get(key);
  if (stored === undefined) return undefined;
  try {
    return parseHostReport(`s3://${bucket.name}/${key}`, stored.content.toString("utf8"));
  } catch (error) {
    // One host's fault must not hide all the others.
    if (!(error instanceof UserError)) throw error;
    warn(error.message);
    return undefined;
  }
}
