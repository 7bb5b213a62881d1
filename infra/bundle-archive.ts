import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ROOT } from "./root";

const bundles = new Map<Bundler, string>();

/** Bundles a function's sources into a folder, given the project's root. */
export type Bundler = (root: string) => string;

/** The folder of a function's bundle, which is made once in a process: its sources do not change while the program runs. */
export function bundleOf(bundler: Bundler): string {
  const folder = bundles.get(bundler) ?? bundler(ROOT);
  bundles.set(bundler, folder);
  return folder;
}

/** What goes to Lambda of a bundle's folder: `index.js` alone, whatever lies beside it. */
export function bundleArchive(folder: string): pulumi.asset.AssetArchive {
  return new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.FileAsset(path.join(folder, "index.js")) });
}
