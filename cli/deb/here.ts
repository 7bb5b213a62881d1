import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors";
import { toolFailure, tryTool } from "../tool";
import type { Workplace, WorkplaceOptions } from "./workplace";

const BUILD_AT_HOME = join(__dirname, "build-at-home");
// Ours, not the app's: credentials, and settings of the npm, make and git that run towline itself. npm hands on what towline's own
// .npmrc says, too.
const NOT_FOR_BUILDS =
  /^(AWS_|TOWLINE_|TSX_|GIT_|npm_(package|lifecycle|command|execpath|node_execpath|config_((local|global)_prefix|ignore_scripts|omit_lockfile_registry_resolved|audit|fund|update_notifier)$)|(INIT_CWD|NODE_ENV|NODE_OPTIONS|MAKEFLAGS|MAKELEVEL|MFLAGS|DESTDIR)$)/;

/**
 * Runs steps with this machine's own tools, each in a mount namespace where the app's clean copy lies at its place on hosts. What
 * they leave running ends with them.
 * @throws UserError where this machine refuses the namespace
 */
export async function hereWorkplace(options: WorkplaceOptions): Promise<Workplace> {
  const namespace = namespaceOptions(process.getuid?.() ?? 0);
  await requireNamespace(namespace, options.shown);
  const env = buildEnvironment(process.env, options);
  const [empty, file] = [join(options.temporary, "mount"), join(options.temporary, "input")];
  return {
    run: async (line) => {
      const args = [...namespace, "--", BUILD_AT_HOME, options.home, options.folder, empty, line];
      return (await tryTool("unshare", args, { env, show: true, endedBy: "SIGKILL" })).exitCode;
    },
    inspect: async (packaged, line, input) => {
      await writeFile(file, input);
      const result = await tryTool("bash", ["-euo", "pipefail", "-c", line], {
        env: { ...env, PACKAGE: packaged, INPUT: file },
      });
      if (result.exitCode !== 0) throw new UserError(`${options.shown}: ${toolFailure("bash", result)}`);
      return result.stdout;
    },
    leave: async () => undefined,
  };
}

/** Mounts and processes of its own; for anyone but root inside a user namespace, with the user kept as they are. */
function namespaceOptions(user: number): string[] {
  const own = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  return user === 0 ? own : ["--user", "--map-current-user", "--keep-caps", ...own];
}

async function requireNamespace(namespace: readonly string[], shown: string): Promise<void> {
  const probe = await tryTool("unshare", [...namespace, "--", "true"]);
  if (probe.exitCode === 0) return;
  throw new UserError(
    `${shown}: cannot be built in a mount namespace of its own: ${toolFailure("unshare", probe)}; ` +
      "run as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)",
  );
}

/** What builds see of the environment, and what makes them repeatable. Undefined takes a variable away. */
export function buildEnvironment(
  environment: NodeJS.ProcessEnv,
  { epoch, destination }: Pick<WorkplaceOptions, "epoch" | "destination">,
): Record<string, string | undefined> {
  const removed = Object.keys(environment).filter((name) => NOT_FOR_BUILDS.test(name));
  const path = (environment.PATH ?? "").split(":").filter((folder) => !/\/node_modules\//.test(folder));
  return {
    ...Object.fromEntries(removed.map((name) => [name, undefined])),
    PATH: path.join(":"),
    TZ: "UTC",
    SOURCE_DATE_EPOCH: String(epoch),
    ...(destination === undefined ? {} : { DESTDIR: destination }),
  };
}
