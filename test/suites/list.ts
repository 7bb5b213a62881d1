import { asOne, byJest, byLines } from "./counts";
import type { Suite } from "./suite";

/** Stands in a command for the file that its results go to. */
export const REPORT = "REPORT";

const NODE = "scripts/node";
// Synthesised stacks are thousands of promises, and what follows each of them through node's hooks takes a tenth of their time. Node 22 can do
// without, newer ones do.
const FRAMES = ["--experimental-async-context-frame"].filter((flag) => process.allowedNodeEnvironmentFlags.has(flag));
// Most of what tests make is gone at once: with room for it, node spends a seventh less on synthesised stacks.
const HEAP = "--max-semi-space-size=64";
const JEST = [NODE, ...FRAMES, HEAP, "node_modules/jest/bin/jest.js", "--json", `--outputFile=${REPORT}`];

const jestSuite = (name: string, title: string, ...options: string[]): Suite => ({
  name,
  title,
  command: [...JEST, ...options],
  lane: "tests",
  region: false,
  niceness: 5,
  count: byJest,
});

const story = (name: string, title: string, place: number, ...options: string[]): Suite => ({
  name,
  title,
  command: ["local/start", "--exit", ...options],
  env: { TOWLINE_PLACE: String(place), NO_COLOR: "1" },
  lane: name,
  region: true,
  count: byLines,
});

/** Tests of jest's that take as long as they take, and need root. */
const byRoot = (name: string, title: string, file: string): Suite => ({
  ...jestSuite(name, title, "--testPathIgnorePatterns=/node_modules/", "--runInBand", "--testTimeout=3600000", file),
  lane: name,
  region: true,
});

/** Everything that `npm test` runs by itself. The stories mostly wait for hosts, so that the rest runs beside them. */
export const SUITES: readonly Suite[] = [
  story("story", "the story of releases, in the local region", 1, "--releases", "--baked-prod", "--port", "18081"),
  story("fleet", "the story of a fleet, in a second region", 2, "--fleet-only", "--baked", "--port", "18181"),
  {
    name: "lint",
    title: "lint",
    command: ["scripts/lint"],
    lane: "tests",
    region: false,
    niceness: 5,
    count: asOne,
  },
  {
    name: "types",
    title: "types",
    command: ["npm", "run", "--silent", "typecheck"],
    lane: "tests",
    region: false,
    niceness: 5,
    count: asOne,
  },
  jestSuite("unit", "unit tests"),
  jestSuite("integration", "integration tests", "--config", "jest.integration.config.js"),
  jestSuite("page", "the page, in a browser", "--config", "jest.browser.config.js"),
  // It only calculates, and nobody waits for it.
  {
    ...jestSuite("scale", "the simulator's many and large groups", "--config", "jest.scale.config.js"),
    lane: "scale",
    niceness: 15,
  },
  {
    name: "package",
    title: "packages in a real Debian",
    command: ["test/e2e/package", "--json", `--outputFile=${REPORT}`],
    lane: "fleet",
    region: true,
    count: byJest,
  },
  {
    name: "leaves-nothing",
    title: "nothing is left behind",
    command: ["test/e2e/leaves-nothing"],
    lane: "fleet",
    region: true,
    count: byLines,
  },
];

/** What takes too long for every run: `npm test -- rollout app toolchains` runs it, and nothing else does. */
export const BY_NAME: readonly Suite[] = [
  {
    ...byRoot(
      "app",
      "apps from their folders to two hosts and through an upgrade, in a region",
      "test/e2e/app.test.ts",
    ),
    limit: 90,
  },
  {
    ...byRoot("toolchains", "apps of several toolchains, each built in its clean root", "test/e2e/toolchains.test.ts"),
    limit: 120,
  },
  {
    ...story(
      "rollout",
      "rollouts in a group of eight hosts, in a region",
      4,
      "--rollout",
      "--baked",
      "--port",
      "18281",
    ),
    limit: 120,
  },
];

/** A quick run plays a part of what the simulator plays (test/simulator/scale.ts). */
export const QUICK: readonly Suite[] = ["lint", "types", "unit", "scale"].map((name) => {
  const suite = SUITES.find((one) => one.name === name) as Suite;
  if (name !== "scale") return suite;
  return { ...suite, title: `${suite.title}, a tenth of them`, env: { TOWLINE_QUICK: "1" } };
});
export const END_TO_END: readonly string[] = SUITES.filter((suite) => suite.region).map((suite) => suite.name);
