import * as pep440 from "@renovatebot/pep440";
import * as rubygems from "@renovatebot/ruby-semver";
import semver from "semver";
import { compareVersions } from "../deb/version-order";
import { InputError } from "../errors";
import { type Component, componentOf, ECOSYSTEMS, type Ecosystem, normalName } from "./component";

type Operator = "<" | "<=" | "=" | ">=" | ">";

/** What is looked for: packages of a name, in versions that meet all bounds. */
export interface Wanted {
  /** As it was asked for. */
  readonly text: string;
  /** Undefined: of any. */
  readonly ecosystem: Ecosystem | undefined;
  readonly name: string;
  readonly bounds: readonly { readonly operator: Operator; readonly version: string }[];
}

/** Whether a component is one of those: `maybe` where its version is not known, or cannot be compared. */
export type Match = "yes" | "no" | "maybe";

const FORM = "lodash, 'lodash<4.17.21', 'npm:lodash>=4,<4.17.21' or pkg:npm/lodash@4.17.20";

/** @throws InputError unless `text` names a package, and versions where it names any */
export function parseWanted(text: string): Wanted {
  const [, named = "", rest = ""] = /^([^<>=]*)(.*)$/.exec(text.trim()) ?? [];
  const { ecosystem, name, version } = named.startsWith("pkg:") ? ofPurl(named.trim(), text) : ofName(named.trim());
  const bounds = rest === "" ? [] : rest.split(",").map((one) => boundOf(one, text));
  if (version !== undefined) bounds.push({ operator: "=", version });
  if (!/^[@A-Za-z0-9][A-Za-z0-9._~+/-]*$/.test(name)) {
    throw new InputError(`'${text}' names no package; allowed are ${FORM} (quoted, since the shell reads < and >)`);
  }
  const wanted = { text, ecosystem, name, bounds };
  if (ecosystem !== undefined) for (const bound of bounds) refuseVersion(ecosystem, bound.version, text);
  return wanted;
}

function ofName(named: string): Component | { ecosystem: undefined; name: string; version: undefined } {
  const [, type, name] = /^([a-z]+):(.*)$/.exec(named) ?? [];
  if (type === undefined || name === undefined) return { ecosystem: undefined, name: named, version: undefined };
  const ecosystem = ECOSYSTEMS.find((one) => one === type);
  if (ecosystem !== undefined) return { ecosystem, name, version: undefined };
  throw new InputError(`'${type}:' is no kind of packages that towline knows; allowed are ${ECOSYSTEMS.join(", ")}`);
}

function ofPurl(purl: string, text: string): Component {
  let component: Component | undefined;
  try {
    component = componentOf(purl);
  } catch (cause) {
    throw new InputError(`'${text}' is no purl; allowed are ${FORM}`, { cause });
  }
  if (component !== undefined) return component;
  throw new InputError(
    `'${text}' is a purl of a kind that towline does not look for; allowed are ${ECOSYSTEMS.join(", ")}`,
  );
}

function boundOf(one: string, text: string): Wanted["bounds"][number] {
  const [, operator, version] = /^\s*(<=|>=|==|<|>|=)\s*(\S+)\s*$/.exec(one) ?? [];
  if (operator === undefined || version === undefined) {
    throw new InputError(`'${text}': '${one}' is no bound of a version; allowed are ${FORM}`);
  }
  return { operator: operator === "==" ? "=" : (operator as Operator), version };
}

/** @throws InputError at a version that cannot be one of this ecosystem */
function refuseVersion(ecosystem: Ecosystem, version: string, text: string): void {
  if (isVersion(ecosystem, version)) return;
  throw new InputError(`'${text}': '${version}' is no version that packages of ${ecosystem} can have`);
}

function isVersion(ecosystem: Ecosystem, version: string): boolean {
  if (ecosystem === "deb") return /^(\d+:)?\d[A-Za-z0-9.+~-]*$/.test(version);
  if (ecosystem === "pypi") return pep440.valid(version) !== null;
  if (ecosystem === "gem") return rubygems.valid(version) !== null;
  return semverOf(version) !== null;
}

/** Advisories shorten versions: 4.17 is 4.17.0. */
function semverOf(version: string): semver.SemVer | null {
  const [, numbers = "", rest = ""] = /^v?(\d+(?:\.\d+){0,2})(.*)$/.exec(version) ?? [];
  const filled = numbers.split(".").concat("0", "0").slice(0, 3).join(".");
  return semver.parse(`${filled}${rest}`, { loose: true });
}

function compare(ecosystem: Ecosystem, a: string, b: string): number {
  if (ecosystem === "deb") return compareVersions(a, b);
  if (ecosystem === "pypi") return pep440.compare(a, b);
  if (ecosystem === "gem") return rubygems.lt(a, b) ? -1 : rubygems.gt(a, b) ? 1 : 0;
  const [left, right] = [semverOf(a), semverOf(b)];
  return left === null || right === null ? 0 : left.compare(right);
}

/** @throws InputError where the versions that are asked for cannot be those of the component's ecosystem */
export function matches(wanted: Wanted, component: Component): Match {
  const { ecosystem, version, relation } = component;
  if (wanted.ecosystem !== undefined && wanted.ecosystem !== ecosystem) return "no";
  if (normalName(ecosystem, wanted.name) !== normalName(ecosystem, component.name)) return "no";
  for (const bound of wanted.bounds) refuseVersion(ecosystem, bound.version, wanted.text);
  if (wanted.bounds.length === 0) return "yes";
  if (version === undefined) return isRuledOut(wanted, relation) ? "no" : "maybe";
  if (!isVersion(ecosystem, version)) return "maybe";
  return wanted.bounds.every(({ operator, version: bound }) => meets(operator, compare(ecosystem, version, bound)))
    ? "yes"
    : "no";
}

function meets(operator: Operator, order: number): boolean {
  if (operator === "=") return order === 0;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

/** Whether what a package demands of a Debian package leaves none of these versions. */
function isRuledOut({ bounds }: Wanted, relation: string | undefined): boolean {
  const [, demand, version] = /\((=|>=|>>)\s*([^)\s]+)\s*\)/.exec(relation ?? "") ?? [];
  if (demand === undefined || version === undefined) return false;
  return bounds.some(({ operator, version: bound }) => {
    const order = compareVersions(version, bound);
    if (demand === "=") return !meets(operator, order);
    // Any version from this one up.
    if (operator === "<") return order >= 0;
    if (operator === "<=" || operator === "=") return demand === ">>" ? order >= 0 : order > 0;
    return false;
  });
}
