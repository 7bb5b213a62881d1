// Makes one file of the command line, which starts in a third of the time that tsx needs. bin/towline calls it with the file to write.
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const { build } = require("esbuild");

const ROOT = path.dirname(__dirname);
const ENTRY = path.join(ROOT, "cli", "main.ts");
/** The program that declares a stack. Pulumi's SDK cannot be bundled, and whoever waits for it does not wait for tsx. */
const BY_TSX = path.join(ROOT, "infra", "synth", "index.ts");
/** Of older sources; one that starts just now was found to be the newest a moment ago. */
const KEPT_MILLISECONDS = 24 * 3600 * 1000;

/** Modules that are loaded where they are needed: by require, since import() would first read through each for what it exports. */
const LATE = /\bimport\("((?:@aws-sdk\/|@cyclonedx\/|openpgp)[^"]*)"\)/g;

/** A file's own place in place of the bundle's, and tsx for what is not bundled. */
const places = {
  name: "places",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /infra\/synth\/index$/ }, () => ({ path: BY_TSX, namespace: "by-tsx" }));
    onLoad({ filter: /.*/, namespace: "by-tsx" }, () => ({
      contents: `module.exports = require("tsx/cjs/api").require(${JSON.stringify(BY_TSX)}, ${JSON.stringify(ENTRY)});`,
      resolveDir: ROOT,
    }));
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      if (file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
      const text = readFileSync(file, "utf8");
      // Each would be the main module of a bundle.
      if (file !== ENTRY && text.includes("require.main")) throw new Error(`${file} is a program of its own`);
      const own = text.includes("__dirname") ? `const __dirname = ${JSON.stringify(path.dirname(file))};` : "";
      return { contents: own + text.replace(LATE, 'Promise.resolve().then(() => require("$1"))'), loader: "ts" };
    });
  },
};

/** Whoever starts meanwhile finds the whole file or none. */
async function main(target) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [ENTRY],
    outfile: target,
    bundle: true,
    keepNames: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["@aws-sdk/*", "@cyclonedx/*", "@inquirer/*", "@pulumi/*", "esbuild", "openpgp", "tsx"],
    plugins: [places],
    tsconfigRaw: {},
    logLevel: "silent",
    write: false,
  });
  const folder = path.dirname(target);
  mkdirSync(folder, { recursive: true });
  const draft = path.join(folder, `.${path.basename(target)}-${process.pid}`);
  writeFileSync(draft, outputFiles[0].contents);
  renameSync(draft, target);
  // Of the older bundle; the next run fills it again.
  rmSync(path.join(path.dirname(folder), "compiled"), { recursive: true, force: true });
  const oldest = Date.now() - KEPT_MILLISECONDS;
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (file !== target && statSync(file, { throwIfNoEntry: false })?.mtimeMs < oldest) rmSync(file, { force: true });
  }
}

// Where it cannot be built, or not be written, tsx runs the sources, and says what is wrong with them.
main(process.argv[2]).catch(() => {
  process.exitCode = 1;
});
