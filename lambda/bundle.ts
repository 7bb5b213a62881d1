import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";

/**
 * Bundles the notifier into one CommonJS file, `<root>/dist/notifier/index.js`, whose `handler` Lambda calls as
 * `index.handler`. The bytes depend on the sources only, not on where the checkout lies or who builds it, so an unchanged
 * notifier never shows up as a change of the function.
 *
 * @param root the project's root, absolute or relative to the working directory
 * @returns the absolute path of the folder, which holds nothing but the bundle
 * @throws esbuild's BuildFailure, naming file and line, when the sources do not build
 */
export function bundleNotifier(root: string): string {
  const base = path.resolve(root);
  const folder = path.join(base, "dist", "notifier");
  const { outputFiles } = buildSync({
    absWorkingDir: base,
    entryPoints: ["lambda/handler.ts"],
    outfile: "dist/notifier/index.js",
    bundle: true,
    minify: true,
    keepNames: true,
    legalComments: "none",
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["@aws-sdk/*"],
    // Lambda finds its own SDK through NODE_PATH, which require() follows and import() does not.
    supported: { "dynamic-import": false },
    tsconfigRaw: {},
    logLevel: "silent",
    write: false,
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error("esbuild built no notifier although it reported no error");

  mkdirSync(folder, { recursive: true });
  replaceFile(path.join(folder, "index.js"), bundle.contents);
  return folder;
}

/** Two runs may build at once, and neither may ever zip half a file. The draft lies outside the folder that gets zipped. */
function replaceFile(file: string, contents: Uint8Array): void {
  const draft = path.join(path.dirname(path.dirname(file)), `.notifier-${process.pid}.js`);
  try {
    writeFileSync(draft, contents);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
