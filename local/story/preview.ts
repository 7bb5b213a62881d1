import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { place } from "../region/place";
import { run } from "../region/shell";

/** A group of staging that follows a channel of branch builds. */
export const PREVIEW = "preview";
export const CHANNEL = "feature-x";

/**
 * Adds the group to staging's configuration, as this run's processes see it: the file of the project is covered by a mount in the
 * region's own mount namespace.
 */
export async function addPreviewGroup(root: string): Promise<void> {
  const file = join(root, "Pulumi.staging.yaml");
  const document = parseDocument(await readFile(file, "utf8"));
  const group = { packages: ["hello"], channel: CHANNEL, size: { min: 1, max: 1 } };
  document.setIn(["config", "towline:groups", PREVIEW], document.createNode(group));
  const extended = place.file("Pulumi.staging.yaml");
  await writeFile(extended, document.toString());
  await run("mount", ["--bind", extended, file]);
}
