import type * as pulumi from "@pulumi/pulumi";
import { usersFirst } from "./config";
import { Group, type GroupArgs } from "./group";
import type { PublicSide } from "./ingress";

/**
 * Declares a stack's groups. A group that is used lets in the groups that use it, so that these come first.
 *
 * @returns the groups by name
 */
export function buildGroups(
  args: Omit<GroupArgs, "ingress" | "users">,
  publicSide: PublicSide | undefined,
  options: pulumi.ComponentResourceOptions,
): ReadonlyMap<string, Group> {
  const configured = new Map(Object.entries(args.config.groups));
  const built = new Map<string, Group>();
  for (const name of usersFirst(args.config.groups)) {
    const group = configured.get(name);
    if (group === undefined) continue;
    const users = [...built].filter(([user]) => configured.get(user)?.uses.includes(name));
    const own = {
      ingress: publicSide?.ingresses.get(name),
      users: users.map(([, user]) => user.securityGroupId),
    };
    built.set(name, new Group(name, group, { ...args, ...own }, options));
  }
  return built;
}
