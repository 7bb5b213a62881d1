import { Core } from "../../simulator/core";
import { large, play, type Schedule, schedule } from "../../simulator/schedule";

/** How many schedules there are, beginning with which seed; more where somebody asks for them. */
const SCHEDULES = Number(process.env.TOWLINE_SCHEDULES ?? 40);
const FIRST_SEED = Number(process.env.TOWLINE_SEED ?? 1);

jest.setTimeout(Math.max(600_000, SCHEDULES * 5_000));

/** What goes wrong in a schedule, with what was drawn. */
function failures(core: Core, made: Schedule): string[] {
  return play(core, made).map((what) => `seed ${made.world.beginning.seed} (${made.story.join("; ")}): ${what}`);
}

test(`${SCHEDULES} groups of 1 to 100 hosts, from seed ${FIRST_SEED} on, keep every promise`, () => {
  const core = new Core();
  const found: string[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES && found.length < 20; seed++)
    found.push(...failures(core, schedule(seed)));
  expect(found).toEqual([]);
});

test(`3 groups of 1,000 hosts and one of 10,000, from seed ${FIRST_SEED} on, keep a bad version on its canary`, () => {
  const core = new Core();
  const sizes = [1000, 1000, 1000, 10_000];
  expect(sizes.flatMap((hosts, i) => failures(core, large(FIRST_SEED + i, hosts)))).toEqual([]);
});
