import { resourceName } from "./names";

/** Tags of an AWS resource: key to value. */
export type Tags = Readonly<Record<string, string>>;

/** Tags that every resource of a stack carries. */
export function stackTags(stack: string): Tags {
  return { "towline:stack": stack };
}

/**
 * Tags of a group's instances, volumes and other resources. One map feeds them all: a provider's default tags reach
 * neither instances nor volumes.
 *
 * @param own tags from the group's configuration, which cannot replace towline's
 */
export function groupTags(stack: string, group: string, own: Tags): Tags {
  return { ...own, Name: resourceName(stack, group), ...stackTags(stack), "towline:group": group };
}
