import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors";
import { interpreterDepends } from "./interpreters";
import type { Manifest } from "./manifest";
import { filesBelow } from "./tree";
import type { Workplace } from "./workplace";

// elf(5): magic, then the machine as a little-endian half word at offset 18.
const MAGIC = Buffer.from("\x7fELF", "latin1");
const MACHINES = { amd64: 62, arm64: 183 } as const;

/**
 * What the app's native code needs of hosts, as relations for Depends: the libraries it was linked with and the interpreters it was
 * built for.
 * @param root the package's tree
 * @param workplace opens the place where it was built
 * @throws InputError when a package for every architecture holds native code
 */
export async function nativeDepends(
  root: string,
  { architecture }: Pick<Manifest, "architecture">,
  workplace: () => Promise<Workplace>,
): Promise<string[]> {
  const paths = await filesBelow(root);
  const files = await Promise.all(paths.map(async (path) => ({ path, machine: await machineOf(join(root, path)) })));
  const native = files.filter(({ machine }) => machine !== undefined);
  const first = native[0];
  if (first === undefined) return interpreterDepends({ paths });
  if (architecture === "all") {
    throw new InputError(
      `towline.yaml: architecture: is all, but ${first.path} is native code; set it to amd64 or arm64, where it was built`,
    );
  }
  const ours = native.filter(({ machine }) => machine === MACHINES[architecture]).map(({ path }) => path);
  const forDebian = (
    await Promise.all(ours.map(async (path) => ((await needsMusl(join(root, path))) ? [] : [path])))
  ).flat();
  const libraries = forDebian.length === 0 ? [] : await shlibDepends(root, forDebian, await workplace());
  const node = (await needsNode(root, forDebian)) ? await nodeVersion(root, await workplace()) : undefined;
  return [...libraries, ...interpreterDepends({ paths, node })];
}

async function machineOf(file: string): Promise<number | undefined> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(20), 0, 20, 0);
    return bytesRead === 20 && buffer.subarray(0, 4).equals(MAGIC) ? buffer.readUInt16LE(18) : undefined;
  } finally {
    await handle.close();
  }
}

/** npm packages bring builds for other C libraries along; they are never loaded on Debian. */
async function needsMusl(file: string): Promise<boolean> {
  return (await readFile(file)).includes("libc.musl-");
}

/** Whether one of the files is an add-on of Node.js that calls V8 itself; those of Node-API fit all versions. */
async function needsNode(root: string, files: readonly string[]): Promise<boolean> {
  const addons = files.filter((path) => path.endsWith(".node"));
  const calls = await Promise.all(addons.map(async (path) => (await readFile(join(root, path))).includes("_ZN2v8")));
  return calls.includes(true);
}

async function nodeVersion(root: string, { inspect }: Workplace): Promise<string> {
  return (await inspect(root, "node --print process.versions.node", "")).trim();
}

// dpkg-shlibdeps runs in source packages only.
const SHLIBDEPS = `
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
mkdir debian
printf 'Source: app\\n\\nPackage: app\\nArchitecture: any\\n' >debian/control
mapfile -d '' files <"$INPUT"
dpkg-shlibdeps -O --ignore-missing-info "\${files[@]/#/$PACKAGE/}"
`;

async function shlibDepends(root: string, files: readonly string[], { inspect }: Workplace): Promise<string[]> {
  const printed = await inspect(root, SHLIBDEPS, files.map((file) => `${file}\0`).join(""));
  const relations = /^shlibs:Depends=(.*)$/m.exec(printed)?.[1] ?? "";
  return relations.split(", ").filter((relation) => relation !== "");
}
