/** Relations to the interpreters that code was built for: another version of one would not load it. */
export interface Built {
  /** Paths of a package's files. */
  readonly paths: readonly string[];
  /** Version of the Node.js that add-ons were built for, where there are any that go by V8. */
  readonly node?: string | undefined;
}

// As Debian's own extensions are named, and as pip and Bundler lay theirs out.
const PYTHON_EXTENSION = /\.cpython-3(\d+)[a-z]*-[^/]*\.so$/;
const RUBY_FOLDER = /\/vendor\/bundle\/ruby\/(\d+)\.(\d+)\.\d+\//;

/** What the interpreters on hosts must be, as relations for Depends. */
export function interpreterDepends({ paths, node }: Built): string[] {
  const python = versions(paths, PYTHON_EXTENSION).flatMap(([minor]) =>
    between("python3", `3.${minor}`, `3.${Number(minor) + 1}`),
  );
  const ruby = versions(paths, RUBY_FOLDER).flatMap(([major, minor]) =>
    between("ruby", `1:${major}.${minor}`, `1:${major}.${Number(minor) + 1}`),
  );
  const major = Number(node?.split(".")[0]);
  return [...python, ...ruby, ...(node === undefined ? [] : between("nodejs", String(major), String(major + 1)))];
}

/** Without packages that others of the relations name with a version. */
export function withoutBare(relations: readonly string[]): string[] {
  const bounded = new Set(relations.flatMap((relation) => /^(\S+) \(/.exec(relation)?.[1] ?? []));
  return relations.filter((relation) => !bounded.has(relation));
}

function between(name: string, first: string, next: string): string[] {
  return [`${name} (>= ${first}~)`, `${name} (<< ${next}~)`];
}

function versions(paths: readonly string[], pattern: RegExp): string[][] {
  const found = paths.flatMap((path) => pattern.exec(path)?.slice(1).join(" ") ?? []);
  return [...new Set(found)].sort().map((one) => one.split(" "));
}
