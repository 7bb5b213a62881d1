import { InputError } from "../errors";
import type { AppFiles } from "./app-files";
import { LIFECYCLE_TARGETS, makefileTargets, missingTargets } from "./makefile";
import { otherManifests } from "./other-toolchains";

/** How an app is built and what its processes then need. */
export interface BuildSteps {
  /** Shell lines, run one after the other at the app's place on hosts. */
  readonly lines: readonly string[];
  /** Shell lines the launcher runs before each process. */
  readonly environment: readonly string[];
  /** Debian packages the result needs where towline.yaml names none. */
  readonly depends: readonly string[];
  /** Folders below the app's that stand in PATH. */
  readonly path: readonly string[];
}

interface Toolchain {
  readonly language: string;
  /** Lock files of others whose packages lie in the same place, for the app's own `build`. */
  readonly kin?: RegExp;
  readonly used: (app: AppFiles) => boolean;
  readonly steps: (home: string) => BuildSteps;
}

// Each installs exactly what its lock file says and leaves out what only development needs.
const NPM: Toolchain = {
  language: "Node.js",
  kin: /^(yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/,
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
    path: ["node_modules/.bin"],
  }),
};

const BUNDLER: Toolchain = {
  language: "Ruby",
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
    path: [],
  }),
};

const PIP: Toolchain = {
  language: "Python",
  kin: /^(uv\.lock|poetry\.lock|Pipfile|Pipfile\.lock|pyproject\.toml|setup\.py)$/,
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
    path: ["vendor/python/bin"],
  }),
};

/** Go's own build is the app's to say; what it makes lies where Heroku's does. */
const GO: Toolchain = {
  language: "Go",
  kin: /^go\.(mod|work)$/,
  used: () => false,
  steps: (home) => ({ lines: [], environment: [`export PATH=${home}/bin:$PATH`], depends: [], path: ["bin"] }),
};

const MANAGERS = [NPM, BUNDLER, PIP, GO];

const MAKE_BUILD: Toolchain = {
  language: "make",
  used: ({ makefile }) => makefileTargets(makefile ?? "").has("build"),
  steps: () => ({ lines: ["make build"], environment: [], depends: [], path: [] }),
};

/** An app without a Procfile: `install` may put files anywhere below DESTDIR, the host's root. */
const MAKE_INSTALL: BuildSteps = {
  lines: ['make install DESTDIR="$DESTDIR"'],
  environment: [],
  depends: ["make"],
  path: [],
};

/**
 * The build of an app with a Procfile: towline.yaml's own lines, else those of every package manager whose lock file is
 * there, else the Makefile's target `build`.
 * @param own the lines of towline.yaml
 * @param home where the app lies on hosts
 * @throws InputError when a package manager has no lock file: its result would change from day to day
 */
export function procfileSteps(app: AppFiles, own: readonly string[] | undefined, home: string): BuildSteps {
  const managers = MANAGERS.filter((toolchain) => toolchain.used(app));
  const makes = managers.length === 0 && MAKE_BUILD.used(app);
  const used = own === undefined && makes ? [MAKE_BUILD] : managers;
  const lines = used.flatMap((toolchain) => toolchain.steps(home).lines);
  if (own === undefined && !makes) requireKnown(app, managers, lines);
  if (own === undefined) requireLocks(app);
  // Whoever builds it, it lies where the language's packages lie.
  const kin = MANAGERS.filter(({ kin }) => kin !== undefined && [...app.names].some((name) => kin.test(name)));
  const steps = [...new Set([...used, ...(own === undefined && !makes ? [] : kin)])].map((one) => one.steps(home));
  return {
    lines: own ?? lines,
    environment: steps.flatMap(({ environment }) => environment),
    depends: steps.flatMap(({ depends }) => depends),
    path: steps.flatMap(({ path }) => path),
  };
}

/** @throws InputError with the lines of towline.yaml that would build what no known toolchain builds */
function requireKnown(app: AppFiles, managers: readonly Toolchain[], lines: readonly string[]): void {
  const others = otherManifests(
    app,
    managers.map(({ language }) => language),
  );
  if (others.length === 0) return;
  const files = others.map(({ file, language }) => `${file} (${language})`).join(", ");
  const build = [...lines, ...others.flatMap((other) => other.lines)];
  throw new InputError(
    `${app.folder}: nothing builds ${files} by itself; add this line, or your own, to towline.yaml, or 'build: []' where there is ` +
      `nothing to build: build: ${JSON.stringify(build)}`,
  );
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
