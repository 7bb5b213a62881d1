import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPrograms } from "../../cli/deb/programs";
import { simpleCommands } from "../../cli/deb/shell-line";

describe("a shell line", () => {
  it.each<[string, (string | undefined)[][]]>([
    ["node server.js", [["node", "server.js"]]],
    ["A=1 B='x y' exec ./run --port $PORT", [["A=1", "B=x y", "exec", "./run", "--port", undefined]]],
    [`a "b c" 'd "e"' f\\ g "$H" "\\"i"`, [["a", "b c", 'd "e"', "f g", undefined, '"i']]],
    ["a && b || c; d | e & f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]],
    ["a >log 2>&1 <in b # c", [["a", "b"]]],
    ["java -jar target/*.jar", [["java", "-jar", undefined]]],
    ["a; if b; then c; fi", [["a"]]],
    ["(a; b)", []],
    ["", []],
  ])("%s is read as the shell reads it", (line, commands) => {
    expect(simpleCommands(line).map(({ words }) => words.map(({ text }) => text))).toEqual(commands);
  });
});

describe("the programs of a process", () => {
  let root: string;
  const find = (line: string, more: { path?: string[]; unknown?: boolean } = {}) =>
    findPrograms(line, { root, home: "/opt/app", path: [], unknown: false, ...more });

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "towline-test-"));
    for (const folder of ["bin", "node_modules/.bin", "target", "sub"]) {
      mkdirSync(join(root, "opt/app", folder), { recursive: true });
    }
    for (const file of ["bin/server", "server.js", "sub/run", "target/app-1.0.jar", "node_modules/.bin/next"]) {
      writeFileSync(join(root, "opt/app", file), "");
    }
    for (const file of ["bin/server", "sub/run"]) chmodSync(join(root, "opt/app", file), 0o755);
    symlinkSync("/usr/bin/python3", join(root, "opt/app/bin/python"));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each([
    ["bin/server --port $PORT"],
    ["./bin/server"],
    ["/opt/app/bin/server"],
    ["exec env A=1 ./bin/server"],
    ["cd sub && ./run"],
    ["cd $DIR && ./anything"],
    ["./bin/python x.py"],
    ["true; exec sleep infinity"],
    ["/usr/bin/anything"],
    ["$SERVER"],
    ["command -v x || ./anything"],
    ["if true; then ./anything; fi"],
  ])("may be '%s'", async (line) => {
    expect(await find(line)).toEqual({ packages: [], missing: [] });
  });

  it("lie where the launcher's PATH leads, or in a package that towline.yaml names", async () => {
    expect(await find("next start", { path: ["node_modules/.bin"] })).toEqual({ packages: [], missing: [] });
    expect(await find("caddy run", { unknown: true })).toEqual({ packages: [], missing: [] });
  });

  it.each([
    ["node server.js", "nodejs"],
    ["node server", "nodejs"],
    ["node --max-old-space-size=99 $FILE", "nodejs"],
    ["npm start", "npm"],
    ["python -m http.server", "python-is-python3"],
    ["bundle exec puma", "bundler"],
    ["java -jar target/*.jar", "default-jre-headless"],
    ["java -jar target/app-1.0.jar", "default-jre-headless"],
    ["php -S 0.0.0.0:$PORT", "php-cli"],
  ])("'%s' want Debian's %s", async (line, name) => {
    const { packages, missing } = await find(line);
    expect([packages.map(([package_]) => package_), missing]).toEqual([[name], []]);
  });

  it.each([
    ["go-getting-started", "go-getting-started: no build step makes it, and no package it depends on brings it"],
    ["gunicorn app:app", "gunicorn: no build step makes it, and no package it depends on brings it"],
    ["./nothing", "./nothing: is not there once the app is built"],
    ["cd sub; ./server", "./server: is not there once the app is built"],
    ["./server.js", "./server.js: is there, but not executable"],
    ["node index.js", "index.js: is not there once the app is built"],
    ["python3 app.py", "app.py: is not there once the app is built"],
    ["java -jar target/other-*.jar", "target/other-*.jar: is not there once the app is built"],
    ["true && ./nothing", "./nothing: is not there once the app is built"],
  ])("'%s' are missing", async (line, message) => {
    expect((await find(line)).missing).toEqual([message]);
  });
});
