import { z } from "zod";
import { UserError } from "../errors";
import { warn } from "../progress";
import type { Bucket } from "../repository/bucket";

const schema = z.object({
  instance: z.string(),
  group: z.string(),
  state: z.enum(["booting", "serving", "upgrading", "failed"]),
  health: z.enum(["healthy", "unhealthy", "unknown"]),
  since: z.string(),
  packages: z.record(z.string(), z.string()),
  error: z.string().nullish(),
  reported: z.string(),
});

/** What a host's agent says about it in `hosts/<group>/<instance>.json` (docs/contracts.md, "The bucket"). */
export type HostReport = z.infer<typeof schema>;

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

/** The last report of an instance; undefined where it never reported, or reported nonsense. */
export async function readHostReport(bucket: Bucket, group: string, instance: string): Promise<HostReport | undefined> {
  const key = `hosts/${group}/${instance}.json`;
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
