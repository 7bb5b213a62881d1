import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { filesBelow } from "../deb/tree";
import { type Component, purlOf } from "./component";

type Reader = (text: string, file: string) => readonly Component[];

/** By the paths of files, what they say is installed where they lie. */
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/(^|\/)node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/, readPackageJson],
  [/\.dist-info\/METADATA$|\.egg-info\/PKG-INFO$/, readMetadata],
  [/\/specifications\/(default\/)?[^/]+\.gemspec$/, readGemspec],
  // Compiled in; what they name is what was built. Those of dependencies below do not count.
  [/^opt\/[^/]+\/go\.mod$/, readGoMod],
  [/^opt\/[^/]+\/Cargo\.lock$/, readCargoLock],
];

/**
 * The packages that are in a tree which is laid out as on hosts: what is installed, whatever lock files and manifests wish for.
 *
 * @returns each once, sorted
 */
export async function findComponents(root: string): Promise<Component[]> {
  const found = new Map<string, Component>();
  // A link leads to a file that is found where it lies, or is the hosts' own.
  for (const path of await filesBelow(root)) {
    const reader = READERS.find(([pattern]) => pattern.test(path))?.[1];
    if (reader === undefined) continue;
    for (const component of reader(await readFile(join(root, path), "utf8"), path))
      found.set(purlOf(component), component);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component);
}

/** The Debian packages that a control file's `Depends` and `Pre-Depends` ask for; each alternative counts. */
export function debianComponents(relations: readonly string[]): Component[] {
  const found = relations.flatMap((relation) =>
    relation.split(/[,|]/).flatMap((one): [string, Component][] => {
      const name = /^\s*([a-z0-9][a-z0-9.+-]+)/.exec(one)?.[1];
      return name === undefined ? [] : [[one, { ecosystem: "deb", name, version: undefined, relation: one.trim() }]];
    }),
  );
  return [...new Map(found).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readPackageJson(text: string): Component[] {
  const { name, version } = parsed(text);
  return typeof name === "string" && typeof version === "string" ? [{ ecosystem: "npm", name, version }] : [];
}

/** Not every package.json is one: tests of packages hold broken ones. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Core metadata of Python packages: headers like those of mail. */
function readMetadata(text: string): Component[] {
  const [head = ""] = text.split(/\r?\n\r?\n/);
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(\\S+)`, "mi").exec(head)?.[1];
  const [name, version] = [field("Name"), field("Version")];
  return name === undefined || version === undefined ? [] : [{ ecosystem: "pypi", name, version }];
}

/** RubyGems begins each specification that it installs with a line for those who do not run Ruby. */
function readGemspec(text: string, file: string): Component[] {
  const stub = /^# stub: (\S+) (\S+) /m.exec(text);
  const named = /\/([^/]+?)-(\d[^-/]*)(?:-[^/]+)?\.gemspec$/.exec(file);
  const [, name, version] = stub ?? named ?? [];
  return name === undefined || version === undefined ? [] : [{ ecosystem: "gem", name, version }];
}

/** `require` of a go.mod, which since Go 1.17 names all modules that are built in. */
function readGoMod(text: string): Component[] {
  const required = [
    ...[...text.matchAll(/^require\s*\(([^)]*)\)/gm)].flatMap(([, block = ""]) => block.split("\n")),
    ...[...text.matchAll(/^require\s+([^(\s].*)$/gm)].map(([, line = ""]) => line),
  ];
  return required.flatMap((line): Component[] => {
    const [, name, version] = /^\s*([^\s/][^\s]*)\s+(v\d\S*)/.exec(line.replace(/\/\/.*$/, "")) ?? [];
    return name === undefined || version === undefined ? [] : [{ ecosystem: "golang", name, version }];
  });
}

/** Packages of a Cargo.lock; those without a source are the app's own. */
function readCargoLock(text: string): Component[] {
  return text.split(/^\[\[package\]\]$/m).flatMap((part): Component[] => {
    const field = (name: string) => new RegExp(`^${name} = "([^"]+)"$`, "m").exec(part)?.[1];
    const [name, version] = [field("name"), field("version")];
    if (name === undefined || version === undefined || field("source") === undefined) return [];
    return [{ ecosystem: "cargo", name, version }];
  });
}
