import { Core } from "../../simulator/core";
import { forecast } from "../../simulator/forecast";
import { schedule } from "../../simulator/schedule";
import { FIRST_SEED, failures, QUICK } from "./scale";

// On a busy machine the largest takes minutes.
jest.setTimeout(1_800_000);

/** Groups of thousands of hosts, in which a release is played to its end. */
const SEEDS = (QUICK ? [0] : [0, 1, 2]).map((i) => FIRST_SEED + i);
const [LARGE, LARGEST] = QUICK ? [300, 300] : [1000, 10_000];
const question = (hosts: number, maxUnavailable: string) => ({
  ...{ hosts, policy: { maxUnavailable }, balanced: true },
  ...{ seed: FIRST_SEED, within: 1800 },
});

test.each(SEEDS)(`${LARGE} hosts at 25 % take a good version, seed %i, whatever goes wrong meanwhile`, (seed) => {
  const made = schedule(seed, { hosts: LARGE, policy: { maxUnavailable: "25%" }, balanced: true, kind: "good" });
  expect(failures(new Core(), made)).toEqual([]);
});

test(`${LARGEST} hosts at 10 % take a good version in half an hour of their time, and keep every promise`, () => {
  const found = forecast(new Core(), question(LARGEST, "10%"), "good");
  expect(found).toMatchObject({ broken: [], converged: LARGEST, reached: LARGEST });
  expect(found.seconds).toBeLessThanOrEqual(1800);
  expect(found.out).toBeLessThanOrEqual(LARGEST / 10);
});

test(`of ${LARGEST} hosts one tries a version that is not healthy, and the others hear of it`, () => {
  const found = forecast(new Core(), question(LARGEST, "25%"), "bad");
  expect(found).toMatchObject({ broken: [], converged: LARGEST, reached: 1 });
});
