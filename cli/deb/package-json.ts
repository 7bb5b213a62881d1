import { z } from "zod";
import { InputError, messageOf } from "../errors";

const dependencies = z.record(z.string(), z.unknown()).optional().catch(undefined);

// As lenient as npm with what is not asked for here.
const schema = z.looseObject({
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
  workspaces: z.unknown().optional(),
  scripts: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** What a package.json says that decides how an app is built and run. */
export interface PackageJson {
  /** Whether it names any package to install. */
  readonly hasDependencies: boolean;
  readonly scripts: Readonly<Record<string, string>>;
}

/**
 * Reads a package.json.
 * @param path only for messages
 * @throws InputError when it is not JSON, or no object
 */
export function parsePackageJson(path: string, text: string): PackageJson {
  const result = schema.safeParse(parseJson(path, text));
  if (!result.success) throw new InputError(`${path}: is not a JSON object, as npm wants it`);
  const { dependencies, devDependencies, optionalDependencies, workspaces, scripts } = result.data;
  const names = [dependencies, devDependencies, optionalDependencies].flatMap((all) => Object.keys(all ?? {}));
  const lines = Object.entries(scripts ?? {}).flatMap(([name, line]) =>
    typeof line === "string" ? [[name, line]] : [],
  );
  return { hasDependencies: workspaces !== undefined || names.length > 0, scripts: Object.fromEntries(lines) };
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: is not JSON: ${messageOf(error)}`);
  }
}
