import { isInside } from "./tree";

/** What no app writes to, whatever it is called: the kernel's, the system's own programs and settings, and towline's. */
const REFUSED = [
  "/boot",
  "/dev",
  "/etc",
  "/home",
  "/proc",
  "/root",
  "/run/systemd",
  "/run/towline",
  "/sys",
  "/usr",
  "/var/cache/towline",
  "/var/lib/towline",
];

/**
 * What is wrong with a folder that an app asks to write to, or undefined.
 * @param path that of `sandbox.writable`
 */
export function writableFault(path: string): string | undefined {
  // Letters that mean nothing to systemd (systemd.syntax(7)): no quotes, no %.
  if (!/^(\/[\w.@+-]+)+$/.test(path) || path.split("/").some((part) => part === "." || part === "..")) {
    return "must be an absolute path of letters, digits, '.', '_', '-', '@' and '+', without '..', such as /srv/data";
  }
  const owner = REFUSED.find((folder) => isInside(folder, path) || isInside(path, folder));
  return owner === undefined ? undefined : `must not be or hold ${owner}, which is the system's, nor lie in it`;
}
