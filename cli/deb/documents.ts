import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Manifest } from "./manifest";
import type { RenderedFile } from "./render";

// Debian Policy 12.5 and 12.7 want both, and Debian's tools show them.
const LICENCE = /^(licen[cs]e|copying)([._-].*)?$/i;

type Named = Pick<Manifest, "name" | "maintainer">;

/**
 * The package's copyright and changelog.
 * @param app the app's clean copy
 * @param epoch time of the release, seconds since 1970
 */
export async function renderDocuments(
  manifest: Named,
  version: string,
  app: string,
  epoch: number,
): Promise<RenderedFile[]> {
  const folder = `usr/share/doc/${manifest.name}`;
  const changelog = renderChangelog(manifest, version, epoch);
  return [
    { path: `${folder}/copyright`, content: await renderCopyright(manifest, app), executable: false },
    { path: `${folder}/changelog.gz`, content: gzipSync(changelog, { level: 9 }), executable: false },
  ];
}

/** deb-changelog(5). */
export function renderChangelog({ name, maintainer }: Named, version: string, epoch: number): string {
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  return `${name} (${version}) stable; urgency=medium\n\n  * Version ${version}.\n\n -- ${maintainer}  ${date}\n`;
}

async function renderCopyright({ name, maintainer }: Named, app: string): Promise<string> {
  const files = (await readdir(app)).filter((file) => LICENCE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(app, file), "utf8")));
  const terms = texts.length > 0 ? texts.join("\n") : `No licence came with the app: ask its maintainer.\n`;
  return `The app ${name}, packaged by towline from its own source.\nCopyright: ${maintainer} and contributors.\n\n${terms}`;
}
