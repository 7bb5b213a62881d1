import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors";
import { runTool } from "../tool";
import type { Manifest } from "./manifest";
import { filesBelow } from "./tree";

// elf(5): magic, then the machine as a little-endian half word at offset 18.
const MAGIC = Buffer.from("\x7fELF", "latin1");
const MACHINES = { amd64: 62, arm64: 183 } as const;

/**
 * The Debian packages whose libraries the app's native code needs, as relations for Depends.
 * @param root the package's tree
 * @param scratch an empty folder
 * @throws InputError when a package for every architecture holds native code
 */
export async function libraryDepends(
  root: string,
  { architecture }: Pick<Manifest, "architecture">,
  scratch: string,
): Promise<string[]> {
  const files = await Promise.all(
    (await filesBelow(root)).map(async (path) => ({ path, machine: await machineOf(join(root, path)) })),
  );
  const native = files.filter(({ machine }) => machine !== undefined);
  const first = native[0];
  if (first === undefined) return [];
  if (architecture === "all") {
    throw new InputError(
      `towline.yaml: architecture: is all, but ${first.path} is native code; set it to amd64 or arm64, where it was built`,
    );
  }
  const ours = native.filter(({ machine }) => machine === MACHINES[architecture]).map(({ path }) => join(root, path));
  const forDebian = await Promise.all(ours.map(async (file) => ((await needsMusl(file)) ? [] : [file])));
  return shlibDepends(forDebian.flat(), scratch);
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

async function shlibDepends(files: readonly string[], scratch: string): Promise<string[]> {
  if (files.length === 0) return [];
  // dpkg-shlibdeps runs in source packages only.
  await mkdir(join(scratch, "debian"), { recursive: true });
  await writeFile(join(scratch, "debian", "control"), "Source: app\n\nPackage: app\nArchitecture: any\n");
  const printed = await runTool("dpkg-shlibdeps", ["-O", "--ignore-missing-info", ...files], { cwd: scratch });
  const relations = /^shlibs:Depends=(.*)$/m.exec(printed)?.[1] ?? "";
  return relations.split(", ").filter((relation) => relation !== "");
}
