import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";

/**
 * Bundles the notifier into one CommonJS file, whose `handler` Lambda calls as `index.handler`.
 *
 * @param root the project's root, absolute or relative to the working directory
 * @returns the absolute path of the folder that holds it as `index.js`, `<root>/dist/notifier`
 * @throws esbuild's BuildFailure, naming file and line, when the sources do not build
 */
export function bundleNotifier(root: string): string {
  return bundle(root, "lambda/handler.ts", "dist/notifier/index.js");
}

/** The same for the function behind the Slack commands, in `<root>/dist/slack-command`. */
export function bundleSlackCommand(root: string): string {
  return bundle(root, "lambda/slack-command/handler.ts", "dist/slack-command/index.js");
}

/** The same for the function behind the stack's names, in `<root>/dist/registry`. */
export function bundleRegistry(root: string): string {
  return bundle(root, "lambda/registry/handler.ts", "dist/registry/index.js");
}

/** The same for the function behind the alarms of rollouts, in `<root>/dist/rollout-alarms`. */
export function bundleRolloutAlarms(root: string): string {
  return bundle(root, "lambda/rollout-alarms/handler.ts", "dist/rollout-alarms/index.js");
}

/** The same for the function that looks for what ends soon, in `<root>/dist/endings`. */
export function bundleEndings(root: string): string {
  return bundle(root, "lambda/endings/handler.ts", "dist/endings/index.js");
}

/** The same for the preview of the notifier's messages, which lies beside the notifier and is for people, not for Lambda. */
export function bundlePreview(root: string): string {
  return bundle(root, "lambda/preview/main.ts", "dist/notifier/preview.js");
}

/**
 * The bytes depend on the sources only, not on where the checkout lies or who builds it, so an unchanged function never shows
 * up as a change.
 */
function bundle(root: string, source: string, target: string): string {
  const base = path.resolve(root);
  const file = path.join(base, target);
  const { outputFiles } = buildSync({
    absWorkingDir: base,
    entryPoints: [source],
    outfile: target,
    bundle: true,
    minify: true,
    charset: "utf8",
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
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild built no ${target} although it reported no error`);

  mkdirSync(path.dirname(file), { recursive: true });
  replaceFile(file, output.contents);
  return path.dirname(file);
}

/** Two runs may build at once, and neither may ever zip half a file. */
function replaceFile(file: string, contents: Uint8Array): void {
  const draft = path.join(path.dirname(path.dirname(file)), `.${path.basename(file)}-${process.pid}`);
  try {
    writeFileSync(draft, contents);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** `npm run build`: everything, into `dist/` of the project. */
if (require.main === module) {
  const root = path.dirname(__dirname);
  const all = [bundleEndings, bundleNotifier, bundlePreview, bundleRegistry, bundleRolloutAlarms, bundleSlackCommand];
  for (const build of all) build(root);
}
