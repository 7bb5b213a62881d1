import { readFileSync } from "node:fs";
import { CORE_FILE, Core } from "../../simulator/core";
import { MUTANTS } from "../../simulator/mutants";
import { SCENARIOS, type Scenario } from "../../simulator/scenarios";
import { run } from "../../simulator/world";

/** How many schedules of each scenario there are, beginning with which seed; more where somebody asks for them. */
const SCHEDULES = Number(process.env.TOWLINE_SCHEDULES ?? 3);
const FIRST_SEED = Number(process.env.TOWLINE_SEED ?? 1);

jest.setTimeout(Math.max(60_000, SCHEDULES * 20_000));

/** What is wrong at the end of a scenario's schedules, by seed; stops at a core that fails. */
function failures(scenario: Scenario, core: Core, schedules: number): string[] {
  const worlds = Array.from({ length: schedules }, (_, i) => scenario.make(FIRST_SEED + i));
  run(core, worlds, scenario.until);
  return worlds.flatMap((world) =>
    [...world.broken, ...scenario.judge(world)].map((what) => `seed ${world.beginning.seed}: ${what}`),
  );
}

function named(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (!scenario) throw new Error(`there is no scenario "${name}"`);
  return scenario;
}

describe("by the program that hosts run,", () => {
  let core: Core;

  beforeAll(() => {
    core = new Core();
  });

  test.each(SCENARIOS)("$name", (scenario) => {
    expect(failures(scenario, core, SCHEDULES)).toEqual([]);
  });
});

describe("a fault in the program is seen:", () => {
  const program = readFileSync(CORE_FILE, "utf8");

  test.each(MUTANTS)("$name", ({ from, to, caughtBy, schedules = 1, fails }) => {
    expect(program.split(from)).toHaveLength(2);
    const core = new Core((text) => text.replace(from, () => to));
    const seen = () => failures(named(caughtBy), core, schedules);
    if (fails === undefined) expect(seen()).not.toEqual([]);
    else expect(seen).toThrow(fails);
  });
});
