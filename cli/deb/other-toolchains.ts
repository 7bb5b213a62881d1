import type { AppFiles } from "./app-files";

const PIP = "/usr/bin/python3 -m pip install --target vendor/python --no-compile";

/** A way to build that towline knows, but does not go by itself: its tool is none of Debian's, or the app must say more. */
interface OtherToolchain {
  readonly language: string;
  /** Files that say it is used, where one of them matches. */
  readonly files: RegExp;
  /** Whether a file of that name counts by what it holds. */
  readonly counts?: (app: AppFiles) => boolean;
  /** Whether it counts only where no other toolchain is at work: what is built so may also belong to that. */
  readonly alone?: boolean;
  /** Lines for `build`. */
  readonly lines: readonly string[];
  /** Debian packages for `buildDepends`, where there are any. */
  readonly tools?: readonly string[];
  /** Whether Debian has no such tool. */
  readonly foreign?: boolean;
}

const YARN = "npx --yes yarn@1.22.22";
const PNPM = "npx --yes pnpm@10";

// For one language the first that applies: a lock file before a manifest.
const OTHERS: readonly OtherToolchain[] = [
  {
    language: "Node.js",
    files: /^yarn\.lock$/,
    lines: [
      `${YARN} install --frozen-lockfile`,
      // Yarn itself fails where there is no such script.
      "npm run --if-present build",
      `${YARN} install --frozen-lockfile --production --ignore-scripts`,
    ],
  },
  {
    language: "Node.js",
    files: /^pnpm-lock\.yaml$/,
    lines: [
      `${PNPM} install --frozen-lockfile`,
      `${PNPM} run --if-present build`,
      `${PNPM} prune --prod --ignore-scripts`,
    ],
  },
  {
    language: "Node.js",
    files: /^bun\.lockb?$/,
    lines: ["npx --yes bun@1 install --frozen-lockfile --production"],
  },
  {
    language: "Deno",
    files: /^deno\.(lock|jsonc?)$/,
    lines: ["npx --yes deno@2 compile --allow-net --allow-env --output bin/app main.ts"],
    tools: ["npm"],
  },
  {
    language: "Python",
    files: /^Pipfile$/,
    lines: ["pipenv lock", "pipenv requirements >requirements.txt", `${PIP} --requirement requirements.txt`],
    tools: ["pipenv"],
  },
  {
    language: "Python",
    files: /^pyproject\.toml$/,
    counts: ({ pyproject }) => /^\[(project|tool\.poetry)\]/m.test(pyproject ?? ""),
    alone: true,
    lines: [`${PIP} .`],
  },
  { language: "Python", files: /^setup\.py$/, alone: true, lines: [`${PIP} .`] },
  {
    language: "Python",
    files: /^pdm\.lock$/,
    lines: [
      'tools=$(mktemp -d) && /usr/bin/python3 -m pip install --target "$tools" pdm && PYTHONPATH=$tools /usr/bin/python3 -m pdm ' +
        "export --prod --output requirements.txt",
      `${PIP} --requirement requirements.txt`,
    ],
  },
  {
    language: "Python",
    files: /^((environment|conda-lock)\.ya?ml|pixi\.(lock|toml))$/,
    alone: true,
    lines: ["micromamba create --yes --prefix vendor/conda --file environment.yml"],
    foreign: true,
  },
  { language: "Go", files: /^go\.work$/, lines: ["GOBIN=$PWD/bin go install -trimpath ./..."], tools: ["golang-go"] },
  { language: "Go", files: /^(Gopkg\.lock|glide\.yaml)$/, lines: ["go build -o bin/ ./..."], tools: ["golang-go"] },
  {
    language: "Java",
    files: /^build\.gradle(\.kts)?$/,
    lines: ["./gradlew --no-daemon build -x test"],
    tools: ["default-jdk-headless"],
  },
  { language: "Java", files: /^build\.xml$/, alone: true, lines: ["ant"], tools: ["ant", "default-jdk-headless"] },
  { language: "Scala", files: /^build\.sbt$/, lines: ["sbt stage"], foreign: true },
  { language: "Scala", files: /^build\.(sc|mill)$/, lines: ["mill __.assembly"], foreign: true },
  { language: "Clojure", files: /^(project\.clj|deps\.edn)$/, lines: ["lein uberjar"], tools: ["leiningen"] },
  {
    language: "PHP",
    files: /^composer\.json$/,
    lines: ["composer install --no-dev --no-interaction --optimize-autoloader"],
    tools: ["composer"],
  },
  {
    language: "Elixir",
    files: /^mix\.exs$/,
    lines: ["MIX_ENV=prod mix deps.get --only prod", "MIX_ENV=prod mix release --path release"],
    tools: ["elixir", "erlang-dev"],
  },
  { language: "Erlang", files: /^rebar\.config$/, lines: ["rebar3 as prod release"], tools: ["rebar3"] },
  {
    language: ".NET",
    files: /\.(cs|fs|vb)proj$|\.slnx?$/,
    lines: ["dotnet publish --configuration Release --output out"],
    foreign: true,
  },
  {
    language: "Swift",
    files: /^Package\.swift$/,
    lines: ["swift build --configuration release"],
    tools: ["swiftlang"],
  },
  {
    language: "Haskell",
    files: /^stack\.yaml$|\.cabal$/,
    lines: ["cabal install --installdir=bin --install-method=copy"],
    tools: ["cabal-install", "ghc"],
  },
  {
    language: "Crystal",
    files: /^shard\.yml$/,
    lines: ["shards build --production --release"],
    tools: ["crystal", "shards"],
  },
  {
    language: "Perl",
    files: /^(cpanfile|Makefile\.PL|Build\.PL)$/,
    lines: ["cpanm --notest --local-lib-contained vendor/perl --installdeps ."],
    tools: ["cpanminus"],
  },
  { language: "OCaml", files: /^dune-project$/, lines: ["dune build --release"], tools: ["ocaml-dune"] },
  { language: "Nim", files: /\.nimble$/, lines: ["nimble build -d:release"], tools: ["nim"] },
  { language: "D", files: /^dub\.(json|sdl)$/, lines: ["dub build --build=release"], tools: ["dub", "ldc"] },
  { language: "Lua", files: /\.rockspec$/, lines: ["luarocks make --tree vendor/lua"], tools: ["luarocks"] },
  { language: "Racket", files: /^info\.rkt$/, lines: ["raco exe -o bin/app main.rkt"], tools: ["racket"] },
  { language: "R", files: /^renv\.lock$/, lines: ["Rscript -e 'renv::restore()'"], tools: ["r-base-core"] },
  { language: "Gleam", files: /^gleam\.toml$/, lines: ["gleam export erlang-shipment"], foreign: true },
  {
    language: "Dart",
    files: /^pubspec\.yaml$/,
    lines: ["dart pub get --enforce-lockfile", "dart compile exe bin/server.dart --output bin/server"],
    foreign: true,
  },
  {
    language: "Julia",
    files: /^(Julia)?(Project|Manifest)\.toml$/,
    lines: ["julia --project=. -e 'using Pkg; Pkg.instantiate()'"],
    foreign: true,
  },
  { language: "V", files: /^v\.mod$/, lines: ["v -prod -o bin/app ."], foreign: true },
  {
    language: "Elm",
    files: /^elm\.json$/,
    alone: true,
    lines: ["elm make src/Main.elm --output=app.js"],
    foreign: true,
  },
  {
    language: "Bazel",
    files: /^(MODULE\.bazel|WORKSPACE(\.bazel)?)$/,
    alone: true,
    lines: ["bazel build //..."],
    foreign: true,
  },
  { language: "Zig", files: /^build\.zig$/, lines: ["zig build -Doptimize=ReleaseSafe"], foreign: true },
  {
    language: "C",
    files: /^CMakeLists\.txt$/,
    alone: true,
    lines: ["cmake -B build", "cmake --build build"],
    tools: ["cmake"],
  },
  {
    language: "C",
    files: /^meson\.build$/,
    alone: true,
    lines: ["meson setup build", "meson compile -C build"],
    tools: ["meson"],
  },
  {
    language: "C",
    files: /^configure(\.ac|\.in)?$/,
    alone: true,
    lines: ["[ -x configure ] || autoreconf --install", "./configure", "make"],
    tools: ["autoconf", "automake", "libtool"],
  },
  { language: "C", files: /^SConstruct$/, alone: true, lines: ["scons"], tools: ["scons"] },
];

/** A file that calls for a toolchain that does not build by itself. */
export interface OtherManifest extends Omit<OtherToolchain, "files" | "counts" | "alone"> {
  readonly file: string;
}

/**
 * What of an app no known toolchain builds.
 * @param languages those of the toolchains that are at work
 */
export function otherManifests(app: AppFiles, languages: readonly string[]): OtherManifest[] {
  const found = OTHERS.flatMap(({ files, counts, alone = false, ...rest }) => {
    const file = [...app.names].sort().find((name) => files.test(name));
    const applies = file !== undefined && (counts?.(app) ?? true) && !(alone && languages.length > 0);
    return applies && !languages.includes(rest.language) ? [{ file, ...rest }] : [];
  });
  return found.filter(({ language }, index) => found.findIndex((other) => other.language === language) === index);
}
