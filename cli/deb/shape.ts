import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { withTemporaryFolder } from "../temporary";
import { runTool } from "../tool";

/** What of a package reaches beyond its app: it runs as root, or lies where others look. */
export interface Shape {
  /** Names of maintainer scripts. */
  readonly scripts: readonly string[];
  /** Files that run with their owner's or group's rights, whoever starts them. */
  readonly setuid: readonly string[];
  /** Files outside the package's own folder in /opt. */
  readonly paths: readonly string[];
}

const SCRIPTS = ["preinst", "postinst", "prerm", "postrm", "config", "triggers"];
// As `tar -tv` prints entries.
const ENTRY = /^(\S{10}) +\S+ +\d+ +\S+ +\S+ \.(\/.*?)(?: (?:->|link to) .*)?$/;
const MOST_NAMED = 5;

/** Reads the shape of a .deb. */
export async function readShape(path: string, name: string): Promise<Shape> {
  const listing = await runTool("dpkg-deb", ["--contents", path]);
  const entries = listing.split("\n").flatMap((line) => {
    const [, mode = "", file = ""] = ENTRY.exec(line) ?? [];
    return mode === "" || mode.startsWith("d") ? [] : [{ mode, file }];
  });
  const control = await withTemporaryFolder(async (folder) => {
    await runTool("dpkg-deb", ["--control", path, join(folder, "control")]);
    return readdir(join(folder, "control"));
  });
  return {
    scripts: SCRIPTS.filter((script) => control.includes(script)),
    setuid: entries.filter(({ mode }) => /s/i.test(mode.slice(1))).map(({ file }) => file),
    paths: entries.map(({ file }) => file).filter((file) => !file.startsWith(`/opt/${name}/`)),
  };
}

/** What the later of two versions brings that the earlier did not. */
export function newInShape(before: Shape, after: Shape): string[] {
  const added = (key: keyof Shape) => {
    const known = new Set(before[key]);
    return after[key].filter((one) => !known.has(one));
  };
  const setuid = new Set(added("setuid"));
  return [
    ...added("scripts").map((script) => `the maintainer script ${script}, which runs as root`),
    ...[...setuid].map((file) => `the setuid file ${file}`),
    ...shortened(added("paths").filter((file) => !setuid.has(file))),
  ];
}

function shortened(files: readonly string[]): string[] {
  const more = files.length - MOST_NAMED;
  return [...files.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more files outside its own folder`] : [])];
}
