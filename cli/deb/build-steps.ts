import { InputError } from "../errors";
import type { AppFiles } from "./app-files";
import { LIFECYCLE_TARGETS, makefileTargets, missingTargets } from "./makefile";
import { otherManifests } from "./other-toolchains";
import { MAKE_BUILD, TOOLCHAINS, type Toolchain, type ToolchainSteps } from "./toolchains";

/** How an app is built and what its processes then need, where towline.yaml says nothing else. */
export interface BuildSteps extends Required<ToolchainSteps> {
  /** Debian packages that the lines call. */
  readonly tools: readonly string[];
}

/** An app without a Procfile: `install` may put files anywhere below DESTDIR, the host's root. */
const MAKE_INSTALL: BuildSteps = {
  lines: ['make install DESTDIR="$DESTDIR"'],
  offline: [],
  tools: [],
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
  const managers = TOOLCHAINS.filter((toolchain) => toolchain.used(app));
  const makes = managers.length === 0 && MAKE_BUILD.used(app);
  const used = own === undefined && makes ? [MAKE_BUILD] : managers;
  const lines = used.flatMap((toolchain) => toolchain.steps(home, app).lines);
  if (own === undefined && !makes) requireKnown(app, managers, lines);
  if (own === undefined) requireLocks(app);
  // Whoever builds it, it lies where the language's packages lie.
  const kin = TOOLCHAINS.filter(
    ({ kin, language }) =>
      kin !== undefined &&
      [...app.names].some((name) => kin.test(name)) &&
      !used.some((toolchain) => toolchain.language === language),
  );
  const all = [...used, ...(own === undefined && !makes ? [] : kin)];
  const steps = all.map((one) => one.steps(home, app));
  return {
    lines: own ?? lines,
    offline: own === undefined ? steps.flatMap(({ offline = [] }) => offline) : [],
    tools: [...new Set([...all, ...managers])].flatMap(({ tools }) => tools),
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
  const tools = others.flatMap((other) => other.tools ?? []);
  const needed = tools.length === 0 ? "" : `, and buildDepends: ${JSON.stringify(tools)}`;
  const here = others.some(({ foreign }) => foreign)
    ? ", and build with --here where that tool is, which Debian has not"
    : "";
  throw new InputError(
    `${app.folder}: nothing builds ${files} by itself; add this line, or your own, to towline.yaml, or 'build: []' where there is ` +
      `nothing to build: build: ${JSON.stringify(build)}${needed}${here}`,
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
  if (names.has("Cargo.toml") && !names.has("Cargo.lock"))
    refuse("Cargo.toml", "Cargo.lock", "cargo generate-lockfile");
}
