import { compareVersions } from "../deb/version-order";
import type { ReleaseView, StackView } from "./model";

/** A version on its way from stack to stack. */
export interface Way {
  readonly package: string;
  readonly version: string;
  readonly commit: string | null;
  readonly buildUrl: string | null;
  /** In the order of the stacks. */
  readonly stops: readonly Stop[];
}

/** How a version is in one stack. */
export interface Stop {
  readonly stack: string;
  readonly state: ReleaseView["state"] | "absent";
  /** Hosts that run it, and hosts that run the package. */
  readonly hosts: number;
  readonly of: number;
  readonly verdict: "ok" | "bad" | "";
  readonly at: string | null;
  /** Whether it is the highest version that hosts may take there. */
  readonly newest: boolean;
}

/** Versions of a package that are on the way: more are for `towline releases`. */
const MOST = 4;

/** The way of each package's newest versions through the stacks: of the main suites, and of those that hosts run still. */
export function pipelineOf(stacks: readonly StackView[]): Way[] {
  const releases = stacks.flatMap(({ stack, releases }) =>
    releases.filter(({ channel }) => channel === "").map((release) => ({ stack, release })),
  );
  const byPackage = Map.groupBy(releases, ({ release }) => release.package);
  return [...byPackage.keys()].sort().flatMap((name) => {
    const ours = byPackage.get(name) ?? [];
    const versions = [...new Set(ours.map(({ release }) => release.version))].sort((a, b) => compareVersions(b, a));
    const used = (version: string) => ours.some(({ release }) => release.version === version && release.hosts > 0);
    const shown = versions.filter((version, place) => place < MOST || used(version));
    return shown.map((version) => {
      const known = ours.filter(({ release }) => release.version === version);
      const commit = known.find(({ release }) => release.commit !== null)?.release;
      return {
        ...{ package: name, version, commit: commit?.commit ?? null, buildUrl: commit?.buildUrl ?? null },
        stops: stacks.map((view) => stopOf(view, name, version)),
      };
    });
  });
}

function stopOf({ stack, releases, rows }: StackView, name: string, version: string): Stop {
  const release = releases.find((one) => one.channel === "" && one.package === name && one.version === version);
  const listed = releases.filter((one) => one.channel === "" && one.package === name && one.state === "listed");
  const highest = listed.map((one) => one.version).sort((a, b) => compareVersions(b, a))[0];
  const words = Object.values(release?.verdicts ?? {});
  return {
    stack,
    state: release?.state ?? "absent",
    hosts: rows.filter(({ packages }) => packages[name] === version).length,
    of: rows.filter(({ packages }) => packages[name] !== undefined).length,
    verdict: words.includes("bad") ? "bad" : words.includes("ok") ? "ok" : "",
    at: release?.publishedAt ?? null,
    newest: highest === version,
  };
}
