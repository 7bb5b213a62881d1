import { Core } from "../../simulator/core";
import { newGroup, playNewGroup } from "../../simulator/new-group";

/** How many groups there are, beginning with which seed; more where somebody asks for them. */
const GROUPS = Number(process.env.TOWLINE_SCHEDULES ?? 40);
const FIRST_SEED = Number(process.env.TOWLINE_SEED ?? 1);

jest.setTimeout(Math.max(600_000, GROUPS * 5_000));

test(`${GROUPS} new groups, from seed ${FIRST_SEED} on, come to serve with the highest good version`, () => {
  const core = new Core();
  const found: string[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + GROUPS && found.length < 20; seed++) {
    const group = newGroup(seed);
    found.push(...playNewGroup(core, group).map((what) => `seed ${seed} (${group.story.join("; ")}): ${what}`));
  }
  expect(found).toEqual([]);
});
