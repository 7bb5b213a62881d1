import type { AppFiles } from "./app-files";
import { otherManifests } from "./other-toolchains";

/** Languages whose usual runtimes compile while they run, into memory that is written to and then executed. */
const LANGUAGES = new Set([".NET", "Clojure", "Deno", "Elixir", "Erlang", "Java", "Node.js", "PHP", "Ruby", "Scala"]);
/** Files that say one of them is used where a toolchain of towline's builds it. */
const FILES = ["Gemfile.lock", "npm-shrinkwrap.json", "package.json", "package-lock.json", "pom.xml"];
/** What Debian calls their runtimes. */
const RUNTIMES =
  /^(aspnetcore|bundler|chromium|composer|default-j(re|dk)|deno|dotnet|elixir|erlang|firefox|j?ruby|julia|libluajit|luajit|mono-|node|npm$|openjdk|php|pypy|temurin)/;

/** Whether an app's files name a language that compiles while it runs. */
export function hasJitLanguage(app: AppFiles): boolean {
  return (
    FILES.some((file) => app.names.has(file)) || otherManifests(app, []).some((one) => LANGUAGES.has(one.language))
  );
}

/**
 * Whether one of an app's packages is such a runtime.
 * @param depends relations, as in the control field Depends
 */
export function needsJitRuntime(depends: readonly string[]): boolean {
  return depends.flatMap((relation) => relation.split("|")).some((one) => RUNTIMES.test(one.trim()));
}
