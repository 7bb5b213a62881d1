import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Declared, type SynthesizeOptions, synthesize } from "../../infra/synth";

/** A key for stacks that have none of their own. */
export const placeholderKey = path.resolve(__dirname, "../../infra/synth/placeholder.asc");

/** Synthesizes a stack of the given groups and, beside them, other sections. */
export async function stackOf(
  groups: object,
  sections: object = {},
  stack = "qa",
  options: Pick<SynthesizeOptions, "cloud" | "preview"> = {},
): Promise<Declared[]> {
  const dir = mkdtempSync(path.join(tmpdir(), "towline-groups-"));
  try {
    const config = {
      "aws:region": "eu-west-1",
      "towline:repository": { bucket: `acme-${stack}` },
      "towline:groups": groups,
      ...sections,
    };
    writeFileSync(path.join(dir, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
    return await synthesize(stack, { ...options, dir, config: { "towline:signingKey": placeholderKey } });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

export function all(stack: readonly Declared[], type: string): Declared[] {
  return stack.filter((entry) => entry.type === type);
}

export function one(stack: readonly Declared[], type: string, name?: string): Declared {
  const [found, ...others] = all(stack, type).filter((entry) => name === undefined || entry.name === name);
  if (found === undefined || others.length > 0) throw new Error(`not exactly one resource is ${type} ${name ?? ""}`);
  return found;
}
