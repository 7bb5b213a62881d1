import { Core } from "../../simulator/core";
import { play, type Schedule, schedule } from "../../simulator/schedule";

/** A quick run plays a part of what a whole one does: `npm run test:quick` asks for it. */
export const QUICK = process.env.TOWLINE_QUICK !== undefined;
/** How many drawn schedules there are, beginning with which seed; more where somebody asks for them. */
export const SCHEDULES = Number(process.env.TOWLINE_SCHEDULES ?? (QUICK ? 100 : 1000));
export const FIRST_SEED = Number(process.env.TOWLINE_SEED ?? 1);
/** What goes wrong in a schedule, with what was drawn. */
export function failures(core: Core, made: Schedule): string[] {
  return play(core, made).map((what) => `seed ${made.world.beginning.seed} (${made.story.join("; ")}): ${what}`);
}

/** The test of one of several files, which run side by side: it plays every so many-th of the drawn schedules. */
export function testSchedules(part: number, parts: number): void {
  jest.setTimeout(Math.max(600_000, SCHEDULES * 5_000));

  test(`${SCHEDULES} groups of 1 to 100 hosts, from seed ${FIRST_SEED} on, keep every promise: part ${part} of ${parts}`, () => {
    const core = new Core();
    const found: string[] = [];
    const end = FIRST_SEED + SCHEDULES;
    for (let seed = FIRST_SEED + part - 1; seed < end && found.length < 20; seed += parts)
      found.push(...failures(core, schedule(seed)));
    expect(found).toEqual([]);
  });
}
