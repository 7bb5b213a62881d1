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

/** The last reports of the given instances; those that never reported, or reported nonsense, are left out. */
export async function readHostReports(
  bucket: Bucket,
  group: string,
  instances: readonly string[],
): Promise<HostReport[]> {
  const reports = await Promise.all(
    instances.map(async (instance) => {
      const key = `hosts/${group}/${instance}.json`;
      const content = await bucket.get(key);
      if (content === undefined) return [];
      try {
        return [parseHostReport(`s3://${bucket.name}/${key}`, content.toString("utf8"))];
      } catch (error) {
        // One host's fault must not hide all the others.
        if (!(error instanceof UserError)) throw error;
        warn(error.message);
        return [];
      }
    }),
  );
  return reports.flat();
}
