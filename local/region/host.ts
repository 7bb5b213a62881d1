import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { Container } from "./container";
import { GATEWAY_ADDRESS, place, RESOLVER_ADDRESS } from "./place";
import { type Daemon, daemon, run } from "./shell";

/** What EC2 knows of an instance before it boots. */
export interface HostSpec {
  readonly id: string;
  readonly address: string;
  readonly zone: string;
  readonly region: string;
  readonly vpc: string;
  readonly roleArn: string;
  /** Ids of those that say who may connect to it. */
  readonly securityGroups: readonly string[];
  /** The launch template's user data, decoded. */
  readonly userData: string;
  readonly tags: Readonly<Record<string, string>>;
  /** How it was bought. */
  readonly market: "on-demand" | "spot";
}

/** A running instance: a Debian container with its own network, started from the base image. */
export interface Host {
  /** Resolves when the instance is off, whoever ended it; a reboot does not. */
  readonly ended: Promise<void>;
  /** Runs a command on the instance as root. @throws CommandError */
  exec(...command: string[]): Promise<string>;
  /** Has it reboot, without waiting: same disk, same id, same address. @throws Error where it is off */
  reboot(): Promise<void>;
  /** Called after each reboot, before the instance has started much. */
  onReboot(hook: () => Promise<void>): void;
  /** Takes the power away. */
  crash(): void;
  /** Shuts the instance down in order, without waiting. */
  switchOff(): void;
  /** The same, and waits; then removes its disk and network. */
  stop(): Promise<void>;
}

/** Boots an instance; resolves when its kernel-side work is done, long before its user data has run. */
export async function bootHost(spec: HostSpec): Promise<Host> {
  const folder = place.file("hosts", spec.id);
  await prepareDisk(spec, folder);
  await prepareNetwork(spec, folder);
  const container = await Container.boot(() => startContainer(spec, folder));
  return {
    ended: container.ended,
    exec: async (...command) =>
      // Its root by name: where the region itself runs in a chroot, that of the mount namespace is another.
      run("nsenter", ["--target", await container.leader(), "--all", "--root", "--wdns=/", "--", ...command]),
    reboot: () => container.reboot(),
    onReboot: (hook) => container.onReboot(hook),
    crash: () => container.end("SIGKILL"),
    switchOff: () => container.end(),
    stop: async () => {
      container.end();
      const killer = setTimeout(() => container.end("SIGKILL"), 10_000);
      await container.ended;
      clearTimeout(killer);
      await removeHost(spec, folder);
    },
  };
}

/** What user data of this project needs of cloud-init; accounts, SSH keys and locales cost each boot more than all of these. */
const MODULES = {
  cloud_init_modules: ["write-files", "set_hostname"],
  cloud_config_modules: ["runcmd"],
  cloud_final_modules: ["scripts-user"],
};

async function prepareDisk(spec: HostSpec, folder: string): Promise<void> {
  const [upper, work, root] = [`${folder}/upper`, `${folder}/work`, `${folder}/root`];
  for (const directory of [upper, work, root]) await mkdir(directory, { recursive: true });
  const image = place.cache(place.image(spec.tags["towline:stack"] ?? ""));
  await run("mount", ["-t", "overlay", "overlay", "-o", `lowerdir=${image},upperdir=${upper},workdir=${work}`, root]);
  await writeFile(`${root}/etc/hostname`, `${spec.id}\n`);
  await writeFile(`${root}/etc/resolv.conf`, `nameserver ${RESOLVER_ADDRESS}\n`);
  await writeFile(`${root}/etc/cloud/cloud.cfg.d/91-modules.cfg`, JSON.stringify(MODULES));
  const authority = await readFile(place.file("ca.pem"));
  await writeFile(`${root}/usr/local/share/ca-certificates/local-region.crt`, authority);
  await appendFile(`${root}/etc/ssl/certs/ca-certificates.crt`, authority);
  const seed = `${root}/var/lib/cloud/seed/nocloud`;
  await mkdir(seed, { recursive: true });
  await writeFile(`${seed}/user-data`, spec.userData);
  await writeFile(`${seed}/meta-data`, JSON.stringify({ "instance-id": spec.id, "local-hostname": spec.id }));
}

/** Interface names have 15 characters at the most. */
function linkName(id: string): string {
  return `i-${id.slice(-12)}`;
}

async function prepareNetwork(spec: HostSpec, folder: string): Promise<void> {
  const link = linkName(spec.id);
  await run("ip", ["netns", "add", spec.id]);
  const batch = [
    `link add ${link} type veth peer name eth0 netns ${spec.id}`,
    `link set ${link} up`,
    // The load balancer speaks from here: an app's answers to the metadata service's address would be kept from it.
    `route add ${spec.address}/32 dev ${link} src ${GATEWAY_ADDRESS}`,
  ];
  await ipBatch(`${folder}/region.batch`, batch, []);
  const inside = [
    "link set lo up",
    `address add ${spec.address}/32 dev eth0`,
    "link set eth0 up",
    `route add ${GATEWAY_ADDRESS} dev eth0 scope link`,
    `route add default via ${GATEWAY_ADDRESS}`,
  ];
  await ipBatch(`${folder}/inside.batch`, inside, ["-n", spec.id]);
}

async function ipBatch(file: string, lines: readonly string[], options: readonly string[]): Promise<void> {
  await writeFile(file, `${lines.join("\n")}\n`);
  await run("ip", [...options, "-batch", file]);
}

async function startContainer(spec: HostSpec, folder: string): Promise<Daemon> {
  const group = `/sys/fs/cgroup/${place.controlGroup()}/${spec.id}`;
  await mkdir(group, { recursive: true });
  // After a reboot: a group that has others below it takes no process itself.
  await run("find", [group, "-mindepth", "1", "-depth", "-type", "d", "-delete"]);
  const nspawn = ["-q", "-D", `${folder}/root`, "--boot", "--register=no", "--keep-unit", "--resolv-conf=off"];
  const settings = [`--network-namespace-path=/run/netns/${spec.id}`, "--console=pipe", `--machine=${spec.id}`];
  // systemd-nspawn gives its containers no say over a network that it did not make; root of an instance has all over its own.
  const rights = ["--capability=CAP_NET_ADMIN"];
  const join = 'echo $$ >"$0/cgroup.procs" && exec systemd-nspawn "$@"';
  return daemon("sh", ["-c", join, group, ...nspawn, ...rights, ...settings], `${folder}/console.log`);
}

async function removeHost(spec: HostSpec, folder: string): Promise<void> {
  await run("umount", [`${folder}/root`]);
  await run("ip", ["netns", "delete", spec.id]);
  await run("rm", ["-rf", folder]);
}
