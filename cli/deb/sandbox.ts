/** Rights that `sandbox.allow` of towline.yaml gives back to an app's processes, and the settings of its units that each lifts. */
const LIFTED = {
  // ProtectClock= closes all devices but clocks.
  devices: ["PrivateDevices", "ProtectClock"],
  jit: ["MemoryDenyWriteExecute"],
  namespaces: ["RestrictNamespaces"],
  processes: ["ProtectProc"],
  realtime: ["RestrictRealtime"],
  setgid: ["RestrictSUIDSGID"],
  sockets: ["RestrictAddressFamilies"],
  syscalls: ["SystemCallFilter", "SystemCallErrorNumber", "SystemCallArchitectures"],
} as const satisfies Record<string, readonly string[]>;

/** What a sandbox may be told to allow. */
export type Right = keyof typeof LIFTED;
export const RIGHTS = Object.keys(LIFTED) as readonly Right[];

/** Where the instance metadata service answers (EC2's user guide): it hands out the credentials of the host's role. */
const METADATA = ["169.254.169.254", "fd00:ec2::254"];

/** The agent's own: what it knows, holds and runs with. */
const AGENT_FOLDERS = ["/var/lib/towline", "/var/cache/towline", "/run/towline"];

/** How far the processes of an app are kept apart from their host. */
export interface Sandbox {
  /** Whether they get the credentials of the host's role. */
  readonly role: boolean;
  /** Folders beside the app's own that they write to. */
  readonly writable: readonly string[];
  readonly allow: readonly Right[];
}

/**
 * The settings of systemd.exec(5) that keep an app's processes apart from their host, as lines of a unit.
 * @param low whether they bind ports below 1024: the one right of root's that they get, and no other
 */
export function sandboxLines(sandbox: Sandbox, low = false): string[] {
  const namespaces = sandbox.allow.includes("namespaces");
  const lines: readonly (readonly [string, string])[] = [
    ["NoNewPrivileges", "yes"],
    ...(low ? ([["AmbientCapabilities", "CAP_NET_BIND_SERVICE"]] as const) : []),
    ["CapabilityBoundingSet", low ? "CAP_NET_BIND_SERVICE" : ""],
    ["UMask", "0027"],
    ["PrivateTmp", "yes"],
    ["PrivateDevices", "yes"],
    ["ProtectSystem", "strict"],
    ["ProtectHome", "yes"],
    ["ProtectProc", "invisible"],
    ["ProtectClock", "yes"],
    ["ProtectControlGroups", "yes"],
    ["ProtectHostname", "yes"],
    ["ProtectKernelLogs", "yes"],
    ["ProtectKernelModules", "yes"],
    ["ProtectKernelTunables", "yes"],
    ["InaccessiblePaths", AGENT_FOLDERS.map((path) => `-${path}`).join(" ")],
    ...(sandbox.writable.length === 0 ? [] : ([["ReadWritePaths", sandbox.writable.join(" ")]] as const)),
    ["LockPersonality", "yes"],
    ["MemoryDenyWriteExecute", "yes"],
    ["RemoveIPC", "yes"],
    // Netlink tells a program which addresses its host has.
    ["RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK"],
    ["RestrictNamespaces", "yes"],
    ["RestrictRealtime", "yes"],
    ["RestrictSUIDSGID", "yes"],
    ["SystemCallArchitectures", "native"],
    ["SystemCallFilter", `@system-service${namespaces ? " @mount seccomp" : ""}`],
    ["SystemCallErrorNumber", "EPERM"],
    ...deniedAddresses(sandbox),
  ];
  const lifted = new Set<string>(sandbox.allow.flatMap((right) => LIFTED[right]));
  return lines.filter(([name]) => !lifted.has(name)).map(([name, value]) => `${name}=${value}`);
}

/** The addresses that systemd keeps a unit's sockets from, as settings of systemd.resource-control(5). */
export function deniedAddresses({ role }: Sandbox): [string, string][] {
  return role ? [] : [["IPAddressDeny", METADATA.join(" ")]];
}
