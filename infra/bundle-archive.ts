import path from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** What goes to Lambda of a bundle's folder: `index.js` alone, whatever lies beside it. */
export function bundleArchive(folder: string): pulumi.asset.AssetArchive {
  return new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.FileAsset(path.join(folder, "index.js")) });
}
