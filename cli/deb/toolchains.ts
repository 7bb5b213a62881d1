import type { AppFiles } from "./app-files";
import { makefileTargets } from "./makefile";

/** How a language's apps are built and what their processes then need. */
export interface ToolchainSteps {
  /** Shell lines, run one after the other at the app's place on hosts. */
  readonly lines: readonly string[];
  /** Those of the lines that need no network. */
  readonly offline?: readonly string[];
  /** Shell lines the launcher runs before each process. */
  readonly environment: readonly string[];
  /** Debian packages the result needs. */
  readonly depends: readonly string[];
  /** Folders below the app's that stand in PATH. */
  readonly path: readonly string[];
}

/** A way to build that towline goes by itself. */
export interface Toolchain {
  readonly language: string;
  /** Lock files of others whose packages lie in the same place, for the app's own `build`. */
  readonly kin?: RegExp;
  readonly used: (app: AppFiles) => boolean;
  /** Debian packages that the lines call. */
  readonly tools: readonly string[];
  readonly steps: (home: string, app: AppFiles) => ToolchainSteps;
}

// Each installs exactly what its lock file says and leaves out what only development needs. What fetches packages has the network;
// what needs none gets none.
const NPM: Toolchain = {
  language: "Node.js",
  kin: /^(yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/,
  used: ({ names }) => names.has("package-lock.json") || names.has("npm-shrinkwrap.json"),
  // git for dependencies that are git's.
  tools: ["git", "nodejs", "npm"],
  steps: (home) => ({
    lines: [
      "npm ci --include=dev --no-audit --no-fund",
      "npm run build --if-present",
      // Scripts of workspaces (prepare) need what this takes away.
      "npm prune --omit=dev --ignore-scripts --no-audit --no-fund",
    ],
    offline: ["npm run build --if-present"],
    environment: [`export NODE_ENV=\${NODE_ENV:-production} PATH=${home}/node_modules/.bin:$PATH`],
    depends: ["nodejs"],
    path: ["node_modules/.bin"],
  }),
};

const BUNDLER_CLEANS = [
  // Downloads, and what native builds leave behind: it holds times and names of temporary folders.
  "rm -rf vendor/bundle/ruby/*/cache",
  String.raw`find vendor/bundle \( -name mkmf.log -o -name gem_make.out \) -delete`,
  String.raw`find vendor/bundle -path '*/ext/*' \( -name Makefile -o -name '*.o' \) -delete`,
];

const BUNDLER: Toolchain = {
  language: "Ruby",
  used: ({ names }) => names.has("Gemfile.lock"),
  // The headers that the most usual gems with native code ask for.
  tools: ["bundler", "git", "libffi-dev", "libssl-dev", "libyaml-dev", "pkgconf", "ruby", "ruby-dev", "zlib1g-dev"],
  steps: () => ({
    lines: [
      "bundle config set --local path vendor/bundle",
      "bundle config set --local deployment true",
      "bundle config set --local without development:test",
      "bundle install",
      ...BUNDLER_CLEANS,
    ],
    offline: BUNDLER_CLEANS,
    environment: [`export RACK_ENV=\${RACK_ENV:-production} RAILS_ENV=\${RAILS_ENV:-production}`],
    depends: ["ruby", "bundler"],
    path: [],
  }),
};

// Debian's own Python: the one hosts have. Compiled files would hold times.
const PIP_INSTALL = "/usr/bin/python3 -m pip install";
const PIP_OPTIONS = "--target vendor/python --no-compile --disable-pip-version-check --no-warn-script-location";
const PIP_LOCKED = `${PIP_INSTALL} --requirement requirements.txt ${PIP_OPTIONS}`;
const PYTHON_TOOLS = ["git", "pkgconf", "python3", "python3-dev", "python3-pip", "python3-venv"];
const UV = "uv==0.13.9";

/** Django's, as Heroku does: without it, pages whose files go by their hashes answer 500. Only where the settings say where to. */
const COLLECT_STATIC =
  "if grep -rqs --include='*.py' --exclude-dir=vendor STATIC_ROOT .; then " +
  "PYTHONPATH=vendor/python PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 manage.py collectstatic --noinput; fi";

/** Python packages, once requirements.txt names them. */
const python =
  (lines: readonly string[], offline: readonly string[] = []) =>
  (home: string, { names }: AppFiles) => ({
    lines: [...lines, ...(names.has("manage.py") ? [COLLECT_STATIC] : [])],
    offline: [...offline, COLLECT_STATIC],
    environment: [
      `export PATH=${home}/vendor/python/bin:$PATH PYTHONDONTWRITEBYTECODE=1`,
      `export PYTHONPATH=${home}/vendor/python\${PYTHONPATH:+:$PYTHONPATH}`,
    ],
    depends: ["python3"],
    path: ["vendor/python/bin"],
  });

const PIP: Toolchain = {
  language: "Python",
  kin: /^(uv\.lock|poetry\.lock|Pipfile|Pipfile\.lock|pyproject\.toml|setup\.py)$/,
  used: ({ names }) => names.has("requirements.txt"),
  tools: PYTHON_TOOLS,
  steps: python([PIP_LOCKED]),
};

const without = (app: AppFiles, ...names: string[]) => !names.some((name) => app.names.has(name));

const UV_LOCK: Toolchain = {
  language: "Python",
  used: (app) => app.names.has("uv.lock") && without(app, "requirements.txt"),
  tools: PYTHON_TOOLS,
  steps: (home, app) =>
    python([
      `tools=$(mktemp -d) && ${PIP_INSTALL} --quiet --target "$tools" ${UV} && ` +
        '"$tools/bin/uv" export --frozen --no-dev --no-emit-project --output-file requirements.txt >/dev/null',
      PIP_LOCKED,
      // As uv does: a project that says how it is built is a package as well.
      ...(/^\[build-system\]/m.test(app.pyproject ?? "") ? [`${PIP_INSTALL} --no-deps . ${PIP_OPTIONS}`] : []),
    ])(home, app),
};

const POETRY_EXPORT = "poetry export --only main --output requirements.txt";

const POETRY: Toolchain = {
  language: "Python",
  used: (app) => app.names.has("poetry.lock") && without(app, "requirements.txt", "uv.lock"),
  tools: [...PYTHON_TOOLS, "python3-poetry", "python3-poetry-plugin-export"],
  steps: python([POETRY_EXPORT, PIP_LOCKED], [POETRY_EXPORT]),
};

const PIPENV_EXPORT = "pipenv requirements >requirements.txt";

const PIPENV: Toolchain = {
  language: "Python",
  used: (app) => app.names.has("Pipfile.lock") && without(app, "requirements.txt", "uv.lock", "poetry.lock"),
  tools: [...PYTHON_TOOLS, "pipenv"],
  steps: python([PIPENV_EXPORT, PIP_LOCKED], [PIPENV_EXPORT]),
};

const GO_INSTALL = 'GOBIN="$PWD/bin" go install -trimpath -buildvcs=false ./...';

/** Programs land in `bin`, as Heroku's do. */
const GO: Toolchain = {
  language: "Go",
  kin: /^go\.work$/,
  used: ({ names }) => names.has("go.mod"),
  tools: ["git", "golang-go"],
  steps: (home, { names }) => ({
    lines: [...(names.has("vendor") ? [] : ["go mod download"]), GO_INSTALL],
    offline: [GO_INSTALL],
    environment: [`export PATH=${home}/bin:$PATH`],
    depends: [],
    path: ["bin"],
  }),
};

const CARGO_OFFLINE = [
  "cargo build --release --locked --offline",
  // Of the gigabytes there, the programs.
  "find target -mindepth 1 -maxdepth 1 ! -name release -exec rm -rf {} +",
  String.raw`find target/release -mindepth 1 -maxdepth 1 ! \( -type f -perm -u=x \) -exec rm -rf {} +`,
];

const CARGO: Toolchain = {
  language: "Rust",
  used: ({ names }) => names.has("Cargo.toml") && names.has("Cargo.lock"),
  tools: ["cargo", "git", "libssl-dev", "pkgconf"],
  steps: (home) => ({
    lines: ["cargo fetch --locked", ...CARGO_OFFLINE],
    offline: CARGO_OFFLINE,
    environment: [`export PATH=${home}/target/release:$PATH`],
    depends: [],
    path: ["target/release"],
  }),
};

const MAVEN: Toolchain = {
  language: "Java",
  used: ({ names }) => names.has("pom.xml"),
  tools: ["default-jdk-headless", "git", "maven"],
  steps: () => ({
    lines: [
      'mvn --batch-mode --no-transfer-progress -DskipTests -Dproject.build.outputTimestamp="$SOURCE_DATE_EPOCH" package',
    ],
    environment: [],
    depends: ["default-jre-headless"],
    path: [],
  }),
};

/** In the order of their steps. */
export const TOOLCHAINS: readonly Toolchain[] = [NPM, BUNDLER, PIP, UV_LOCK, POETRY, PIPENV, GO, CARGO, MAVEN];

/** Where no package manager is at work. */
export const MAKE_BUILD: Toolchain = {
  language: "make",
  used: ({ makefile }) => makefileTargets(makefile ?? "").has("build"),
  tools: [],
  steps: () => ({ lines: ["make build"], environment: [], depends: [], path: [] }),
};
