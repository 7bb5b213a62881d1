import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Workplace, WorkplaceOptions } from "../deb/workplace";
import { UserError } from "../errors";
import { onInterrupt } from "../interrupt";
import { warn } from "../progress";
import { runTool, type ToolOptions, type ToolResult, toolFailure, tryTool } from "../tool";
import type { CleanRoot } from "./clean-root";
import { stepEnvironment } from "./environment";
import { ALONE, namespaceOptions } from "./namespaces";

const IN_ROOT = join(__dirname, "in-root");
const IN_NETWORK = join(__dirname, "in-network");
/** The package's root, seen from within. */
const PACKAGE = "/package";

/** Runs steps in a clean root. */
export function cleanWorkplace(root: CleanRoot, options: WorkplaceOptions): Workplace {
  const { folder, home, destination, temporary, epoch, shown } = options;
  const scratch = join(temporary, "scratch");
  const user = process.getuid?.() ?? 0;
  const { variables, withLogin } = stepEnvironment(process.env, epoch);
  if (withLogin.length > 0)
    warn(`${withLogin.join(", ")}: holds a login, which no build step may see, so it is not set there`);

  const enter = async (
    at: string,
    line: string,
    offline: boolean,
    places: readonly string[],
    tool: ToolOptions,
  ): Promise<ToolResult> => {
    const network = offline ? "none" : await mkdtemp(join(temporary, "network-"));
    const work = [IN_ROOT, root.path, scratch, network, at, line, ...places];
    const command = ["unshare", ...namespaceOptions(user, ALONE), "--", ...work];
    // The first process of the namespaces hears no other signal.
    const how: ToolOptions = { endedBy: offline ? "SIGKILL" : "SIGTERM", envAlone: true, ...tool };
    const lock = ["--shared", "--no-fork", root.lock];
    return tryTool("flock", [...lock, ...(offline ? [] : [IN_NETWORK, network]), ...command], how);
  };

  const handOver = async (): Promise<void> => {
    const args = ["-hR", "0:0", temporary];
    // There the user is root, and what belongs to their subordinate ids is theirs to give.
    if (user !== 0) await runTool("unshare", [...namespaceOptions(user, []), "--", "chown", ...args]);
    else await runTool("chown", args);
  };
  onInterrupt(handOver);

  return {
    run: async (line, offline) => {
      const places = [folder, home, ...(destination === undefined ? [] : [destination, PACKAGE])];
      const env = destination === undefined ? variables : { ...variables, DESTDIR: PACKAGE };
      return (await enter(home, line, offline, places, { env, show: true })).exitCode;
    },
    inspect: async (packaged, line, input) => {
      await mkdir(join(scratch, "home"), { recursive: true });
      await writeFile(join(scratch, "home", "input"), input);
      const env = { ...variables, PACKAGE, INPUT: "/home/build/input" };
      const result = await enter("/", line, true, [packaged, PACKAGE], { env });
      await handOver();
      if (result.exitCode !== 0) throw new UserError(`${shown}: ${toolFailure("bash", result)}`);
      return result.stdout;
    },
    leave: handOver,
  };
}
