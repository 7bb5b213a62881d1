import { RunError } from "@pulumi/pulumi";
import { boundaryFaults } from "./account-checks/boundary";
import { listenerFaults } from "./account-checks/listener";
import { managedPolicyFaults } from "./account-checks/managed-policies";
import { networkFaults } from "./account-checks/network";
import { zoneFaults } from "./account-checks/zone";
import type { StackConfig } from "./config";

/**
 * Asks AWS about what the configuration names and the stack does not make, in a preview too.
 *
 * @throws RunError, which Pulumi shows as it is, with a line for each key that names something which is not there or does not fit
 */
export async function checkAccount(config: StackConfig): Promise<void> {
  const faults = await Promise.all([
    boundaryFaults(config),
    managedPolicyFaults(config),
    networkFaults(config),
    zoneFaults(config),
    listenerFaults(config),
  ]);
  const lines = faults
    .flat()
    .map(({ path, sentence }) => `Pulumi.${config.stack}.yaml: ${path.map(String).join("/")}: ${sentence}`);
  if (lines.length > 0) throw new RunError(lines.join("\n"));
}
