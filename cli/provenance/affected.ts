import { mapConcurrently } from "../concurrency";
import { UserError } from "../errors";
import type { HostReport } from "../fleet/host";
import { readReportedFleet } from "../fleet/reports";
import { warn } from "../progress";
import type { Stack } from "../project";
import type { Bucket } from "../repository/bucket";
import { readRelease } from "../repository/release";
import { type Suite, suiteOf } from "../repository/suite";
import { readAttestation } from "./attestation";
import { type Component, purlOf, releasePurl } from "./component";
import { readSbom } from "./sbom";
import { matches, type Wanted } from "./version-range";

/** A release that hosts of a stack run. */
export interface RunningRelease {
  readonly stack: string;
  readonly package: string;
  readonly version: string;
  /** `group/instance`. */
  readonly hosts: readonly string[];
}

/** One that contains what was looked for. */
export interface AffectedRelease extends RunningRelease {
  readonly components: readonly {
    readonly purl: string;
    /** False where hosts have a version of their own, or it cannot be compared. */
    readonly certain: boolean;
    /** What the release demands of a Debian package. */
    readonly relation?: string;
  }[];
}

/** One that nobody can look into. */
export interface UnknownRelease extends RunningRelease {
  readonly reason: string;
}

export interface Affected {
  readonly affected: readonly AffectedRelease[];
  readonly unknown: readonly UnknownRelease[];
  /** Hosts in service that never reported what they run, as `stack/group/instance`. */
  readonly silent: readonly string[];
}

/** Which hosts of a stack run a release that contains what was looked for. */
export async function findAffected(stack: Stack, bucket: Bucket, wanted: Wanted): Promise<Affected> {
  const { reports, instances } = await readReportedFleet(stack, bucket);
  const reported = new Set(reports.map(({ instance }) => instance));
  const silent = instances
    .filter(({ instance }) => !reported.has(instance))
    .map(({ group, instance }) => `${stack.name}/${group}/${instance}`);
  const releases = runningReleases(stack, reports);
  const found = await mapConcurrently(releases, (release) => lookInto(stack, bucket, release, wanted));
  return {
    affected: found.flatMap((one) => ("components" in one && one.components.length > 0 ? [one] : [])),
    unknown: found.flatMap((one) => ("reason" in one ? [one] : [])),
    silent,
  };
}

type Located = RunningRelease & { readonly channels: readonly string[] };

function runningReleases(stack: Stack, reports: readonly HostReport[]): Located[] {
  const found = new Map<string, { package: string; version: string; hosts: string[]; channels: Set<string> }>();
  for (const { group, instance, packages } of reports) {
    for (const [name, version] of Object.entries(packages)) {
      const release = found.get(`${name} ${version}`) ?? { package: name, version, hosts: [], channels: new Set() };
      release.hosts.push(`${group}/${instance}`);
      const channel = stack.config.groups[group]?.channel;
      if (channel !== undefined) release.channels.add(channel);
      found.set(`${name} ${version}`, release);
    }
  }
  return [...found.values()]
    .map(({ hosts, channels, ...release }) => ({
      stack: stack.name,
      ...release,
      hosts: hosts.sort(),
      channels: [...channels],
    }))
    .sort((a, b) => (`${a.package} ${a.version}` < `${b.package} ${b.version}` ? -1 : 1));
}

async function lookInto(
  stack: Stack,
  bucket: Bucket,
  { channels, ...release }: Located,
  wanted: Wanted,
): Promise<AffectedRelease | UnknownRelease> {
  const { package: name, version } = release;
  // Under its own name the release itself is looked for, whether or not anything is known of what is in it.
  const itself: Component = { ecosystem: "deb", name, version };
  const own = matches(wanted, itself);
  if (own !== "no") return { ...release, components: [{ purl: releasePurl(name, version), certain: own === "yes" }] };
  try {
    const contents = await contentsOf(
      bucket,
      [suiteOf(stack), ...channels.map((one) => suiteOf(stack, one))],
      name,
      version,
    );
    if (contents === undefined) return { ...release, reason: "it was published without an SBOM" };
    const components = contents.flatMap((component) => {
      const match = matches(wanted, component);
      if (match === "no") return [];
      const { relation } = component;
      const certain = match === "yes" && component.version !== undefined;
      return [{ purl: purlOf(component), certain, ...(relation === undefined ? {} : { relation }) }];
    });
    return { ...release, components };
  } catch (error) {
    // One release's fault must not hide all the others.
    if (!(error instanceof UserError) || error.exitCode !== 1) throw error;
    warn(error.message);
    return { ...release, reason: error.message };
  }
}

/** What is in a release, by the evidence of the first suite that has any; undefined where none has. */
async function contentsOf(
  bucket: Bucket,
  suites: readonly Suite[],
  name: string,
  version: string,
): Promise<readonly Component[] | undefined> {
  for (const suite of suites) {
    const release = await readRelease(bucket, suite, name, version);
    if (release === undefined) continue;
    const attestation = await readAttestation(bucket, suite.repository, { ...release, name });
    if (attestation !== undefined) return readSbom(attestation.sbom, `s3://${bucket.name}/${release.filename}`);
  }
  return undefined;
}
