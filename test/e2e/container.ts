import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** What a command in the container did. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A booted Debian that shares this process's network namespace. Ends with the PID namespace at the latest. */
export interface Container {
  /** Its root folder. */
  readonly root: string;
  /** Runs a command as root, whatever comes of it. */
  try(command: readonly string[], input?: string | Buffer): Outcome;
  /** Runs a command as root and returns its output. @throws Error with what it said when it fails */
  run(...command: string[]): string;
  /** Runs a command as root while this process goes on; rejects when it fails. */
  start(...command: string[]): Promise<void>;
  /** Copies files of this machine into the container and returns their paths there. */
  copyIn(...files: string[]): string[];
  /** Installs packages the way `dpkg -i` does, from files of this machine. */
  install(...debs: string[]): string;
  stop(): Promise<void>;
}

/**
 * Boots the local region's base image with a disk of its own below `work`.
 * @param image read only
 * @param group control group (v2) the container gets, below /sys/fs/cgroup
 */
export async function bootContainer(image: string, work: string, group: string): Promise<Container> {
  const root = mountDisk(image, work);
  // Its apps keep away from the metadata service by rules of routing.
  const settings = [
    "-q",
    "-D",
    root,
    "--boot",
    "--register=no",
    "--keep-unit",
    "--resolv-conf=off",
    "--console=pipe",
    "--capability=CAP_NET_ADMIN",
  ];
  const join = 'echo $$ >"$0/cgroup.procs" && exec systemd-nspawn "$@" --machine=package';
  const started = spawn("sh", ["-c", join, `/sys/fs/cgroup/${group}`, ...settings], { stdio: "ignore" });
  const container = new Nspawn(root, started);
  await container.booted();
  return container;
}

function mountDisk(image: string, work: string): string {
  const [upper, scratch, root] = ["upper", "scratch", "root"].map((name) => join(work, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [upper, scratch, root]) mkdirSync(folder);
  const layers = `lowerdir=${image},upperdir=${upper},workdir=${scratch}`;
  execFileSync("mount", ["-t", "overlay", "overlay", "-o", layers, root]);
  writeFileSync(join(root, "etc/hostname"), "package\n");
  // Its user data is not what is tested here.
  writeFileSync(join(root, "etc/cloud/cloud-init.disabled"), "");
  return root;
}

class Nspawn implements Container {
  constructor(
    readonly root: string,
    private readonly started: ChildProcess,
  ) {}

  try(command: readonly string[], input: string | Buffer = ""): Outcome {
    const { status, stdout, stderr } = spawnSync("nsenter", this.enter(command), { input, encoding: "utf8" });
    return { status, stdout, stderr };
  }

  run(...command: string[]): string {
    const { status, stdout, stderr } = this.try(command);
    if (status !== 0) throw new Error(`${command.join(" ")}: exit code ${status}: ${stderr || stdout}`);
    return stdout;
  }

  async start(...command: string[]): Promise<void> {
    await promisify(execFile)("nsenter", this.enter(command));
  }

  copyIn(...files: string[]): string[] {
    for (const file of files) copyFileSync(file, join(this.root, "root", basename(file)));
    return files.map((file) => join("/root", basename(file)));
  }

  install(...debs: string[]): string {
    return this.run("dpkg", "--force-confold", "-i", ...this.copyIn(...debs));
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.started.once("close", resolve));
    this.started.kill("SIGTERM");
    await Promise.race([ended, sleep(10_000, undefined, { ref: false })]);
    this.started.kill("SIGKILL");
    await ended;
  }

  async booted(): Promise<void> {
    for (let tries = 0; tries < 2400; tries++) {
      const state = this.hasLeader() ? this.try(["systemctl", "is-system-running"]).stdout.trim() : "";
      if (state === "running" || state === "degraded") return;
      await sleep(100);
    }
    throw new Error("the container did not boot within 240 s");
  }

  private hasLeader(): boolean {
    return this.children() !== "";
  }

  private enter(command: readonly string[]): string[] {
    const path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    return ["--target", this.leader(), "--all", "--root", "--", "env", "-i", path, ...command];
  }

  /** The container's first process, a child of systemd-nspawn. */
  private leader(): string {
    return this.children().split(" ")[0] ?? "";
  }

  private children(): string {
    const { pid } = this.started;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  }
}
