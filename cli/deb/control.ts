import type { Manifest } from "./manifest";
import type { ProcessType } from "./process";

// What the units are, and what keeps them from the metadata service; everything else an app needs it names itself.
const ALWAYS_NEEDED = ["iproute2", "systemd"];

/** Names the release of Debian that native code was built for (a field of our own, deb-control(5)). */
export const RELEASE_FIELD = "Towline-Release";

export interface ControlFields {
  readonly manifest: Pick<Manifest, "name" | "architecture" | "maintainer" | "description">;
  readonly version: string;
  /** Relations, without what every app needs. */
  readonly depends: readonly string[];
  readonly processes: readonly ProcessType[];
  /** On hosts, in KiB. */
  readonly size: number;
  /** The release that native code was built for; undefined where there is none. */
  readonly release?: string | undefined;
}

/** DEBIAN/control of an app (deb-control(5)). */
export function renderControl({ manifest, version, depends, processes, size, release }: ControlFields): string {
  return `${[
    `Package: ${manifest.name}`,
    `Version: ${version}`,
    `Architecture: ${manifest.architecture}`,
    `Maintainer: ${manifest.maintainer}`,
    `Installed-Size: ${size}`,
    `Depends: ${[...new Set([...depends, ...ALWAYS_NEEDED])].join(", ")}`,
    ...(release === undefined ? [] : [`${RELEASE_FIELD}: ${release}`]),
    "Section: misc",
    "Priority: optional",
    `Description: ${foldDescription(manifest.description, manifest.name, processes)}`,
  ].join("\n")}\n`;
}

/** `control` with its version replaced, or added where it has none. */
export function withVersion(control: string, version: string): string {
  const field = `Version: ${version}`;
  if (/^Version:.*$/m.test(control)) return control.replace(/^Version:.*$/m, field);
  return control.replace(/^Package:.*$/m, (line) => `${line}\n${field}`);
}

/** The value of a one-line field of a control file, or undefined. */
export function controlField(control: string, field: string): string | undefined {
  const line = control.split("\n").find((candidate) => candidate.toLowerCase().startsWith(`${field.toLowerCase()}:`));
  return line?.slice(field.length + 1).trim();
}

function foldDescription(description: string, name: string, processes: readonly ProcessType[]): string {
  const [synopsis = "", ...rest] = description
    .trim()
    .split("\n")
    .map((line) => line.trim());
  const names = processes.map((process) => process.name).join(", ");
  const more = rest.length > 0 ? rest : [`The command ${name} runs and scales its processes: ${names}.`];
  return [synopsis, ...more.map((line) => (line === "" ? " ." : ` ${line}`))].join("\n");
}
