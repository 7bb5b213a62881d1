import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors";
import type { Manifest } from "./manifest";
import { isInside } from "./tree";

/**
 * Checks where `make install` put files: the package's scripts run as root on every host, and what lies in folders of the system's
 * may become anybody's.
 * @param stage the package's root
 * @param folder the folder the user knows, for messages
 * @throws InputError with the first path that is neither the app's by its name nor named in towline.yaml
 */
export async function checkInstalled(
  stage: string,
  { name, paths }: Pick<Manifest, "name" | "paths">,
  folder: string,
): Promise<void> {
  for (const path of await entries(stage, "")) {
    if (path.startsWith("/DEBIAN")) {
      throw new InputError(
        `${folder}: 'make install' made ${path}, where packages have their scripts; towline writes those itself`,
      );
    }
    if (!isOwn(path, name) && !paths.some((one) => isInside(one, path))) {
      throw new InputError(
        `${folder}: 'make install' made ${path}, which is not the app's by its name; install it below /opt/${name}, /etc/${name} or ` +
          `/usr/lib/${name}, or name it in towline.yaml: paths: [${path}]`,
      );
    }
  }
}

/** Whether a path is an app's by its name alone, so that no two packages, nor Debian's, mean anything else by it. */
export function isOwn(path: string, name: string): boolean {
  const inside = ["/opt", "/etc", "/usr/lib", "/usr/share", "/usr/share/doc", "/var/lib", "/var/cache", "/var/log"];
  if (inside.some((parent) => isInside(`${parent}/${name}`, path))) return true;
  const file = new RegExp(
    `^/(usr/s?bin/${name}(-[^/]+)?|usr/share/man/man\\d/${name}([-.][^/]+)?|(usr/)?lib/systemd/system/${name}([-@.][^/]+)?|` +
      `usr/lib/(tmpfiles|sysusers)\\.d/${name}([-.][^/]+)?|etc/(logrotate\\.d|default)/${name}(-[^/]+)?)$`,
  );
  return file.test(path);
}

/** Files, links and empty folders; folders that hold something count as that. */
async function entries(root: string, at: string): Promise<string[]> {
  const stat = await lstat(join(root, at));
  if (!stat.isDirectory()) return [at];
  const names = (await readdir(join(root, at))).sort();
  if (names.length === 0) return at === "" ? [] : [at];
  return (await Promise.all(names.map((name) => entries(root, `${at}/${name}`)))).flat();
}
