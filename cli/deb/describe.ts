import { join, resolve } from "node:path";
import { withTemporaryFolder } from "../temporary";
import { readApp } from "./app";
import { firstPort, WEB } from "./process";
import { copySources } from "./sources";

/** What runs on a host that has an app's package. */
export interface AppDescription {
  /** Of the package. */
  readonly name: string;
  /** Names of its processes. */
  readonly processes: readonly string[];
  /** Port of the first instance of `web`; undefined where it has no such process. */
  readonly port: number | undefined;
}

/**
 * Says what the package of an app's folder would be, without building it.
 * @throws InputError when the folder is none of an app
 */
export function describeApp(folder: string): Promise<AppDescription> {
  return withTemporaryFolder(async (temporary) => {
    const [source, copy] = [resolve(folder), join(temporary, "copy")];
    await copySources(source, copy);
    const { manifest, processes } = await readApp(copy, source);
    const names = processes.map(({ name }) => name);
    const port = names.includes(WEB) ? firstPort(manifest.port, processes, WEB) : undefined;
    return { name: manifest.name, processes: names, port };
  });
}
