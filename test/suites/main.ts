import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { affected } from "./changed";
import { BY_NAME, QUICK, SUITES } from "./list";
import { closing, ended, times } from "./report";
import { endAll, isStopped, runSuite } from "./run";
import type { Result, Suite } from "./suite";

const ROOT = join(__dirname, "..", "..");
const LOGS = join(ROOT, "dist", "test");

/** Runs the chosen suites and says how they went. @returns the exit code: 0 only where everything ran and passed */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "no-region": { type: "string" },
      "set-up-seconds": { type: "string", default: "0" },
      quick: { type: "boolean" },
      changed: { type: "string" },
    },
  });
  const chosen = choose(values.quick === true, values.changed, positionals);
  const possible = chosen.filter((suite) => !suite.region || values["no-region"] === undefined);
  mkdirSync(LOGS, { recursive: true });
  const began = Date.now();
  const results = await runLanes(possible, values.quick === true);
  const left = chosen.filter((suite) => !possible.includes(suite));
  for (const suite of left) console.log(`- ${suite.title}: SKIPPED, not passed: ${values["no-region"]}`);
  const setUp = Number(values["set-up-seconds"]);
  console.log(`\n${times(results, { setUp, all: setUp + (Date.now() - began) / 1000 })}`);
  const skipped = left.map(() => ({ passed: 0, failed: 0, skipped: 1 }));
  console.log(closing([...results, ...skipped]));
  const clean = results.every(({ failed }) => failed === 0);
  // A person sees what was skipped; continuous integration sees the exit code alone.
  const whole = process.env.CI === undefined || (left.length === 0 && results.every((result) => result.skipped === 0));
  return clean && whole ? 0 : 1;
}

function choose(quick: boolean, changed: string | undefined, names: readonly string[]): readonly Suite[] {
  if (changed !== undefined) return affected(ROOT, changed);
  if (quick) return QUICK;
  const wanted = names;
  if (wanted.length === 0) return SUITES;
  const all = [...SUITES, ...BY_NAME];
  const unknown = wanted.find((name) => !all.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    const known = all.map((suite) => suite.name).join(", ");
    console.error(`towline: npm test: there is no suite "${unknown}"; there are: ${known}`);
    process.exit(2);
  }
  return all.filter((suite) => wanted.includes(suite.name));
}

/** Suites of one lane one after the other, lanes side by side. @param apart whether each suite has a lane of its own */
async function runLanes(suites: readonly Suite[], apart: boolean): Promise<Result[]> {
  const results: Result[] = [];
  const laneOf = (suite: Suite) => (apart ? suite.name : suite.lane);
  const lanes = [...new Set(suites.map(laneOf))];
  await Promise.all(
    lanes.map(async (lane) => {
      for (const suite of suites.filter((one) => laneOf(one) === lane)) {
        if (isStopped()) return;
        console.log(`… ${suite.title}`);
        const result = await runSuite(suite, ROOT, LOGS);
        results.push(result);
        console.log(ended(result));
      }
    }),
  );
  return suites
    .map((suite) => results.find((result) => result.suite === suite))
    .filter((result) => result !== undefined);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    console.error(`towline: npm test: ended by ${signal}`);
    endAll();
    process.exitCode = 1;
  });
}

main().then(
  (code) => {
    process.exitCode ||= code;
  },
  (error: Error) => {
    console.error(`towline: npm test: ${error.message}`);
    process.exitCode = 1;
  },
);
