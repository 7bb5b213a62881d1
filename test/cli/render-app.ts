import { parseProcfile } from "../../cli/deb/procfile";
import { type RenderedFile, type RenderOptions, renderFiles } from "../../cli/deb/render";

/** The files around an app `shop` with the given Procfile. */
export function renderShop(procfile: string, more: Partial<RenderOptions> = {}): Promise<RenderedFile[]> {
  return renderFiles({
    manifest: { name: "shop", socket: false, port: 6000 },
    version: "1.2.3~rc1",
    processes: parseProcfile("Procfile", procfile),
    environment: [],
    sandbox: { role: false, writable: [], allow: [] },
    ...more,
  });
}

/** The text of one of them. */
export function textOf(files: readonly RenderedFile[], path: string): string {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`${path} is not rendered`);
  return file.content.toString();
}
