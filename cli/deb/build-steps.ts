import { InputError } from "../errors";
import type { DefaultProcessFiles } from "./default-process";
import { LIFECYCLE_TARGETS, makefileTargets, missingTargets } from "./makefile";

/** What towline finds at the top of an app's clean copy. */
export interface AppFiles extends DefaultProcessFiles {
  /** Only for messages. */
  readonly folder: string;
  readonly makefile: string | undefined;
  /** Whether package.json names any package to install. */
  readonly npmDependencies: boolean;
}

/** How an app is built and what its processes then need. */
export interface BuildSteps {
  /** Shell lines, run one after the other at the app's place on hosts. */
  readonly lines: readonly string[];
  /** Shell lines the launcher runs before each process. */
  readonly environment: readonly string[];
  /** Debian packages the result needs where towline.yaml names none. */
  readonly depends: readonly string[];
}

interface Toolchain {
  readonly used: (app: AppFiles) => boolean;
  readonly steps: (home: string) => BuildSteps;
}

// Each installs exactly what its lock file says and leaves out what only development needs.
const NPM: Toolchain = {
  used: ({ names }) => names.has("package-lock.json") || names.has("npm-shrinkwrap.json"),
  steps: (home) => ({
    lines: [
      "npm ci --include=dev --no-audit --no-fund",
      "npm run build --if-present",
      // Scripts of workspaces (prepare) need what this takes away.
      "npm prune --omit=dev --ignore-scripts --no-audit --no-fund",
    ],
    environment: [`export NODE_ENV=\${NODE_ENV:-production} PATH=${home}/node_modules/.bin:$PATH`],
    depends: ["nodejs"],
  }),
};

const BUNDLER: Toolchain = {
  used: ({ names }) => names.has("Gemfile.lock"),
  steps: () => ({
    lines: [
      "bundle config set --local path vendor/bundle",
      "bundle config set --local deployment true",
      "bundle config set --local without development:test",
      "bundle install",
      // Downloads, and what native builds leave behind: it holds times and names of temporary folders.
      "rm -rf vendor/bundle/ruby/*/cache",
      String.raw`find vendor/bundle \( -name mkmf.log -o -name gem_make.out \) -delete`,
      String.raw`find vendor/bundle -path '*/ext/*' \( -name Makefile -o -name '*.o' \) -delete`,
    ],
    environment: [`export RACK_ENV=\${RACK_ENV:-production} RAILS_ENV=\${RAILS_ENV:-production}`],
    depends: ["ruby", "bundler"],
  }),
};

const PIP: Toolchain = {
  used: ({ names }) => names.has("requirements.txt"),
  steps: (home) => ({
    // Debian's own Python: the one hosts have. Compiled files would hold times.
    lines: [
      "/usr/bin/python3 -m pip install --requirement requirements.txt --target vendor/python --no-compile " +
        "--disable-pip-version-check --no-warn-script-location",
    ],
    environment: [
      `export PATH=${home}/vendor/python/bin:$PATH PYTHONDONTWRITEBYTECODE=1`,
      `export PYTHONPATH=${home}/vendor/python\${PYTHONPATH:+:$PYTHONPATH}`,
    ],
    depends: ["python3"],
  }),
};

const MAKE_BUILD: Toolchain = {
  used: ({ makefile }) => makefileTargets(makefile ?? "").has("build"),
  steps: () => ({ lines: ["make build"], environment: [], depends: [] }),
};

/** An app without a Procfile: `install` may put files anywhere below DESTDIR, the host's root. */
const MAKE_INSTALL: BuildSteps = { lines: ['make install DESTDIR="$DESTDIR"'], environment: [], depends: ["make"] };

/**
 * The build of an app with a Procfile: towline.yaml's own lines, else those of every package manager whose lock file is
 * there, else the Makefile's target `build`.
 * @param own the lines of towline.yaml
 * @param home where the app lies on hosts
 * @throws InputError when a package manager has no lock file: its result would change from day to day
 */
export function procfileSteps(app: AppFiles, own: readonly string[] | undefined, home: string): BuildSteps {
  if (own === undefined) requireLocks(app);
  const managers = [NPM, BUNDLER, PIP].filter((toolchain) => toolchain.used(app));
  const used = own === undefined && managers.length === 0 && MAKE_BUILD.used(app) ? [MAKE_BUILD] : managers;
  const steps = used.map((toolchain) => toolchain.steps(home));
  return {
    lines: own ?? steps.flatMap(({ lines }) => lines),
    environment: steps.flatMap(({ environment }) => environment),
    depends: steps.flatMap(({ depends }) => depends),
  };
}

/**
 * The build of an app that has a Makefile and no Procfile.
 * @throws InputError when the Makefile cannot install, start, stop and restart it
 */
export function makefileSteps(app: AppFiles, own: readonly string[] | undefined): BuildSteps {
  const missing = missingTargets(makefileTargets(app.makefile ?? ""));
  if (missing.length > 0) {
    throw new InputError(
      `${app.folder}: has no Procfile, and its Makefile no target ${missing.join(", ")}; ` +
        `write a Procfile, or give the Makefile ${LIFECYCLE_TARGETS.join(", ")}`,
    );
  }
  return { ...MAKE_INSTALL, lines: [...(own ?? []), ...MAKE_INSTALL.lines] };
}

function requireLocks({ folder, names, npmDependencies }: AppFiles): void {
  const refuse = (file: string, lock: string, command: string): never => {
    throw new InputError(
      `${folder}: has a ${file} but no ${lock} that git tracks, so that each build would install something else; ` +
        `run '${command}' and commit it, or say how to build with 'build' in towline.yaml`,
    );
  };
  if (npmDependencies && !names.has("package-lock.json") && !names.has("npm-shrinkwrap.json")) {
    refuse("package.json", "package-lock.json", "npm install --package-lock-only");
  }
  if (names.has("Gemfile") && !names.has("Gemfile.lock")) refuse("Gemfile", "Gemfile.lock", "bundle lock");
}
