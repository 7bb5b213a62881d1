import { lstat, readdir, readlink, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { SYSTEM_COMMANDS } from "./reserved-names";
import { type SimpleCommand, simpleCommands, type Word } from "./shell-line";

/** A Debian package, and what others bring the same program. */
export type HostPackage = readonly [string, RegExp?];

// What Debian calls the packages of programs that Procfiles name, and what else brings one of them.
const PACKAGES: Readonly<Record<string, HostPackage>> = {
  bundle: ["bundler", /^ruby-bundler/],
  java: ["default-jre-headless", /j(re|dk)/],
  node: ["nodejs"],
  npm: ["npm"],
  npx: ["npm"],
  perl: ["perl"],
  php: ["php-cli", /^php/],
  python: ["python-is-python3"],
  python3: ["python3"],
  ruby: ["ruby"],
};
const INTERPRETERS = new Set(["node", "php", "perl", "python", "python3", "ruby", "bash", "sh", "dash"]);
const BUILTINS = new Set(
  ". : [ alias bg cd command eval exec exit export fg hash let read readonly set shift source trap type ulimit umask unset wait".split(
    " ",
  ),
);
const WRAPPERS = new Set(["exec", "env", "command", "nohup"]);

/** Where the programs of an app may be. */
export interface Surroundings {
  /** The package's root. */
  readonly root: string;
  /** The app's place on hosts. */
  readonly home: string;
  /** Folders of the app that its launcher puts into PATH, below `home`. */
  readonly path: readonly string[];
  /** Whether a program may come from where nobody can look: a package that towline.yaml names, a script of the app's. */
  readonly unknown: boolean;
}

export interface Programs {
  /** Debian packages of programs that hosts must have. */
  readonly packages: readonly HostPackage[];
  /** What is certain to be missing, as `program: what is wrong`. */
  readonly missing: readonly string[];
}

/** Looks for the programs of a shell line in the package and among what hosts have. */
export async function findPrograms(line: string, surroundings: Surroundings): Promise<Programs> {
  const packages: HostPackage[] = [];
  const missing: string[] = [];
  let folder: string | undefined = surroundings.home;
  for (const command of simpleCommands(line)) {
    const words = unwrapped(command);
    const [program, ...args] = words;
    // Behind || it is an alternative, and in a folder that only the shell knows anything may be.
    if (program?.text === undefined || command.after === "||" || folder === undefined) continue;
    if (program.text === "cd") {
      folder = args[0]?.text === undefined ? undefined : resolve(folder, args[0].text);
      continue;
    }
    const found = await find(program.text, args, folder, surroundings);
    if (typeof found === "string") missing.push(found);
    else packages.push(...found);
  }
  return { packages, missing };
}

/** Without `exec`, `env` and the assignments before the program. */
function unwrapped({ words }: SimpleCommand): readonly Word[] {
  let rest = words;
  while (rest[0] !== undefined && (/^\w+=/.test(rest[0].raw) || WRAPPERS.has(rest[0].text ?? ""))) {
    rest = rest.slice(1);
    if (rest[0]?.raw.startsWith("-")) return [];
  }
  return rest;
}

async function find(
  program: string,
  args: readonly Word[],
  folder: string,
  surroundings: Surroundings,
): Promise<string | readonly HostPackage[]> {
  const inPackage = (path: string) => join(surroundings.root, path);
  if (program.includes("/")) {
    const path = isAbsolute(program) ? program : resolve(folder, program);
    const there = await modeOf(inPackage(path));
    if (there !== undefined) return (there & 0o100) === 0 ? `${program}: is there, but not executable` : [];
    // The system's own, by its full path.
    return /^\/(usr\/)?s?bin\//.test(path) ? [] : `${program}: is not there once the app is built`;
  }
  const own = await Promise.all(
    surroundings.path.map((place) => modeOf(inPackage(join(surroundings.home, place, program)))),
  );
  if (own.some((mode) => mode !== undefined)) return [];
  const script = await missingScript(program, args, (path) => inPackage(resolve(folder, path)));
  if (script !== undefined) return script;
  const known = Object.hasOwn(PACKAGES, program) ? PACKAGES[program] : undefined;
  if (known !== undefined) return [known];
  if (BUILTINS.has(program) || SYSTEM_COMMANDS.has(program) || surroundings.unknown) return [];
  return `${program}: no build step makes it, and no package it depends on brings it`;
}

/** What an interpreter is to run, where that is a file that is not there. */
async function missingScript(
  program: string,
  args: readonly Word[],
  place: (path: string) => string,
): Promise<string | undefined> {
  const [first, second] = args;
  if (program === "java" && first?.text === "-jar" && second !== undefined) {
    const pattern = second.text ?? (/^[\w./*-]+$/.test(second.raw) ? second.raw : undefined);
    if (pattern === undefined) return undefined;
    const name = new RegExp(`^${basename(pattern).replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
    const there = await readdir(dirname(place(pattern))).catch(() => []);
    if (there.some((file) => name.test(file)) || dirname(pattern).includes("*")) return undefined;
    return `${pattern}: is not there once the app is built`;
  }
  if (!INTERPRETERS.has(program) || first?.text === undefined || first.text.startsWith("-")) return undefined;
  const script = first.text;
  const candidates =
    program === "node" ? ["", ".js", ".cjs", ".mjs", ".json"].map((ending) => script + ending) : [script];
  const modes = await Promise.all(candidates.map((path) => modeOf(isAbsolute(path) ? path : place(path))));
  return modes.every((mode) => mode === undefined) ? `${script}: is not there once the app is built` : undefined;
}

/** The mode of a file of the package; a link to the system's own counts as a program. */
async function modeOf(path: string): Promise<number | undefined> {
  const entry = await lstat(path).catch(() => undefined);
  if (!entry?.isSymbolicLink()) return entry?.mode;
  if (isAbsolute(await readlink(path))) return 0o755;
  return (await stat(path).catch(() => undefined))?.mode;
}
