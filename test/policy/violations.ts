import type { PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import type { Declared } from "../../infra/synth";
import { rules } from "../../policy/rules";

/** A resource as a program declares it; its name in what is found is `urn`, or "it". */
export type Given = Pick<Declared, "type" | "inputs"> & { readonly urn?: string; readonly name?: string };

/** Runs every rule over resources as Pulumi's engine does, and tells what was found as `<rule> <name>: <message>`. */
export async function violations(given: readonly Given[]): Promise<string[]> {
  const found: string[] = [];
  const resources = given.map(asPulumiPasses);
  for (const rule of rules) {
    const report = (message: string, urn?: string): void => {
      found.push(`${rule.name} ${urn ?? current}: ${message}`);
    };
    let current = "";
    if ("validateStack" in rule) await rule.validateStack({ resources } as unknown as StackValidationArgs, report);
    else {
      for (const resource of resources) {
        current = resource.urn;
        for (const check of [rule.validateResource ?? []].flat()) {
          await applicable(() => check(resource as unknown as ResourceValidationArgs, report));
        }
      }
    }
  }
  return found;
}

/** How a rule says that a resource is of a type it has nothing to say about. */
class NotApplicable extends Error {}

async function applicable(check: () => unknown): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof NotApplicable)) throw error;
  }
}

function asPulumiPasses({ type, inputs, urn = "it" }: Given): PolicyResource {
  const isType = (kind: unknown): boolean => (kind as { __pulumiType: string }).__pulumiType === type;
  const asType = (kind: unknown) => (isType(kind) ? inputs : undefined);
  const notApplicable = () => {
    throw new NotApplicable();
  };
  return { type, props: inputs, urn, isType, asType, notApplicable } as unknown as PolicyResource;
}
