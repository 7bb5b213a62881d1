import { timestamp } from "../timestamp";

/** What is left of an index's own time when somebody has to see to it: `towline renew` signs it anew when half is left. */
const LEFT_OF_AN_INDEX = 1 / 3;
/** And of a signing key, in milliseconds: its renewal goes through every host. */
const LEFT_OF_A_KEY = 60 * 24 * 60 * 60 * 1000;
const DAY = 24 * 60 * 60 * 1000;

/** What the function asks of AWS. */
export interface Cloud {
  /** The InRelease of a suite; undefined where there is none. */
  read(suite: string): Promise<string | undefined>;
  /** Tells CloudWatch how many of the stack's indexes and keys end soon. */
  count(endings: number): Promise<void>;
}

/**
 * Looks at the index of each suite, and counts what ends soon of it and of the keys it is signed with. Signatures are not verified: who forges an end
 * is found out by the hosts.
 *
 * @param validDays for how long hosts believe an index that names no end
 * @throws Error where an index cannot be read, or says no times; what ends soon of the others was counted
 */
export async function look(
  suites: readonly string[],
  validDays: number,
  cloud: Cloud,
  say: (line: string) => void,
  now = Date.now(),
): Promise<void> {
  const results = await Promise.allSettled(
    suites.map(async (suite) => endingsOf(suite, (await cloud.read(suite)) ?? "", validDays, now)),
  );
  const endings = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  for (const ending of endings) say(ending);
  await cloud.count(endings.length);
  const faults = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

/**
 * What ends soon of a suite, a line each.
 *
 * @param inRelease '' where nothing was published
 */
export function endingsOf(suite: string, inRelease: string, validDays: number, now: number): string[] {
  if (inRelease === "") return [];
  const [, ...parts] = inRelease.split(/\r?\n\r?\n/);
  const [signed = ""] = parts.join("\n").split("-----BEGIN PGP SIGNATURE-----");
  const time = (field: string): number | undefined => {
    const text = new RegExp(`^${field}: (.*)$`, "m").exec(signed)?.[1];
    const moment = Date.parse(text ?? "");
    if (text !== undefined && Number.isNaN(moment))
      throw new Error(`dists/${suite}/InRelease: '${text}' is no ${field}`);
    return text === undefined ? undefined : moment;
  };
  const date = time("Date");
  if (date === undefined) throw new Error(`dists/${suite}/InRelease: has no Date`);
  const until = time("Valid-Until") ?? date + validDays * DAY;
  const key = time("X-Towline-Key-Until");
  return [
    ...(until - now < (until - date) * LEFT_OF_AN_INDEX
      ? [`the index of ${suite} ends on ${timestamp(until)}: sign it anew with 'towline renew'`]
      : []),
    ...(key !== undefined && key - now < LEFT_OF_A_KEY
      ? [
          `the key that signs ${suite} ends on ${timestamp(key)}: give it more time with 'towline key renew', or another with 'towline key rotate'`,
        ]
      : []),
  ];
}
