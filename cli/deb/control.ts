import type { Manifest } from "./manifest";

// What the maintainer scripts and units call; everything else an app needs it names itself.
const ALWAYS_NEEDED = ["init-system-helpers", "systemd"];

/**
 * DEBIAN/control of an app (deb-control(5)).
 * @param installedSize in KiB
 */
export function renderControl(manifest: Manifest, version: string, installedSize: number): string {
  const depends = [...manifest.depends, ...ALWAYS_NEEDED.filter((name) => !manifest.depends.includes(name))];
  return `${[
    `Package: ${manifest.name}`,
    `Version: ${version}`,
    `Architecture: ${manifest.architecture}`,
    `Maintainer: ${manifest.maintainer}`,
    `Installed-Size: ${installedSize}`,
    `Depends: ${depends.join(", ")}`,
    "Section: misc",
    "Priority: optional",
    `Description: ${foldDescription(manifest.description)}`,
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

function foldDescription(description: string): string {
  const [synopsis = "", ...rest] = description
    .trim()
    .split("\n")
    .map((line) => line.trim());
  return [synopsis, ...rest.map((line) => (line === "" ? " ." : ` ${line}`))].join("\n");
}
