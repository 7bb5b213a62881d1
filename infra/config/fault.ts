import { PROJECT } from "../names";

/** What is wrong between values of a configuration that are right one by one. */
export interface Fault {
  /** Where the value to change is, in the configuration as it is after inheritance. */
  readonly path: readonly PropertyKey[];
  readonly sentence: string;
}

/** Key of the section that holds the groups. */
export const GROUPS = `${PROJECT}:groups`;

/** Key of what all roles of the stack have in common. */
export const ROLES = `${PROJECT}:roles`;

/** Key of the stack's network. */
export const NETWORK = `${PROJECT}:network`;

/** Key of how the load balancer is reached. */
export const LOAD_BALANCER = `${PROJECT}:loadBalancer`;
