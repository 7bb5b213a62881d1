import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newestFirst } from "../deb/version-order";
import { InputError } from "../errors";
import { KEYRING } from "../fleet/groups";
import type { HostReport } from "../fleet/host";
import { readReportedFleet } from "../fleet/reports";
import type { Stack } from "../project";
import { readEvidence } from "../provenance/evidence";
import { signEvidenceAgain } from "../provenance/sign-again";
import { replaceFile } from "../replace-file";
import { withTemporaryFolder } from "../temporary";
import type { Bucket } from "./bucket";
import { type PublisherOptions, signAgain } from "./change";
import { readIndex } from "./index";
import { makeKey, publicKeysWith, writeSecrets } from "./key-pair";
import { buildKeyring } from "./keyring";
import { fingerprintOf, fingerprintsOf, openSigner } from "./keys";
import { versionsOf } from "./packages";
import { publishPackages } from "./publish";
import { publishedSuites, type Shelf, suiteOf } from "./suite";

/** What a step of a rotation did. */
export interface RotationStep {
  /** Fingerprints of the keys that sign from now on. */
  readonly fingerprints: readonly string[];
  /** Version of the package that brings their public halves to hosts. */
  readonly keyring: string;
  /** File of the private keys to publish with from now on. */
  readonly privateFile: string;
  /** Suites that were signed again. */
  readonly suites: readonly string[];
}

interface Place {
  readonly stack: Stack;
  readonly bucket: Bucket;
}

export interface RotationOptions extends Omit<PublisherOptions, "purpose"> {
  /** New file for the private keys to publish with from now on. */
  readonly out: string;
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
  const fresh = await makeKey(place.stack.name);
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

/**
 * Signs every suite with the given keys and hands the keyring out. The stack's own file of public keys changes last: a run
 * that is cut short can be repeated as it was.
 */
function switchKeys(place: Place, options: RotationOptions, publicKeys: string): Promise<RotationStep> {
  return withTemporaryFolder((temporary) => signAnew(place, options, publicKeys, temporary));
}

async function signAnew(
  { stack, bucket }: Place,
  { out, ...given }: RotationOptions,
  publicKeys: string,
  temporary: string,
): Promise<RotationStep> {
  const options = { ...given, signingKey: out };
  const publicFile = join(temporary, "public.asc");
  await writeFile(publicFile, publicKeys);
  const rekeyed = { ...stack, repository: { ...stack.repository, publicKey: publicFile } };
  const shelfOf = (channel: string | undefined): Shelf => ({
    stack: rekeyed,
    bucket,
    suite: suiteOf(rekeyed, channel),
  });

  const keyring = await buildKeyring(publicFile, temporary);
  const origin = { commit: null, buildUrl: null, promotedFrom: null, forced: null };
  const told = await readEvidence(keyring);
  const evidence = new Map(told === undefined ? [] : [[keyring.sha256, told]]);
  await publishPackages(shelfOf(undefined), [keyring], { ...options, evidence }, origin);
  const suites = await publishedSuites(rekeyed, bucket);
  // Channels with a key of their own keep it.
  const resigned = suites.filter(({ channel }) => channel === undefined || stack.channelsKey === undefined);
  for (const { channel } of resigned) {
    await signEvidenceAgain(shelfOf(channel), stack.repository.publicKey, out);
    if (channel === undefined) continue;
    const purpose = `signing channel ${channel} with another key`;
    await signAgain(shelfOf(channel), { ...options, purpose });
  }
  const fingerprints = await fingerprintsOf(publicFile);
  await replaceFile(stack.repository.publicKey, publicKeys);
  return {
    fingerprints,
    keyring: keyring.version,
    privateFile: out,
    suites: resigned.map((suite) => suite.repository.suite),
  };
}
