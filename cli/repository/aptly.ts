import { copyFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DebFile } from "../deb/deb";
import { UserError } from "../errors";
import { runTool, type ToolResult, toolFailure, tryTool } from "../tool";
import type { Repository } from "./index";
import type { Identity } from "./plan";

/** The files of an unsigned repository that aptly generated. */
export interface Generated {
  readonly release: Buffer;
  /** `Packages.gz` of the one component and architecture. */
  readonly packages: Buffer;
}

/** The packages of one suite on this machine, from which its index is generated. */
export interface Database {
  packages(): Promise<Identity[]>;
  add(files: readonly DebFile[]): Promise<void>;
  remove(packages: readonly Identity[]): Promise<void>;
  generate(): Promise<Generated>;
}

export interface AptlyOptions {
  readonly repository: Repository;
  /** Folder that keeps aptly's database and packages between runs. */
  readonly stateDirectory: string;
  /** Private folder of this run. */
  readonly temporary: string;
}

/**
 * aptly (1.5) with a local repository for the suite. It publishes to a folder, never to S3: there its writes come in random
 * order, list the whole bucket and may go on after the command was killed.
 */
export async function openAptly(options: AptlyOptions): Promise<Database> {
  const { repository, temporary } = options;
  const { suite, component, architecture } = repository;
  const configuration = join(temporary, "aptly.json");
  await writeFile(configuration, JSON.stringify(aptlyConfiguration(options)), { mode: 0o600 });
  const local = `towline-${suite}`;
  const target = `filesystem:public:${suite}`;
  let shrunk = false;

  const attempt = (...args: readonly string[]) => tryTool("aptly", [`-config=${configuration}`, ...args]);
  const aptly = (...args: readonly string[]) => runTool("aptly", [`-config=${configuration}`, ...args]);

  return {
    async packages() {
      const format = "{{.Package}} {{.Version}} {{.Architecture}} {{.SHA256}}";
      const result = await attempt("repo", "search", `-format=${format}`, local, "Name");
      if (result.exitCode === 0) return result.stdout.split("\n").filter(Boolean).map(parseIdentity);
      // An empty repository is a failed search to aptly.
      if (says(result, "no results")) return [];
      if (!says(result, "not found")) throw new UserError(toolFailure("aptly", result));
      await aptly("repo", "create", `-component=${component}`, `-distribution=${suite}`, local);
      return [];
    },
    async add(files) {
      if (files.length === 0) return;
      // Never anew in a place that an interruption has cleaned up.
      const folder = await mkdtemp(join(temporary, "incoming-"));
      const paths = [];
      for (const file of files) {
        // The file's name becomes that of the object in the pool. A copy, since aptly links what it takes into its own pool:
        // a link to it would dangle, and the file itself may be changed by its owner.
        const path = join(folder, `${file.name}_${file.version}_${file.architecture}.deb`);
        await copyFile(file.path, path);
        paths.push(path);
      }
      await aptly("repo", "add", local, ...paths);
    },
    async remove(packages) {
      if (packages.length === 0) return;
      const queries = packages.map(
        (entry) => `Name (= ${entry.name}), $Version (= ${entry.version}), $Architecture (= ${entry.architecture})`,
      );
      await aptly("repo", "remove", local, ...queries);
      shrunk = true;
    },
    async generate() {
      // What a publication that was refused left in the folder may be replaced.
      const shape = ["-skip-signing", "-skip-contents", "-skip-bz2", "-force-overwrite"];
      const update = await attempt("publish", "update", ...shape, suite, target);
      if (says(update, "not found")) {
        const names = [`-architectures=${architecture}`, `-distribution=${suite}`, "-origin=towline", "-label=towline"];
        await aptly("publish", "repo", "-acquire-by-hash", ...shape, ...names, local, target);
      } else if (update.exitCode !== 0) {
        throw new UserError(toolFailure("aptly", update));
      }
      if (shrunk) await aptly("db", "cleanup");
      const folder = join(publicFolder(options), suite, "dists", suite);
      return {
        release: await readFile(join(folder, "Release")),
        packages: await readFile(join(folder, component, `binary-${architecture}`, "Packages.gz")),
      };
    },
  };
}

/** aptly's configuration: its database, and a folder beside it to publish to. */
export function aptlyConfiguration(options: Pick<AptlyOptions, "repository" | "stateDirectory">) {
  return {
    rootDir: options.stateDirectory,
    architectures: [options.repository.architecture],
    skipLegacyPool: true,
    FileSystemPublishEndpoints: { public: { rootDir: publicFolder(options), linkMethod: "symlink" } },
  };
}

function publicFolder(options: Pick<AptlyOptions, "stateDirectory">): string {
  return join(options.stateDirectory, "public");
}

function says(result: ToolResult, words: string): boolean {
  return result.exitCode !== 0 && `${result.stdout}${result.stderr}`.includes(words);
}

function parseIdentity(line: string): Identity {
  const [name = "", version = "", architecture = "", sha256 = ""] = line.split(" ");
  return { name, version, architecture, sha256 };
}
