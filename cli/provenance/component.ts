import { PackageURL } from "packageurl-js";

/** Kinds of packages that are found in an app, by the type of their purl, and what people call them. */
export const ECOSYSTEMS = ["npm", "pypi", "gem", "golang", "cargo", "deb"] as const;

export type Ecosystem = (typeof ECOSYSTEMS)[number];

/** A package that is in a release, or that one needs on its hosts. */
export interface Component {
  readonly ecosystem: Ecosystem;
  /** As its registry has it: `@scope/name` of npm, `github.com/a/b` of Go. */
  readonly name: string;
  /** Undefined of a Debian package that hosts have in a version of their own. */
  readonly version: string | undefined;
  /** What the package demands of a Debian package, as `Depends` has it. */
  readonly relation?: string | undefined;
}

/** The purl of a component, by which scanners know it. */
export function purlOf({ ecosystem, name, version }: Omit<Component, "relation">): string {
  const own = normalName(ecosystem, name);
  const slash = own.lastIndexOf("/");
  const namespace = ecosystem === "deb" ? "debian" : slash < 0 ? undefined : own.slice(0, slash);
  return new PackageURL(ecosystem, namespace, own.slice(slash + 1), version, undefined, undefined).toString();
}

/** The purl of a release of towline's own repository. */
export function releasePurl(name: string, version: string): string {
  return new PackageURL("deb", "towline", name, version, undefined, undefined).toString();
}

/** The component that a purl names; undefined for a kind that is none of {@link ECOSYSTEMS}. */
export function componentOf(purl: string): Component | undefined {
  const { type, namespace, name, version } = PackageURL.fromString(purl);
  const ecosystem = ECOSYSTEMS.find((one) => one === type);
  if (ecosystem === undefined || !name) return undefined;
  const whole = namespace && ecosystem !== "deb" ? `${namespace}/${name}` : name;
  return { ecosystem, name: whole, version: version ?? undefined };
}

/** A name as two spellings of it agree: PyPI takes `-`, `_` and `.` for the same, and capitals for small letters (PEP 503). */
export function normalName(ecosystem: Ecosystem, name: string): string {
  return ecosystem === "pypi" ? name.toLowerCase().replace(/[-_.]+/g, "-") : name;
}
