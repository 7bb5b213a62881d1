import { PROJECT } from "../names";
import { architectureOf, architectureOfImage } from "./architecture";
import { type Fault, GROUPS } from "./fault";
import type { GroupConfig, StackConfig } from "./types";

/** Finds machines and images that are not of a group's architecture, as far as their names say. */
export function architectureFaults({ repository }: StackConfig, name: string, group: GroupConfig): Fault[] {
  const { architecture, image } = group;
  const own = architecture !== repository.architecture;
  const whose = own ? `${name}'s architecture` : "the repository's architecture";
  const change = own ? "change architecture" : `change ${PROJECT}:repository/architecture`;
  const types = instanceTypes(name, group)
    .filter(({ type }) => architectureOf(type) !== architecture)
    .map(({ path, type }) => ({
      path,
      sentence:
        `should be a type of ${whose}, which is ${architecture}, but ${type} is ${architectureOf(type)}. ` +
        `Take another type, as ${architecture === "arm64" ? "t4g.small" : "t3.small"}, or ${change}.`,
    }));
  const named = architectureOfImage(image);
  if (named === undefined || named === architecture) return types;
  const sentence = `should name an image of ${whose}, which is ${architecture}, but ${image} is one of ${named}. Name another, or ${change}.`;
  return [...types, { path: [GROUPS, name, "image"], sentence }];
}

/** The types that a group names, and where. */
export function instanceTypes(name: string, { instanceType, alternativeTypes }: GroupConfig) {
  return [
    { path: [GROUPS, name, "instanceType"], type: instanceType },
    ...alternativeTypes.map((type, index) => ({ path: [GROUPS, name, "alternativeTypes", index], type })),
  ];
}
