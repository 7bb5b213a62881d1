import type { AppFiles } from "./app-files";

const PIP = "/usr/bin/python3 -m pip install --target vendor/python --no-compile";
const PIP_LOCKED = `${PIP} --requirement requirements.txt`;

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
}

// For one language the first that applies: a lock file before a manifest.
const OTHERS: readonly OtherToolchain[] = [
  {
    language: "Node.js",
    files: /^yarn\.lock$/,
    lines: [
      "yarn install --frozen-lockfile",
      "yarn run build",
      "yarn install --frozen-lockfile --production --ignore-scripts",
    ],
  },
  {
    language: "Node.js",
    files: /^pnpm-lock\.yaml$/,
    lines: ["pnpm install --frozen-lockfile", "pnpm run --if-present build", "pnpm prune --prod --ignore-scripts"],
  },
  { language: "Node.js", files: /^bun\.lockb?$/, lines: ["bun install --frozen-lockfile --production"] },
  {
    language: "Deno",
    files: /^deno\.(lock|jsonc?)$/,
    lines: ["deno compile --allow-net --allow-env --output bin/app main.ts"],
  },
  {
    language: "Python",
    files: /^uv\.lock$/,
    lines: ["uv export --frozen --no-dev --no-emit-project --output-file requirements.txt", PIP_LOCKED],
  },
  {
    language: "Python",
    files: /^poetry\.lock$/,
    lines: ["poetry export --only main --output requirements.txt", PIP_LOCKED],
  },
  { language: "Python", files: /^Pipfile(\.lock)?$/, lines: ["pipenv requirements >requirements.txt", PIP_LOCKED] },
  {
    language: "Python",
    files: /^pyproject\.toml$/,
    counts: ({ pyproject }) => /^\[(project|tool\.poetry)\]/m.test(pyproject ?? ""),
    alone: true,
    lines: [`${PIP} .`],
  },
  { language: "Python", files: /^setup\.py$/, alone: true, lines: [`${PIP} .`] },
  { language: "Go", files: /^go\.(mod|work)$/, lines: ["GOBIN=$PWD/bin go install -trimpath ./..."] },
  { language: "Go", files: /^(Gopkg\.lock|glide\.yaml)$/, lines: ["go build -o bin/ ./..."] },
  { language: "Rust", files: /^Cargo\.toml$/, lines: ["cargo build --release --locked"] },
  { language: "Java", files: /^pom\.xml$/, lines: ["mvn --batch-mode -DskipTests package"] },
  { language: "Java", files: /^build\.gradle(\.kts)?$/, lines: ["./gradlew --no-daemon build -x test"] },
  { language: "Scala", files: /^build\.sbt$/, lines: ["sbt stage"] },
  { language: "Clojure", files: /^(project\.clj|deps\.edn)$/, lines: ["lein uberjar"] },
  {
    language: "PHP",
    files: /^composer\.json$/,
    lines: ["composer install --no-dev --no-interaction --optimize-autoloader"],
  },
  {
    language: "Elixir",
    files: /^mix\.exs$/,
    lines: ["MIX_ENV=prod mix deps.get --only prod", "MIX_ENV=prod mix release --path release"],
  },
  { language: "Erlang", files: /^rebar\.config$/, lines: ["rebar3 as prod release"] },
  {
    language: ".NET",
    files: /\.(cs|fs|vb)proj$|\.slnx?$/,
    lines: ["dotnet publish --configuration Release --output out"],
  },
  { language: "Swift", files: /^Package\.swift$/, lines: ["swift build --configuration release"] },
  {
    language: "Haskell",
    files: /^stack\.yaml$|\.cabal$/,
    lines: ["cabal install --installdir=bin --install-method=copy"],
  },
  { language: "Crystal", files: /^shard\.yml$/, lines: ["shards build --production --release"] },
  { language: "Zig", files: /^build\.zig$/, lines: ["zig build -Doptimize=ReleaseSafe"] },
  { language: "C", files: /^CMakeLists\.txt$/, alone: true, lines: ["cmake -B build", "cmake --build build"] },
  { language: "C", files: /^meson\.build$/, alone: true, lines: ["meson setup build", "meson compile -C build"] },
];

/** A file that calls for a toolchain that does not build by itself. */
export interface OtherManifest {
  readonly file: string;
  readonly language: string;
  readonly lines: readonly string[];
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
