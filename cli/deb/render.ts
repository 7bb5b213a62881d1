import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, InputError } from "../errors";
import { accountOf } from "./account";
import type { Manifest } from "./manifest";
import { firstPort, type ProcessType, WEB } from "./process";
import { deniedAddresses, type Sandbox, sandboxLines } from "./sandbox";
import { renderService, socketUnit } from "./unit";

const TEMPLATES = join(__dirname, "templates");
const WANTED_UNITS = "/etc/systemd/system/multi-user.target.wants";

/** One file of an app package apart from the app's own. */
export interface RenderedFile {
  /** Below the package's root. */
  readonly path: string;
  readonly content: string | Buffer;
  readonly executable: boolean;
}

/** What the files around an app's code depend on. */
export interface RenderOptions {
  readonly manifest: Pick<Manifest, "name" | "socket" | "port">;
  readonly version: string;
  readonly processes: readonly ProcessType[];
  /** Shell lines the launcher runs before each process. */
  readonly environment: readonly string[];
  /** Scripts below the app's folder that processes read before they start. */
  readonly profile?: readonly string[];
  /** The shell line of Heroku's release phase. */
  readonly release?: string | undefined;
  readonly sandbox: Sandbox;
}

/**
 * Everything a package holds around an app's code: the commands, units, account, defaults and maintainer scripts.
 * Name, version and process names were checked to hold letters, digits, `-`, `_`, `.`, `+`, `:` and `~` only, so they are
 * safe wherever a template puts them. Shell lines of the Procfile stand in units alone, quoted for systemd.
 */
export async function renderFiles(options: RenderOptions): Promise<RenderedFile[]> {
  const { manifest, version, processes, environment, sandbox } = options;
  const { name, socket } = manifest;
  const portOf = (process: string) => firstPort(manifest.port, processes, process);
  const instances = processes.map((process) => `${name}-${process.name}@*.service`);
  const sockets = socket ? [socketUnit(name)] : [];
  const values = {
    NAME: name,
    ACCOUNT: accountOf(name),
    VERSION: version,
    PROCESSES: processes.map((process) => process.name).join(" "),
    PORTS: processes.map((process) => `[${process.name}]=${portOf(process.name)}`).join(" "),
    SINGLE: processes.flatMap((process) => (process.control === undefined ? [] : [`[${process.name}]=1`])).join(" "),
    SOCKETS: sockets.map((unit) => `[${WEB}]=${unit}`).join(" "),
    UNITS: quoted(instances),
    UNITS_AND_SOCKETS: quoted([...sockets, ...instances]),
    WANTED_UNITS: instances.map((unit) => `${WANTED_UNITS}/${unit}`).join(" "),
    ENVIRONMENT: environment.join("\n"),
    PROFILE: (options.profile ?? []).map((path) => `. ${shellQuote(`/opt/${name}/${path}`)}`).join("\n  ") || ":",
    PORT: "",
    PROCESS: "",
    SERVICE: "",
    SANDBOX: "",
    FENCE: sandbox.role ? "open" : "deny",
    DENIED: deniedAddresses(sandbox)
      .map(([name, value]) => `${name}=${value}`)
      .join("\n"),
    RUN_PROPERTIES: sandboxLines(sandbox)
      .map((line) => `--property=${shellQuote(line)}`)
      .join(" \\\n    "),
  };
  const render = async (
    template: string,
    path: string,
    executable: boolean,
    more: Partial<Record<keyof typeof values, string>> = {},
  ) => ({
    path,
    content: substitute(await readFile(join(TEMPLATES, template), "utf8"), { ...values, ...more }),
    executable,
  });
  const units = "usr/lib/systemd/system";
  return Promise.all([
    render("usr/bin/app", `usr/bin/${name}`, true),
    render("usr/lib/app/config", `usr/lib/${name}/config`, true),
    render("usr/lib/app/fence", `usr/lib/${name}/fence`, true),
    render("usr/lib/app/launch", `usr/lib/${name}/launch`, true),
    ...(options.release === undefined ? [] : [renderRelease(name, options.release)]),
    render("usr/lib/sysusers.d/app.conf", `usr/lib/sysusers.d/${name}.conf`, false),
    render("usr/share/lintian/overrides/app", `usr/share/lintian/overrides/${name}`, false),
    render("etc/default/app", `etc/default/${name}`, false),
    render("DEBIAN/conffiles", "DEBIAN/conffiles", false),
    ...["postinst", "prerm", "postrm"].map((script) => render(`DEBIAN/${script}`, `DEBIAN/${script}`, true)),
    ...processes.map((process) =>
      render(`${units}/process@.service`, `${units}/${name}-${process.name}@.service`, false, {
        PROCESS: process.name,
        SERVICE: serviceOf(options, process),
        SANDBOX: sandboxLines(sandbox, bindsLowPort(options, process)).join("\n"),
      }),
    ),
    ...sockets.map((unit) =>
      render(`${units}/process.socket`, `${units}/${unit}`, false, { PORT: String(portOf(WEB)) }),
    ),
  ]);
}

function renderRelease(name: string, line: string): RenderedFile {
  return { path: `usr/lib/${name}/release`, content: `#!/bin/bash -p\n${line}\n`, executable: true };
}

function serviceOf({ manifest, processes }: RenderOptions, process: ProcessType): string {
  const port = firstPort(manifest.port, processes, process.name);
  const service = renderService(manifest.name, port, process);
  return socketOf(manifest, process) ? `Sockets=${socketUnit(manifest.name)}\n${service}` : service;
}

/** Where systemd binds the port for a process, that needs no right to. */
function bindsLowPort({ manifest, processes }: RenderOptions, process: ProcessType): boolean {
  return firstPort(manifest.port, processes, process.name) < 1024 && !socketOf(manifest, process);
}

function socketOf(manifest: RenderOptions["manifest"], process: ProcessType): boolean {
  return manifest.socket && process.name === WEB;
}

/**
 * Writes rendered files below `root`.
 * @throws InputError when the app's own installation has put a file in the place of one
 */
export async function writeFiles(root: string, files: readonly RenderedFile[]): Promise<void> {
  for (const file of files) {
    const path = join(root, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content, { flag: "wx" }).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
      throw new InputError(
        `'make install' made /${file.path}, which towline makes itself; leave it out of the Makefile`,
      );
    });
    await chmod(path, file.executable ? 0o755 : 0o644);
  }
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quoted(units: readonly string[]): string {
  return units.map((unit) => `'${unit}'`).join(" ");
}

/** @throws Error when a template has a place for a value nobody gave: a fault of ours. */
function substitute(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/@([A-Z_]+)@/g, (place, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`template has ${place}, for which there is no value`);
    return value;
  });
}
