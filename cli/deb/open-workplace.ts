import { cleanRoot } from "../root/clean-root";
import { requireNamespaces } from "../root/namespaces";
import type { Release } from "../root/release";
import { cleanWorkplace } from "../root/workplace";
import { hereWorkplace } from "./here";
import type { Manifest } from "./manifest";
import type { Workplace, WorkplaceOptions } from "./workplace";

/**
 * Opens a workplace once somebody asks for it: most of the time goes into that, and not every app needs one.
 * @param release that of Debian in whose clean root it lies; undefined for this machine's own tools
 * @param tools Debian packages that are there
 */
export function openWorkplace(
  release: Release | undefined,
  architecture: Manifest["architecture"],
  tools: readonly string[],
  options: WorkplaceOptions,
): () => Promise<Workplace> {
  let opened: Promise<Workplace> | undefined;
  const open = async () => {
    if (release === undefined) return hereWorkplace(options);
    await requireNamespaces(options.shown);
    return cleanWorkplace(await cleanRoot({ release, architecture, packages: tools, shown: options.shown }), options);
  };
  return () => {
    opened ??= open();
    return opened;
  };
}
