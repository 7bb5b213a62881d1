import { spawn } from "node:child_process";
import { codeOf, UserError } from "./errors";
import { trackChild } from "./interrupt";

/** The outside programs the command runs, each with the Debian package that holds it. */
export const DEBIAN_PACKAGES = {
  "apt-config": "apt",
  "apt-get": "apt",
  aptly: "aptly",
  bash: "bash",
  chown: "coreutils",
  dpkg: "dpkg",
  "dpkg-deb": "dpkg",
  "dpkg-shlibdeps": "dpkg-dev",
  flock: "util-linux",
  git: "git",
  gpgv: "gpgv",
  ip: "iproute2",
  mmdebstrap: "mmdebstrap",
  newuidmap: "uidmap",
  slirp4netns: "slirp4netns",
  unshare: "util-linux",
} as const;

export type Tool = keyof typeof DEBIAN_PACKAGES;

export interface ToolOptions {
  readonly cwd?: string;
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether `env` is all of its environment. */
  readonly envAlone?: boolean;
  /** Shows what the program prints on standard error while it runs, instead of returning it. */
  readonly show?: boolean;
  /** What ends it when this process is ended. @default SIGTERM */
  readonly endedBy?: NodeJS.Signals;
}

export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program without a shell and returns its output, whatever its exit code.
 * @throws UserError when the program is not installed or ended by a signal.
 */
export function tryTool(tool: Tool, args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, {
      cwd: options.cwd,
      env: { ...(options.envAlone ? {} : { ...process.env, LC_ALL: "C.UTF-8" }), ...options.env },
      stdio: options.show ? ["ignore", 2, 2] : ["ignore", "pipe", "pipe"],
    });
    trackChild(child, options.endedBy);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", (error) => {
      const missing = codeOf(error) === "ENOENT";
      reject(
        missing
          ? new UserError(`${tool} is not installed: run 'apt-get install ${DEBIAN_PACKAGES[tool]}'`)
          : new UserError(`${tool} could not be started: ${error.message}`),
      );
    });
    child.once("close", (exitCode, signal) => {
      if (exitCode === null) reject(new UserError(`${tool} was ended by ${signal}`));
      else resolve({ exitCode, stdout: text(stdout), stderr: text(stderr) });
    });
  });
}

/**
 * Runs a program and returns its standard output.
 * @throws UserError with what the program said when it fails.
 */
export async function runTool(tool: Tool, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const result = await tryTool(tool, args, options);
  if (result.exitCode !== 0) throw new UserError(toolFailure(tool, result));
  return result.stdout;
}

/** One sentence about a program that failed: its exit code and the last lines it wrote. */
export function toolFailure(tool: Tool, result: ToolResult): string {
  const lines = `${result.stdout}\n${result.stderr}`.split("\n").filter((line) => line.trim() !== "");
  const said = lines.slice(-3).join("; ").trim();
  return `${tool} failed with exit code ${result.exitCode}${said === "" ? "" : `: ${said}`}`;
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}
