import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { UserError } from "../errors";
import { DEBIAN_PACKAGES, type Tool, toolFailure, tryTool } from "../tool";

/** What `unshare` is to give: for anyone but root inside a user namespace that holds their subordinate ids, where they are root. */
export function namespaceOptions(user: number, more: readonly string[]): string[] {
  return [...(user === 0 ? [] : ["--user", "--map-root-user", "--map-auto"]), ...more];
}

/** Namespaces in which nothing of the machine is in sight, and with whose first process all others end. */
export const ALONE = ["--mount", "--pid", "--ipc", "--uts", "--net", "--fork", "--kill-child"];

/** Programs that make clean roots and run in them, but for those every Debian has. */
const NEEDED: readonly Tool[] = ["ip", "mmdebstrap", "slirp4netns"];

/**
 * Checks that this machine can make clean roots.
 * @throws UserError with what is missing and what to do
 */
export async function requireNamespaces(shown: string, user = process.getuid?.() ?? 0): Promise<void> {
  const refuse = (why: string): never => {
    throw new UserError(
      `${shown}: cannot be built in a clean root: ${why}, or build by this machine's own tools with --here`,
    );
  };
  for (const tool of NEEDED)
    await tryTool(tool, [tool === "ip" ? "-V" : "--version"]).catch(() =>
      refuse(`${tool} is missing; run 'apt-get install ${DEBIAN_PACKAGES[tool]}'`),
    );
  if (user !== 0) {
    await tryTool("newuidmap", []).catch(() => refuse("newuidmap is missing; run 'apt-get install uidmap'"));
    const { username } = userInfo();
    for (const file of ["/etc/subuid", "/etc/subgid"]) {
      const text = await readFile(file, "utf8").catch(() => "");
      if (!hasSubordinateIds(text, username, user)) {
        refuse(
          `${file} gives ${username} no subordinate ids; run 'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username}' as root`,
        );
      }
    }
  }
  const probe = await tryTool("unshare", [...namespaceOptions(user, ALONE), "--", "true"]);
  if (probe.exitCode !== 0) {
    refuse(
      `this machine refuses namespaces (${toolFailure("unshare", probe)}); run as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)`,
    );
  }
}

/** Whether subuid(5) gives a user the 65,536 ids that a Debian system takes. */
export function hasSubordinateIds(text: string, name: string, user: number): boolean {
  return text.split("\n").some((line) => {
    const [owner, , count = "0"] = line.split(":");
    return (owner === name || owner === String(user)) && Number(count) >= 65_536;
  });
}
