import { ALARMS } from "./alarms";
import { BAKES } from "./bakes";
import { BOOTS } from "./boots";
import { FAULTS } from "./faults";
import { FREEZES } from "./freezes";
import { LEASE } from "./lease";
import { LIARS } from "./liars";
import type { Scenario } from "./scenario";
import { SETS } from "./sets";
import { SLOTS } from "./slots";
import { TRIALS } from "./trials";
import { VERDICTS } from "./verdicts";

export type { Scenario } from "./scenario";

/** What the simulator plays on each run. */
export const SCENARIOS: readonly Scenario[] = [
  ...TRIALS,
  ...VERDICTS,
  ...BOOTS,
  ...LEASE,
  ...SLOTS,
  ...ALARMS,
  ...BAKES,
  ...FREEZES,
  ...FAULTS,
  ...SETS,
  ...LIARS,
];
