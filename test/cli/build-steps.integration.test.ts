import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppFiles } from "../../cli/deb/app-files";
import { buildPackage } from "../../cli/deb/build";
import { makefileSteps, procfileSteps } from "../../cli/deb/build-steps";
import { buildEnvironment } from "../../cli/deb/here";
import { InputError } from "../../cli/errors";
import { need } from "../tools";

const app = (names: readonly string[], more: Partial<AppFiles> = {}): AppFiles => ({
  folder: "/src/app",
  names: new Set(names),
  makefile: undefined,
  npmDependencies: false,
  scripts: {},
  gemfileLock: undefined,
  pyproject: undefined,
  ...more,
});
const linesOf = (files: AppFiles, own?: readonly string[]) => procfileSteps(files, own, "/opt/app").lines;

describe("an app is built by what it is", () => {
  it("with npm from its lock file, without what only development needs in the end", () => {
    expect(linesOf(app(["package.json", "package-lock.json"]))).toEqual([
      "npm ci --include=dev --no-audit --no-fund",
      "npm run build --if-present",
      "npm prune --omit=dev --ignore-scripts --no-audit --no-fund",
    ]);
  });

  it("with Bundler from its lock file, without the groups of development and test", () => {
    expect(linesOf(app(["Gemfile", "Gemfile.lock"])).slice(0, 4)).toEqual([
      "bundle config set --local path vendor/bundle",
      "bundle config set --local deployment true",
      "bundle config set --local without development:test",
      "bundle install",
    ]);
  });

  it("with Debian's pip, and only by what hosts need", () => {
    expect(linesOf(app(["requirements.txt", "requirements-dev.txt"]))).toEqual([
      "/usr/bin/python3 -m pip install --requirement requirements.txt --target vendor/python --no-compile " +
        "--disable-pip-version-check --no-warn-script-location",
    ]);
  });

  it("with all of them where it is all of it", () => {
    expect(linesOf(app(["package-lock.json", "Gemfile.lock"]))).toEqual([
      ...linesOf(app(["package-lock.json"])),
      ...linesOf(app(["Gemfile.lock"])),
    ]);
  });

  it("with its Makefile's target build where no package manager is at work", () => {
    const makefile = "build:\n\ttrue\n";
    expect(linesOf(app(["Makefile"], { makefile }))).toEqual(["make build"]);
    expect(linesOf(app(["Makefile"], { makefile: "test:\n\ttrue\n" }))).toEqual([]);
    expect(linesOf(app(["Makefile", "requirements.txt"], { makefile }))).not.toContain("make build");
  });

  it("by its own lines where towline.yaml has some", () => {
    expect(linesOf(app(["package.json", "Gemfile"], { npmDependencies: true }), ["./build"])).toEqual(["./build"]);
  });

  it("by make install where it has no Procfile", () => {
    const makefile = "install start stop restart:\n\ttrue\n";
    expect(makefileSteps(app([], { makefile }), ["./configure"])).toEqual({
      lines: ["./configure", 'make install DESTDIR="$DESTDIR"'],
      offline: [],
      tools: [],
      environment: [],
      depends: ["make"],
      path: [],
    });
  });

  it.each([
    ["package.json", app(["package.json"], { npmDependencies: true }), "package-lock.json"],
    ["Gemfile", app(["Gemfile"]), "Gemfile.lock"],
    ["Cargo.toml", app(["Cargo.toml"]), "Cargo.lock"],
  ])("but not from a %s alone", (file, files, lock) => {
    expect(() => linesOf(files)).toThrow(`/src/app: has a ${file} but no ${lock} that git tracks`);
  });

  it.each<[string, string, string[], string[], string[]?]>([
    [
      "yarn.lock",
      "Node.js",
      ["package.json"],
      [
        "npx --yes yarn@1.22.22 install --frozen-lockfile",
        "npm run --if-present build",
        "npx --yes yarn@1.22.22 install --frozen-lockfile --production --ignore-scripts",
      ],
    ],
    [
      "pnpm-lock.yaml",
      "Node.js",
      ["package.json"],
      [
        "npx --yes pnpm@10 install --frozen-lockfile",
        "npx --yes pnpm@10 run --if-present build",
        "npx --yes pnpm@10 prune --prod --ignore-scripts",
      ],
    ],
    ["bun.lock", "Node.js", ["package.json"], ["npx --yes bun@1 install --frozen-lockfile --production"]],
    ["go.work", "Go", [], ["GOBIN=$PWD/bin go install -trimpath ./..."], ["golang-go"]],
    ["build.gradle", "Java", [], ["./gradlew --no-daemon build -x test"], ["default-jdk-headless"]],
    ["composer.json", "PHP", [], ["composer install --no-dev --no-interaction --optimize-autoloader"], ["composer"]],
    [
      "mix.exs",
      "Elixir",
      [],
      ["MIX_ENV=prod mix deps.get --only prod", "MIX_ENV=prod mix release --path release"],
      ["elixir", "erlang-dev"],
    ],
  ])("but not by itself from %s, and says the line that would", (file, language, more, build, tools = []) => {
    const needed = tools.length === 0 ? "" : `, and buildDepends: ${JSON.stringify(tools)}`;
    expect(() => linesOf(app([file, ...more], { npmDependencies: more.length > 0 }))).toThrow(
      new InputError(
        `/src/app: nothing builds ${file} (${language}) by itself; add this line, or your own, to towline.yaml, ` +
          `or 'build: []' where there is nothing to build: build: ${JSON.stringify(build)}${needed}`,
      ),
    );
    expect(linesOf(app([file, ...more]), build)).toEqual(build);
    expect(linesOf(app([file, ...more]), [])).toEqual([]);
  });

  it.each([
    ...[
      "pdm.lock",
      "environment.yml",
      "pixi.toml",
      "build.xml",
      "build.mill",
      "cpanfile",
      "Makefile.PL",
      "dune-project",
    ],
    ...["app.nimble", "dub.sdl", "app.rockspec", "info.rkt", "renv.lock", "gleam.toml", "pubspec.yaml", "Project.toml"],
    ...["v.mod", "elm.json", "MODULE.bazel", "configure.ac", "SConstruct"],
  ])("nor from %s, whoever's that is", (file) => {
    expect(() => linesOf(app([file]))).toThrow(`nothing builds ${file} (`);
    expect(linesOf(app([file]), [])).toEqual([]);
  });

  it.each(["environment.yml", "build.xml", "elm.json", "MODULE.bazel", "configure.ac"])(
    "but takes %s for a part of what another toolchain builds",
    (file) => {
      expect(linesOf(app([file, "package-lock.json"]))).toEqual(linesOf(app(["package-lock.json"])));
    },
  );

  it("and where Debian has no such tool, says that this machine must have it", () => {
    expect(() => linesOf(app(["Shop.csproj"]))).toThrow(
      /--output out"\], and build with --here where that tool is, which Debian has not$/,
    );
  });

  it.each([
    ["uv.lock", /uv" export --frozen --no-dev/],
    ["poetry.lock", /^poetry export --only main/],
    ["Pipfile.lock", /^pipenv requirements/],
  ])("with pip from %s, by what that exports, unless there is a requirements.txt", (file, exports_) => {
    const [first, second] = linesOf(app([file]));
    expect(first).toMatch(exports_);
    expect(second).toEqual(linesOf(app(["requirements.txt"]))[0]);
    expect(linesOf(app([file, "requirements.txt"]))).toHaveLength(1);
  });

  it("with Django's static files collected, without the network, where it is Django", () => {
    const { lines, offline } = procfileSteps(app(["requirements.txt", "manage.py"]), undefined, "/opt/app");
    expect(lines[1]).toMatch(/STATIC_ROOT .*manage\.py collectstatic --noinput/);
    expect(offline).toContain(lines[1]);
  });

  it("with uv the project too, where it says how it is built", () => {
    expect(linesOf(app(["uv.lock"], { pyproject: '[build-system]\nrequires = ["hatchling"]\n' }))[2]).toMatch(
      /^\/usr\/bin\/python3 -m pip install --no-deps \. --target vendor\/python /,
    );
  });

  it("into the places that Procfiles of Go, Rust and Java name", () => {
    const path = (...names: string[]) => procfileSteps(app(names), undefined, "/opt/app").path;
    expect([path("go.mod"), path("Cargo.toml", "Cargo.lock"), path("pom.xml")]).toEqual([
      ["bin"],
      ["target/release"],
      [],
    ]);
    expect(linesOf(app(["go.mod"]))[1]).toBe('GOBIN="$PWD/bin" go install -trimpath -buildvcs=false ./...');
    expect(linesOf(app(["Cargo.toml", "Cargo.lock"]))[1]).toBe("cargo build --release --locked --offline");
    expect(linesOf(app(["pom.xml"]))[0]).toMatch(/^mvn --batch-mode .* package$/);
  });

  it("with what fetches packages in the network, and what builds without", () => {
    const of = (...names: string[]) => {
      const { lines, offline, tools } = procfileSteps(app(names), undefined, "/opt/app");
      return { online: lines.filter((line) => !offline.includes(line)), tools };
    };
    expect(of("go.mod")).toEqual({ online: ["go mod download"], tools: ["git", "golang-go"] });
    expect(of("go.mod", "vendor").online).toEqual([]);
    expect(of("Cargo.toml", "Cargo.lock").online).toEqual(["cargo fetch --locked"]);
    expect(of("package-lock.json").online).not.toContain("npm run build --if-present");
    expect(procfileSteps(app(["go.mod"]), ["./build"], "/opt/app")).toMatchObject({
      ...{ lines: ["./build"], offline: [], tools: ["git", "golang-go"] },
    });
  });

  it.each([["setup.py"]])("but not from %s without requirements.txt", (file) => {
    expect(() => linesOf(app([file]))).toThrow(`nothing builds ${file} (Python) by itself`);
    expect(linesOf(app([file, "requirements.txt"]))).toHaveLength(1);
  });

  it("and a pyproject.toml that only configures tools calls for nothing", () => {
    expect(linesOf(app(["pyproject.toml"], { pyproject: "[tool.black]\nline-length = 100\n" }))).toEqual([]);
    expect(() => linesOf(app(["pyproject.toml"], { pyproject: "[project]\nname = 'x'\n" }))).toThrow("(Python)");
  });

  it("with the steps of what is known beside what is not", () => {
    expect(() => linesOf(app(["package-lock.json", "go.work", "CMakeLists.txt"]))).toThrow(
      `build: ${JSON.stringify([...linesOf(app(["package-lock.json"])), "GOBIN=$PWD/bin go install -trimpath ./..."])}, and buildDepends: ["golang-go"]`,
    );
  });

  it("and where its own lines build it, its packages are found as the language's are", () => {
    const steps = (names: string[]) => procfileSteps(app(names), ["./build"], "/opt/app");
    expect(steps(["pnpm-lock.yaml"])).toMatchObject({ depends: ["nodejs"], path: ["node_modules/.bin"] });
    expect(steps(["uv.lock"])).toMatchObject({ depends: ["python3"], path: ["vendor/python/bin"] });
    expect(steps(["go.work"])).toMatchObject({ environment: ["export PATH=/opt/app/bin:$PATH"], path: ["bin"] });
  });

  it("but not from a Makefile that cannot start it", () => {
    expect(() => makefileSteps(app([], { makefile: "install: x\n" }), undefined)).toThrow(
      new InputError(
        "/src/app: has no Procfile, and its Makefile no target start, stop, restart; " +
          "write a Procfile, or give the Makefile install, start, stop, restart",
      ),
    );
  });
});

it("builds see no credentials of ours, and nothing that changes from machine to machine by chance", () => {
  const environment = {
    AWS_SECRET_ACCESS_KEY: "s",
    TOWLINE_SIGNING_KEY_FILE: "/k",
    NODE_ENV: "production",
    npm_package_name: "towline",
    npm_config_cache: "/cache",
    npm_config_ignore_scripts: "true",
    HOME: "/home/jenkins",
    PATH: "/copy/node_modules/.bin:/usr/bin",
  };
  expect(buildEnvironment(environment, { epoch: 12, destination: "/stage" })).toEqual({
    AWS_SECRET_ACCESS_KEY: undefined,
    TOWLINE_SIGNING_KEY_FILE: undefined,
    NODE_ENV: undefined,
    npm_package_name: undefined,
    npm_config_ignore_scripts: undefined,
    PATH: "/usr/bin",
    TZ: "UTC",
    SOURCE_DATE_EPOCH: "12",
    DESTDIR: "/stage",
  });
});

it("what towline's own .npmrc says is no setting of an app's build", () => {
  const own = readFileSync(join(__dirname, "../../.npmrc"), "utf8").matchAll(/^([a-z-]+)=/gm);
  const names = [...own].map(([, name = ""]) => `npm_config_${name.replaceAll("-", "_")}`);
  expect(names).toContain("npm_config_ignore_scripts");
  const environment = Object.fromEntries(names.map((name) => [name, "true"]));
  const seen = buildEnvironment(environment, { epoch: 12, destination: "/stage" });
  expect(names.map((name) => seen[name])).toEqual(names.map(() => undefined));
});

describe("a real build", () => {
  let folder: string;
  const packaged = join("unpacked");
  const write = (files: Record<string, string>) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(folder, "app", name, ".."), { recursive: true });
      writeFileSync(join(folder, "app", name), content);
    }
  };
  const build = async () => {
    const deb = await buildPackage({ folder: join(folder, "app"), version: "1.0", out: folder });
    execFileSync("dpkg-deb", ["-x", deb.path, join(folder, packaged)]);
    return deb;
  };
  const pack = (name: string, files: Record<string, string>) => {
    write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`../${name}/${path}`, text])));
    mkdirSync(join(folder, "app", "packed"), { recursive: true });
    const args = ["pack", "--silent", "--pack-destination", join(folder, "app", "packed"), join(folder, name)];
    execFileSync("npm", args, { env: { ...process.env, npm_config_cache: join(folder, "cache") } });
  };
  const lock = () => {
    const env = { ...process.env, npm_config_cache: join(folder, "cache"), npm_config_offline: "true" };
    const args = ["install", "--package-lock-only", "--ignore-scripts", "--silent"];
    execFileSync("npm", args, { cwd: join(folder, "app"), env });
  };
  const field = (path: string, name: string) =>
    execFileSync("dpkg-deb", ["-f", path, name], { encoding: "utf8" }).trim();
  const read = (path: string) => readFileSync(join(folder, packaged, path), "utf8");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "towline-test-"));
    write({ Procfile: "web: true\n", "towline.yaml": "name: app\narchitecture: all\n" });
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("happens at the app's place on hosts, in a copy", async () => {
    write({
      "towline.yaml": "name: app\narchitecture: all\nbuild: ['pwd >where', 'umask >>where', 'mkdir __pycache__']\n",
    });
    await build();
    expect(read("opt/app/where")).toBe("/opt/app\n0022\n");
    expect(readdirSync(join(folder, packaged, "opt/app")).sort()).toEqual(["Procfile", "towline.yaml", "where"]);
    expect(readdirSync(join(folder, "app")).sort()).toEqual(["Procfile", "towline.yaml"]);
  });

  it("is refused where web's program is not there in the end, and says so aloud of other processes", async () => {
    write({ Procfile: "web: bin/server\nworker: bin/worker\n", "towline.yaml": "name: app\nbuild: 'true'\n" });
    await expect(build()).rejects.toThrow(
      new InputError(
        `${join(folder, "app")}: the process web runs 'bin/server', but bin/server: is not there once the app is built; ` +
          "mend the Procfile, or have 'build' or 'depends' in towline.yaml bring it",
      ),
    );
    write({ "towline.yaml": "name: app\nbuild: install -D /dev/null bin/server\n" });
    const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    await build();
    const lines = said.mock.calls.flatMap(([text]) => (typeof text === "string" && !/^\+ /.test(text) ? [text] : []));
    said.mockRestore();
    expect(lines).toEqual([
      `warning: ${join(folder, "app")}: the process worker runs 'bin/worker', but bin/worker: is not there once the app is built\n`,
    ]);
  });

  it("depends on what the Procfile's programs are in, once", async () => {
    write({ Procfile: "web: npm start\nworker: npm run work\nclock: node -e ''\n" });
    expect(field((await build()).path, "Depends")).toBe("npm, nodejs, iproute2, systemd");
    write({ "towline.yaml": "name: app\ndepends: ['nodejs (>= 20)', 'npm | yarnpkg']\n" });
    expect(field((await build()).path, "Depends")).toBe("nodejs (>= 20), npm | yarnpkg, iproute2, systemd");
  });

  it("ends with the step that fails, and leaves nothing", async () => {
    write({ "towline.yaml": "name: app\nbuild: ['true', 'false | true', 'touch never']\n" });
    await expect(build()).rejects.toThrow(
      `${join(folder, "app")}: the build step 'false | true' failed with exit code 1 (its output stands above)`,
    );
    expect(readdirSync(folder)).toEqual(["app"]);
  });

  it("of an app without a Procfile installs what its Makefile does", async () => {
    rmSync(join(folder, "app", "Procfile"));
    write({
      Makefile:
        "install:\n\techo built >built\n\tinstall -D -m 600 Makefile $(DESTDIR)/etc/app/settings\n" +
        "start stop restart:\n\ttrue\n",
    });
    const deb = await build();
    expect(read("opt/app/built")).toBe("built\n");
    expect(read("etc/app/settings")).toContain("install:");
    expect(field(deb.path, "Depends")).toBe("make, iproute2, systemd");
  });

  it("of native code depends on the libraries it needs, and is for one architecture", async () => {
    need("cc", "gcc");
    write({ "main.c": "int main(void) { return 0; }\n", "towline.yaml": "name: app\nbuild: cc -o app main.c\n" });
    const deb = await build();
    expect(field(deb.path, "Depends")).toMatch(/^libc6 \(>= [0-9.]+\), iproute2, systemd$/);
    write({ "towline.yaml": "name: app\narchitecture: all\nbuild: cc -o app main.c\n" });
    await expect(build()).rejects.toThrow("architecture: is all, but opt/app/app is native code");
  });

  it("with npm holds what production needs, and what development built", async () => {
    pack("runtime", { "package.json": '{"name":"runtime","version":"1.0.0"}', "index.js": "exports.a = 1" });
    pack("bundler", {
      "package.json": '{"name":"bundler","version":"1.0.0","bin":"cli.js"}',
      "cli.js": `#!/usr/bin/env node\nrequire("node:fs").writeFileSync("bundle.js", "built");\n`,
    });
    write({
      "package.json": JSON.stringify({
        name: "app",
        scripts: { build: "bundler" },
        dependencies: { runtime: "file:packed/runtime-1.0.0.tgz" },
        devDependencies: { bundler: "file:packed/bundler-1.0.0.tgz" },
      }),
    });
    lock();
    const deb = await build();
    expect(read("opt/app/bundle.js")).toBe("built");
    const installed = readdirSync(join(folder, packaged, "opt/app/node_modules"));
    expect(installed.filter((name) => !name.startsWith("."))).toEqual(["runtime"]);
    expect(read("usr/lib/app/launch")).toContain("PATH=/opt/app/node_modules/.bin:$PATH");
    expect(field(deb.path, "Depends")).toBe("nodejs, iproute2, systemd");
  });

  it("with npm runs a workspace's prepare while what development needs is there, and never after", async () => {
    pack("tool", {
      "package.json": '{"name":"tool","version":"1.0.0","bin":"cli.js"}',
      "cli.js": `#!/usr/bin/env node\nrequire("node:fs").appendFileSync("lib.js", "// prepared");\n`,
    });
    write({
      "package.json": JSON.stringify({
        ...{ name: "app", workspaces: ["packages/*"], dependencies: { lib: "1.0.0" } },
        devDependencies: { tool: "file:packed/tool-1.0.0.tgz" },
      }),
      "packages/lib/package.json": '{"name":"lib","version":"1.0.0","main":"lib.js","scripts":{"prepare":"tool"}}',
    });
    lock();
    await build();
    expect(read("opt/app/node_modules/lib/lib.js")).toBe("// prepared");
    expect(readdirSync(join(folder, packaged, "opt/app/node_modules")).filter((name) => !name.startsWith("."))).toEqual(
      ["lib"],
    );
  });

  it("with pip holds the packages where Python finds them", async () => {
    need("/usr/bin/python3", "python3-pip", "-m", "pip", "--version");
    mkdirSync(join(folder, "app", "wheels"));
    const wheel = join(folder, "app", "wheels", "greet-1.0-py3-none-any.whl");
    execFileSync("/usr/bin/python3", ["-c", MAKE_WHEEL, wheel]);
    write({ "requirements.txt": "./wheels/greet-1.0-py3-none-any.whl\n" });
    await build();
    expect(readdirSync(join(folder, packaged, "opt/app/vendor/python")).sort()).toEqual([
      "bin",
      "greet-1.0.dist-info",
      "greet.py",
    ]);
    expect(read("opt/app/vendor/python/bin/greet").split("\n")[0]).toBe("#!/usr/bin/python3");
    expect(read("usr/lib/app/launch")).toContain("PYTHONPATH=/opt/app/vendor/python");
  });

  it("with Bundler holds what production needs, native code included, and the same bytes each time", async () => {
    need("bundle", "ruby-bundler and ruby-dev");
    need("cc", "gcc");
    const gems = join(folder, "gems");
    makeGem(gems, "native", 's.extensions = ["ext/native/extconf.rb"]', {
      "ext/native/extconf.rb": 'require "mkmf"\ncreate_makefile("native/native")\n',
      "ext/native/native.c": "#include <ruby.h>\nvoid Init_native(void) {}\n",
    });
    makeGem(gems, "checker", "", {});
    execFileSync("gem", ["generate_index", "--quiet", "--directory", gems], { stdio: "ignore" });
    write({
      "towline.yaml": "name: app\n",
      Gemfile: `source "file://${gems}"\ngem "native"\ngroup(:test) { gem "checker" }\n`,
    });
    execFileSync("bundle", ["lock"], { cwd: join(folder, "app"), stdio: "ignore" });
    const deb = await build();
    const [version = ""] = readdirSync(join(folder, packaged, "opt/app/vendor/bundle/ruby"));
    expect(readdirSync(join(folder, packaged, "opt/app/vendor/bundle/ruby", version, "gems"))).toEqual([
      "native-1.0.0",
    ]);
    expect(field(deb.path, "Depends")).toMatch(
      /^bundler, libc6 \(>= [^)]*\), libruby[0-9.]+ \(>= [^)]*\), ruby \(>= 1:\S+~\), ruby \(<< 1:\S+~\), iproute2, systemd$/,
    );
    expect((await build()).sha256).toBe(deb.sha256);
  });

  /** A gem of the name in a folder that `gem generate_index` makes a source of. */
  function makeGem(gems: string, name: string, more: string, files: Record<string, string>): void {
    const source = join(folder, name);
    const all = {
      ...files,
      [`lib/${name}.rb`]: "",
      [`${name}.gemspec`]:
        `Gem::Specification.new { |s| s.name = "${name}"; s.version = "1.0.0"; s.summary = "x"; s.authors = ["a"]; ` +
        `s.files = Dir["lib/*", "ext/**/*"]; ${more} }\n`,
    };
    write(Object.fromEntries(Object.entries(all).map(([path, text]) => [`../${name}/${path}`, text])));
    mkdirSync(join(gems, "gems"), { recursive: true });
    const output = join(gems, "gems", `${name}-1.0.0.gem`);
    execFileSync("gem", ["build", "--quiet", "--output", output, `${name}.gemspec`], { cwd: source, stdio: "ignore" });
  }
});

// A wheel with one module and one command, made without the network.
const MAKE_WHEEL = String.raw`
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    info = "greet-1.0.dist-info/"
    wheel.writestr("greet.py", "def main(): print('hi')\n")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: greet\nVersion: 1.0\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(info + "entry_points.txt", "[console_scripts]\ngreet = greet:main\n")
    wheel.writestr(info + "RECORD", "")
`;
