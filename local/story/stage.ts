import { resourceName } from "../../infra/names";
import type { Member } from "../fleet/member";
import type { Progress } from "../progress";
import type { Region } from "../region/region";
import type { Environment } from "./environment";

/** What the steps of the story work on. */
export interface Stage {
  readonly region: Region;
  readonly staging: Environment;
  readonly prod: Environment;
  readonly progress: Progress;
}

/** How many hosts the group of the rollouts' story has. */
export const ROLLOUT_SIZE = 8;

/** The members of one of staging's groups. */
export function membersOf({ region }: Stage, group: string): Member[] {
  return region.fleet.members(resourceName("staging", group));
}

/** Adds a line under the step in the progress. */
export type Note = (text: string) => void;
