import { checkAccount } from "./account-checks";
import type { StackConfig } from "./config";
import { buildStack, type StackOutputs } from "./stack";

/**
 * The whole program: looks whether what the configuration names is there and fits, and only then declares the stack, so that nothing is half made.
 *
 * @throws RunError, with a line for each key that names something which does not fit
 */
export async function declareStack(config: StackConfig): Promise<StackOutputs> {
  await checkAccount(config);
  return buildStack(config);
}
