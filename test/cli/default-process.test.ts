import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readApp } from "../../cli/deb/app";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function processesOf(files: Record<string, string>) {
  const app = join(folder, "app");
  mkdirSync(app);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(app, name), text);
  return (await readApp(app, app)).processes;
}

const LIFECYCLE = "install start stop restart:\n\ttrue\n";
const START = '{"scripts":{"start":"node ."}}';
const RAILS = "GEM\n  specs:\n    rails (8.0.1)\n      railties (= 8.0.1)\n    railties (8.0.1)\n";
const RACK = "GEM\n  specs:\n    railties-like (1)\n    rack (3.1)\n";
const RAILS_SERVER = "bundle exec rails server -b 0.0.0.0 -p $PORT -e $RAILS_ENV";

describe("an app without a Procfile runs Heroku's default", () => {
  it.each<[string, Record<string, string>, string]>([
    ["what npm start runs", { "package.json": START }, "node ."],
    [
      "its prestart first",
      { "package.json": '{"scripts":{"start":"node .","prestart":"./check"}}' },
      "./check && node .",
    ],
    ["npm's own default for start", { "package.json": "{}", "server.js": "" }, "node server.js"],
    ["rails server", { Gemfile: "", "Gemfile.lock": RAILS }, RAILS_SERVER],
    ["rails server, which npm only builds for", { "Gemfile.lock": RAILS, "package.json": START }, RAILS_SERVER],
    ["rackup", { "Gemfile.lock": RACK, "config.ru": "" }, "bundle exec rackup config.ru -p $PORT"],
    [
      "npm start beside a Makefile that does not manage it",
      { "package.json": START, Makefile: "install:\n" },
      "node .",
    ],
  ])("%s", async (_, files, command) => {
    expect(await processesOf(files)).toEqual([{ name: "web", command }]);
  });
});

it("counts for nothing where a Procfile says what runs", async () => {
  const files = { "package.json": START, Procfile: "worker: node work\nrelease: node migrate\nweb: node serve\n" };
  expect(await processesOf(files)).toEqual([
    { name: "web", command: "node serve" },
    { name: "worker", command: "node work" },
  ]);
});

it("counts for nothing where a Makefile manages the app", async () => {
  expect(await processesOf({ "package.json": START, Makefile: LIFECYCLE })).toMatchObject([{ command: "make start" }]);
});

it.each<[string, Record<string, string>]>([
  ["a package.json without start", { "package.json": '{"scripts":{"test":"jest"}}' }],
  ["neither Rails nor Rack", { Gemfile: "", "Gemfile.lock": RACK }],
])("is missing for %s, which is refused", async (_, files) => {
  await expect(processesOf(files)).rejects.toThrow(
    `${join(folder, "app")}: has no Procfile, and nothing says what to run: no script 'start' in package.json, no server.js, ` +
      "and neither Rails nor Rack in Gemfile.lock; write a Procfile such as 'web: node server.js'",
  );
});
