import { attachmentResources } from "./attachments";
import { auditResources } from "./audit";
import { balancingResources } from "./balancing";
import { bucketResources } from "./bucket";
import { computeResources } from "./compute";
import { discoveryResources } from "./discovery";
import { domainResources } from "./domain";
import { identityResources } from "./identity";
import { keyResources } from "./keys";
import { networkResources } from "./network";
import { notificationResources } from "./notifications";
import type { Context, Create, Created, Inputs } from "./resource";
import { watchingResources } from "./watching";

const resources: Readonly<Record<string, Create>> = {
  ...attachmentResources,
  ...auditResources,
  ...balancingResources,
  ...bucketResources,
  ...computeResources,
  ...discoveryResources,
  ...domainResources,
  ...identityResources,
  ...keyResources,
  ...networkResources,
  ...notificationResources,
  ...watchingResources,
};

/**
 * Creates a declared resource in the local region.
 * @throws Error naming the resource when its type has no counterpart here, or when AWS's stand-in refuses it.
 */
export async function createResource(context: Context, type: string, name: string, inputs: Inputs): Promise<Created> {
  const create = resources[type];
  if (!create) throw new Error(`${name}: the local region has no counterpart of ${type}; add one in local/provision`);
  try {
    return await create(context, inputs, name);
  } catch (error) {
    throw new Error(`${name} (${type}): ${(error as Error).message}`, { cause: error });
  }
}
