import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { place } from "./place";
import { type Region, ROOT } from "./region";
import { daemon } from "./shell";
import { waitFor } from "./wait";

/**
 * Serves the page of the stacks with an operator's credentials, as `towline page` does anywhere.
 * @returns its address, with the token that lets a browser in; or a sentence saying why there is none
 */
export async function startPage(region: Region, stacks: readonly string[], port: number): Promise<string> {
  const log = place.file("page.log");
  const named = stacks.flatMap((stack) => ["--stack", stack]);
  const args = ["-C", ROOT, "page", ...named, "--port", String(port), "--no-open"];
  const { ended } = await daemon(join(ROOT, "bin", "towline"), args, log, region.operator());
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const said = async () => {
    const text = await readFile(log, "utf8");
    return /^http:\S+$/m.exec(text)?.[0] ?? (over && `not served: ${text.trim().split("\n").at(-1)}`);
  };
  return waitFor("the page", said);
}
