import { newestFirst } from "../deb/version-order";
import { InputError } from "../errors";
import { KEYRING } from "../fleet/groups";
import type { HostReport } from "../fleet/host";
import { readReportedFleet } from "../fleet/reports";
import type { Stack } from "../project";
import type { Bucket } from "./bucket";
import type { PublisherOptions } from "./change";
import { readIndex } from "./index";
import { handOut, type KeysHandedOut } from "./key-handout";
import { makeKey, publicKeysWith, writeSecrets } from "./key-pair";
import { fingerprintOf, openSigner } from "./keys";
import { versionsOf } from "./packages";

/** What a step of a rotation did. */
export interface RotationStep extends KeysHandedOut {
  /** File of the private keys to publish with from now on. */
  readonly privateFile: string;
}

interface Place {
  readonly stack: Stack;
  readonly bucket: Bucket;
}

export interface RotationOptions extends Omit<PublisherOptions, "purpose"> {
  /** New file for the private keys to publish with from now on. */
  readonly out: string;
  /** Seconds that a new key lasts. @default two years */
  readonly lifeSeconds?: number;
}

/**
 * First step: makes a new key beside the one hosts trust, and has both sign. Hosts learn of the new one from the keyring
 * package, which the old one signs too.
 * @throws InputError when a rotation is under way already.
 */
export async function startRotation(place: Place, options: RotationOptions): Promise<RotationStep> {
  const { publicKey } = place.stack.repository;
  const { fingerprints, keys } = await openSigner(options.signingKey, publicKey);
  if (fingerprints.length > 1) {
    throw new InputError(
      `${publicKey}: holds ${fingerprints.length} keys: a rotation is under way; end it with --finish`,
    );
  }
  const fresh = await makeKey(place.stack.name, options.lifeSeconds);
  await writeSecrets([...keys, fresh], options.out);
  return switchKeys(place, options, await publicKeysWith(publicKey, fresh));
}

/**
 * Last step: the new key signs alone.
 * @param force although some hosts may not know the new key yet
 * @throws InputError when no rotation is under way, or hosts do not know the new key yet.
 */
export async function finishRotation(place: Place, options: RotationOptions, force: boolean): Promise<RotationStep> {
  const { publicKey } = place.stack.repository;
  const { fingerprints, keys } = await openSigner(options.signingKey, publicKey);
  const last = fingerprints.at(-1);
  const fresh = keys.find((key) => fingerprintOf(key) === last);
  if (fresh === undefined || fingerprints.length < 2) {
    throw new InputError(`${publicKey}: holds one key: no rotation is under way; begin one without --finish`);
  }
  if (!force) await checkHostsReady(place);
  await writeSecrets([fresh], options.out);
  return switchKeys(place, options, fresh.toPublic().armor());
}

/** The hosts that have not installed a version of the keyring. */
export function hostsWithout(reports: readonly HostReport[], version: string): string[] {
  return reports
    .filter((report) => newestFirst([report.packages[KEYRING] ?? "0", version])[0] !== report.packages[KEYRING])
    .map((report) => `${report.group}/${report.instance}`);
}

async function checkHostsReady({ stack, bucket }: Place): Promise<void> {
  const packages = (await readIndex(bucket, stack.repository))?.packages ?? [];
  const [version] = versionsOf(packages, KEYRING);
  const { instances, reports } = await readReportedFleet(stack, bucket);
  const silent = instances.filter(({ instance }) => !reports.some((report) => report.instance === instance));
  const late = [
    ...silent.map(({ group, instance }) => `${group}/${instance}`),
    ...hostsWithout(reports, version ?? ""),
  ];
  if (version !== undefined && late.length === 0) return;
  throw new InputError(
    version === undefined
      ? `${stack.name} has no package ${KEYRING}, so no host knows the new key; run 'towline key rotate' again`
      : `${late.join(", ")} of ${stack.name} did not install ${KEYRING} ${version} yet and would not trust the new key alone; ` +
          "wait until they did, or pass over them with --force",
  );
}

/** Has the keys of the file that was written sign from now on. */
async function switchKeys(place: Place, { out, ...given }: RotationOptions, publicKeys: string): Promise<RotationStep> {
  return { ...(await handOut(place, { ...given, signingKey: out }, publicKeys, true)), privateFile: out };
}
