import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors";
import { toolFailure, tryTool } from "../tool";

const BUILD_AT_HOME = join(__dirname, "build-at-home");
// Ours, not the app's: credentials, and settings of the npm, make and git that run towline itself. npm hands on what towline's own
// .npmrc says, too.
const NOT_FOR_BUILDS =
  /^(AWS_|TOWLINE_|TSX_|GIT_|npm_(package|lifecycle|command|execpath|node_execpath|config_((local|global)_prefix|ignore_scripts|omit_lockfile_registry_resolved|audit|fund|update_notifier)$)|(INIT_CWD|NODE_ENV|NODE_OPTIONS|MAKEFLAGS|MAKELEVEL|MFLAGS|DESTDIR)$)/;

export interface StepOptions {
  /** Where the app lies on hosts. */
  readonly home: string;
  /** The clean copy. */
  readonly folder: string;
  /** The package's root, for `make install`. */
  readonly destination: string;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** The folder the user knows, for messages. */
  readonly shown: string;
}

/**
 * Builds an app by shell lines, each in a mount namespace where its clean copy lies at its place on hosts. Their output
 * goes to standard error.
 * @throws UserError at the first line that fails, and where this machine refuses the namespace
 */
export async function runSteps(lines: readonly string[], options: StepOptions): Promise<void> {
  if (lines.length === 0) return;
  const namespace = namespaceOptions(process.getuid?.() ?? 0);
  await requireNamespace(namespace, options.shown);
  const env = buildEnvironment(process.env, options);
  try {
    for (const line of lines) {
      const { exitCode } = await tryTool(
        "unshare",
        [...namespace, "--", BUILD_AT_HOME, options.home, options.folder, line],
        { env, show: true },
      );
      if (exitCode !== 0) {
        const advice = exitCode === 127 ? "; is that program installed?" : " (its output stands above)";
        throw new UserError(`${options.shown}: the build step '${line}' failed with exit code ${exitCode}${advice}`);
      }
    }
  } finally {
    await rm(`${options.folder}.mount`, { recursive: true, force: true });
  }
}

/** A mount namespace; for anyone but root inside a user namespace, with the user kept as they are. */
function namespaceOptions(user: number): string[] {
  return user === 0 ? ["--mount"] : ["--user", "--map-current-user", "--keep-caps", "--mount"];
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
  { epoch, destination }: Pick<StepOptions, "epoch" | "destination">,
): Record<string, string | undefined> {
  const removed = Object.keys(environment).filter((name) => NOT_FOR_BUILDS.test(name));
  const path = (environment.PATH ?? "").split(":").filter((folder) => !/\/node_modules\//.test(folder));
  return {
    ...Object.fromEntries(removed.map((name) => [name, undefined])),
    PATH: path.join(":"),
    TZ: "UTC",
    SOURCE_DATE_EPOCH: String(epoch),
    DESTDIR: destination,
  };
}
