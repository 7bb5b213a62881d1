import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { CredentialEnvironment } from "../aws";
import type { DebFile } from "../deb/deb";
import { UserError } from "../errors";
import { runTool, toolFailure, tryTool } from "../tool";
import type { Repository } from "./index";
import type { SigningHome } from "./keys";
import type { Identity } from "./plan";

/** The database a repository is published from. */
export interface Publisher {
  packages(): Promise<Identity[]>;
  add(files: readonly DebFile[]): Promise<void>;
  remove(packages: readonly Identity[]): Promise<void>;
  /** @param live whether hosts have an index already */
  publish(live: boolean): Promise<void>;
}

export interface AptlyOptions {
  readonly stack: string;
  readonly region: string;
  readonly repository: Repository;
  /** Folder that keeps aptly's database and packages between runs. */
  readonly stateDirectory: string;
  /** Private folder of this run. */
  readonly temporary: string;
  readonly signing: SigningHome;
  readonly credentials: CredentialEnvironment;
  /** URL of S3 where it is not AWS's own. */
  readonly endpoint?: string | undefined;
}

const REPOSITORY = "towline";
const SNAPSHOT = /^towline-/;

/** aptly (1.5) with a database of its own for one stack and a configuration for this run. */
export async function openAptly(options: AptlyOptions): Promise<Publisher> {
  const { repository, signing, stack } = options;
  const configuration = join(options.temporary, "aptly.json");
  await writeFile(configuration, JSON.stringify(aptlyConfiguration(options)), { mode: 0o600 });
  const env = { ...options.credentials, GNUPGHOME: signing.folder };
  const flag = `-config=${configuration}`;
  const aptly = async (...args: readonly string[]) => (await runTool("aptly", [flag, ...args], { env })).trim();
  const target = `s3:${stack}:`;
  const publishFlags = ["-batch", `-gpg-key=${signing.fingerprint}`, "-skip-contents", "-skip-bz2"];

  const names = (listing: string) => listing.split("\n").filter((line) => line !== "");
  if (!names(await aptly("repo", "list", "-raw")).includes(REPOSITORY)) {
    await aptly(
      "repo",
      "create",
      `-component=${repository.component}`,
      `-distribution=${repository.suite}`,
      REPOSITORY,
    );
  }
  const snapshots = async () => names(await aptly("snapshot", "list", "-raw")).filter((name) => SNAPSHOT.test(name));
  const isPublished = async () =>
    names(await aptly("publish", "list", "-raw")).includes(`${target}. ${repository.suite}`);

  return {
    async packages() {
      const format = "{{.Package}} {{.Version}} {{.Architecture}} {{.SHA256}}";
      const result = await tryTool("aptly", [flag, "repo", "search", `-format=${format}`, REPOSITORY, "Name"], { env });
      // An empty repository is a failed search to aptly.
      if (result.exitCode !== 0 && result.stderr.includes("no results")) return [];
      if (result.exitCode !== 0) throw new UserError(toolFailure("aptly", result));
      return names(result.stdout).map(parseIdentity);
    },
    async add(files) {
      const folder = join(options.temporary, "incoming");
      await mkdir(folder, { recursive: true });
      for (const file of files) {
        // The file's name becomes that of the object in the pool.
        const path = join(folder, `${file.name}_${file.version}_${file.architecture}.deb`);
        await symlink(resolve(file.path), path);
        await aptly("repo", "add", REPOSITORY, path);
      }
    },
    async remove(packages) {
      for (const entry of packages) {
        const query = `Name (= ${entry.name}), $Version (= ${entry.version}), $Architecture (= ${entry.architecture})`;
        await aptly("repo", "remove", REPOSITORY, query);
      }
    },
    async publish(live) {
      const snapshot = `towline-${new Date().toISOString().replaceAll(/[-:.]/g, "")}-${process.pid}`;
      await aptly("snapshot", "create", snapshot, "from", "repo", REPOSITORY);
      let published = await isPublished();
      if (published && !live) {
        // The bucket was emptied or replaced since: what aptly remembers of it must not be switched.
        await aptly("publish", "drop", "-force-drop", "-skip-cleanup", repository.suite, target);
        published = false;
      }
      // Objects in the pool that no index lists are left-overs of a failed publication and may be replaced; those
      // that are listed never differ here, the plan has seen to that.
      if (published)
        await aptly("publish", "switch", "-force-overwrite", ...publishFlags, repository.suite, target, snapshot);
      else {
        const shape = [
          `-architectures=${repository.architecture}`,
          `-distribution=${repository.suite}`,
          "-origin=towline",
          "-label=towline",
        ];
        await aptly(
          "publish",
          "snapshot",
          "-acquire-by-hash",
          "-force-overwrite",
          ...publishFlags,
          ...shape,
          snapshot,
          target,
        );
      }
      for (const old of await snapshots()) if (old !== snapshot) await aptly("snapshot", "drop", "-force", old);
    },
  };
}

/** aptly's configuration for a stack. Credentials are not in it: aptly reads them from its environment. */
export function aptlyConfiguration(
  options: Pick<AptlyOptions, "stack" | "region" | "repository" | "stateDirectory" | "endpoint">,
) {
  return {
    rootDir: options.stateDirectory,
    architectures: [options.repository.architecture],
    gpgProvider: "gpg",
    skipLegacyPool: true,
    S3PublishEndpoints: {
      [options.stack]: {
        region: options.region,
        bucket: options.repository.bucket,
        prefix: "",
        // Buckets of today have ACLs disabled and refuse every other value.
        acl: "none",
        ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      },
    },
  };
}

function parseIdentity(line: string): Identity {
  const [name = "", version = "", architecture = "", sha256 = ""] = line.split(" ");
  return { name, version, architecture, sha256 };
}
