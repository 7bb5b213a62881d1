import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { type Plain, plainMap } from "./plain";

/** One resource a program declares, with all that is known about it when it reaches Pulumi's engine. */
export interface Declared {
  readonly urn: string;
  /** Pulumi's type token, such as `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** Name in the program. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, Plain>>;
  /** URN of the component it belongs to; absent for the stack itself. */
  readonly parent?: string;
  /** URNs of what has to exist first. */
  readonly dependencies: readonly string[];
  /** The same by input property. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Resource options that were set, by the name the program gives them. */
  readonly options: Readonly<Record<string, Plain>>;
  /** What a component, or the stack, registered as its outputs. */
  outputs?: Readonly<Record<string, Plain>>;
}

/** The resource a registration declares. */
export function declaredBy(urn: string, request: RegisterResourceRequest): Declared {
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    inputs: properties(request),
    ...(request.getParent() && { parent: request.getParent() }),
    dependencies: [...request.getDependenciesList()].sort(),
    propertyDependencies: propertyDependencies(request),
    options: optionsOf(request),
  };
}

/** The resource a read, such as `aws.s3.Bucket.get`, refers to. */
export function readBy(urn: string, request: ReadResourceRequest): Declared {
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    inputs: properties({ getObject: () => request.getProperties() }),
    ...(request.getParent() && { parent: request.getParent() }),
    dependencies: [...request.getDependenciesList()].sort(),
    propertyDependencies: {},
    options: { id: request.getId() },
  };
}

function properties(request: Pick<RegisterResourceRequest, "getObject">): Record<string, Plain> {
  return plainMap((request.getObject()?.toJavaScript() ?? {}) as Record<string, Plain>);
}

function propertyDependencies(request: RegisterResourceRequest): Record<string, readonly string[]> {
  const byProperty: [string, string[]][] = [];
  request.getPropertydependenciesMap().forEach((dependencies, property) => {
    const urns = dependencies.getUrnsList();
    if (urns.length > 0) byProperty.push([property, [...urns].sort()]);
  });
  return Object.fromEntries(byProperty.sort());
}

function optionsOf(request: RegisterResourceRequest): Record<string, Plain> {
  const timeouts = request.getCustomtimeouts();
  return setOf({
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    deletedWith: request.getDeletedwith(),
    import: request.getImportid(),
    provider: request.getProvider(),
    version: request.getVersion(),
    customTimeouts:
      timeouts &&
      setOf({
        create: timeouts.getCreate(),
        update: timeouts.getUpdate(),
        delete: timeouts.getDelete(),
      }),
  });
}

function setOf(all: Readonly<Record<string, Plain | undefined>>): Record<string, Plain> {
  const set = Object.entries(all).filter(([, value]) => !isUnset(value));
  return Object.fromEntries(set) as Record<string, Plain>;
}

function isUnset(value: Plain | undefined): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === "" || value === false;
}
