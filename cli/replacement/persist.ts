import { setTimeout as sleep } from "node:timers/promises";
import { isDenied } from "../aws";
import { InputError, UserError } from "../errors";

/** How long, and how often, something is asked again. */
export interface Patience {
  /** Seconds. */
  readonly timeout: number;
  /** Seconds between two tries. @default 5 */
  readonly pause?: number;
  readonly show: (text: string, step: string) => void;
}

/**
 * Does `work`, again and again while AWS refuses it: one call that fails must not leave a group between two versions.
 * @throws UserError the last refusal, when the time is up; at once what waiting does not mend: wrong input, missing rights
 */
export async function persist<T>({ timeout, pause = 5, show }: Patience, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + timeout * 1000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UserError) || isFinal(error) || Date.now() > deadline) throw error;
      show(`${error.message}; trying again`, error.message);
      await sleep(pause * 1000);
    }
  }
}

function isFinal(error: UserError): boolean {
  return error instanceof InputError || isDenied(error);
}
