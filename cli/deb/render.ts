import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Manifest } from "./manifest";
import type { ProcessType } from "./procfile";

const TEMPLATES = join(__dirname, "templates");
const WANTED_UNITS = "/etc/systemd/system/multi-user.target.wants";

/** One file of an app package apart from the app's own. */
export interface RenderedFile {
  /** Below the package's root. */
  readonly path: string;
  readonly content: string;
  readonly executable: boolean;
}

/**
 * Everything a package holds around an app's code: the command, units, account, defaults and maintainer scripts.
 * Name, version and process names were checked to hold letters, digits, `-`, `_`, `.` and `~` only, so they are safe
 * wherever a template puts them. Commands of the Procfile are in no template: the launcher reads them from the Procfile.
 */
export async function renderFiles(
  manifest: Pick<Manifest, "name">,
  version: string,
  processes: readonly ProcessType[],
): Promise<RenderedFile[]> {
  const { name } = manifest;
  const values = {
    NAME: name,
    VERSION: version,
    UNITS: processes.map((process) => `'${name}-${process.name}@*.service'`).join(" "),
    WANTED_UNITS: processes.map((process) => `${WANTED_UNITS}/${name}-${process.name}@*.service`).join(" "),
  };
  const render = async (
    template: string,
    path: string,
    executable: boolean,
    more: Readonly<Record<string, string>> = {},
  ) => ({
    path,
    content: substitute(await readFile(join(TEMPLATES, template), "utf8"), { ...values, ...more }),
    executable,
  });
  return Promise.all([
    render("usr/bin/app", `usr/bin/${name}`, true),
    render("usr/lib/sysusers.d/app.conf", `usr/lib/sysusers.d/${name}.conf`, false),
    render("etc/default/app", `etc/default/${name}`, false),
    render("DEBIAN/conffiles", "DEBIAN/conffiles", false),
    ...["postinst", "prerm", "postrm"].map((script) => render(`DEBIAN/${script}`, `DEBIAN/${script}`, true)),
    ...processes.map((process) =>
      render(
        "usr/lib/systemd/system/process@.service",
        `usr/lib/systemd/system/${name}-${process.name}@.service`,
        false,
        {
          PROCESS: process.name,
        },
      ),
    ),
  ]);
}

/** Writes rendered files below `root`. */
export async function writeFiles(root: string, files: readonly RenderedFile[]): Promise<void> {
  for (const file of files) {
    const path = join(root, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content);
    await chmod(path, file.executable ? 0o755 : 0o644);
  }
}

/** @throws Error when a template has a place for a value nobody gave: a fault of ours. */
function substitute(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/@([A-Z_]+)@/g, (place, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`template has ${place}, for which there is no value`);
    return value;
  });
}
