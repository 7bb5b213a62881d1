import { isPublishable, publishable } from "../../infra/config";
import type { DebFile } from "../deb/deb";
import { InputError } from "../errors";
import type { IndexedPackage } from "./packages";
import type { Shelf } from "./suite";

const MOST_NAMED = 20;

/** @throws InputError at a package that the stack does not run, and whose name its file does not give to the publisher */
export function refuseForeignName({ stack }: Shelf, files: readonly DebFile[]): void {
  for (const { name, path } of files) if (!isPublishable(stack.config, name)) throw foreign(stack, path, name, "");
}

/** The same of the folder that a package comes to lie in, which is its source's. @throws InputError */
export function refuseForeignFolder({ stack }: Shelf, { path }: DebFile, { filename }: IndexedPackage): void {
  const source = filename.split("/").at(-2) ?? "";
  if (!isPublishable(stack.config, source)) throw foreign(stack, path, source, "its source ");
}

function foreign({ name: stack, config }: Shelf["stack"], path: string, name: string, what: string): InputError {
  const names = publishable(config);
  const which = `${names.slice(0, MOST_NAMED).join(", ")}${names.length > MOST_NAMED ? " and others" : ""}`;
  return new InputError(
    `${path}: ${what}${name} is none of the packages that may be published in ${stack}, which are ${which}; have a group run it, or ` +
      `name it in towline:publisher.packages of Pulumi.${stack}.yaml, and run 'pulumi up -s ${stack}'`,
  );
}
