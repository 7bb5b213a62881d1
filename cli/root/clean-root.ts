import { mkdir, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { InputError, UserError } from "../errors";
import { withTemporaryFolder } from "../temporary";
import { runTool, tryTool } from "../tool";
import { readAptSettings } from "./apt-settings";
import { ownCertificates } from "./certificates";
import { packagesOf, type Recipe, recipeName } from "./recipe";
import type { Release } from "./release";

const MAKE_ROOT = join(__dirname, "make-root");
/** After that one is made anew: Debian has mended what lies in it meanwhile. */
const KEPT_DAYS = 14;

/** A root that is there. */
export interface CleanRoot {
  readonly path: string;
  /** Held by whoever runs in it, so that nobody takes it away meanwhile. */
  readonly lock: string;
}

/** What a root is for. */
export interface RootOptions {
  readonly release: Release;
  /** What the package is to run on; `all` is built on any. */
  readonly architecture: "all" | "amd64" | "arm64";
  /** Debian packages that the steps need. */
  readonly packages: readonly string[];
  /** The folder the user knows, for messages. */
  readonly shown: string;
}

/** Folder of all roots of this user. */
export function rootsFolder(environment: NodeJS.ProcessEnv): string {
  const cache = environment.TOWLINE_CACHE || join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "towline");
  return join(cache, "roots");
}

/**
 * Finds the root of what is wanted in the cache, or makes it. Who wants the same one at the same time waits for it.
 * @throws InputError when this machine cannot run what the package is for
 */
export async function cleanRoot({ release, architecture, packages, shown }: RootOptions): Promise<CleanRoot> {
  const machine = (await runTool("dpkg", ["--print-architecture"])).trim();
  if (architecture !== "all" && architecture !== machine) {
    throw new InputError(
      `${shown}: is built for ${architecture}, but this machine is ${machine}; build it on one that is ${architecture}, ` +
        "set 'architecture: all' where it holds no native code, or build by this machine's own tools with --here",
    );
  }
  const apt = await readAptSettings();
  const sources = apt.archives.map(({ uri, suffix }) => `deb ${uri} ${release}${suffix} main`);
  const recipe: Recipe = { release, architecture: machine, packages, sources, certificates: await ownCertificates() };
  const folder = rootsFolder(process.env);
  const name = recipeName(recipe);
  await mkdir(folder, { recursive: true });
  await withTemporaryFolder((inputs) => make(recipe, apt.options, { folder, name, inputs, shown }));
  const lock = join(folder, `${name}.lock`);
  // It says when the root was used last.
  await utimes(lock, new Date(), new Date());
  return { path: join(folder, name), lock };
}

interface Place {
  readonly folder: string;
  readonly name: string;
  readonly inputs: string;
  readonly shown: string;
}

async function make(recipe: Recipe, options: readonly string[], { folder, name, inputs, shown }: Place): Promise<void> {
  const certificates = join(inputs, "certificates", "towline");
  await mkdir(certificates, { recursive: true });
  await writeFile(join(inputs, "sources.list"), lines(recipe.sources));
  await writeFile(join(inputs, "apt.conf"), lines(options), { mode: 0o600 });
  for (const [index, one] of recipe.certificates.entries())
    await writeFile(join(certificates, `${index}.crt`), `${one}\n`);
  const isRoot = process.getuid?.() === 0;
  // Mounts and processes of its own end with it; who is not root gets them from mmdebstrap.
  const alone = isRoot ? ["unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child", "--"] : [];
  const { exitCode } = await tryTool(
    "flock",
    [
      ...["--no-fork", `${name}.lock`, ...alone, MAKE_ROOT, name, recipe.release, recipe.architecture],
      ...[packagesOf(recipe.packages).join(","), inputs, String(KEPT_DAYS), isRoot ? "root" : "unshare"],
    ],
    { cwd: folder, show: true, endedBy: isRoot ? "SIGKILL" : "SIGTERM" },
  );
  if (exitCode !== 0) {
    throw new UserError(
      `${shown}: no clean root of Debian ${recipe.release} could be made (why stands above); mend what it names, such as a package in ` +
        "'buildDepends' that this release does not have, or build by this machine's own tools with --here",
    );
  }
}

function lines(text: readonly string[]): string {
  return text.map((line) => `${line}\n`).join("");
}
