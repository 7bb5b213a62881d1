import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { codeOf, InputError } from "../errors";
import { toolFailure, tryTool } from "../tool";
import { controlField, RELEASE_FIELD } from "./control";

/** A .deb on this machine. */
export interface DebFile {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly path: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** The release of Debian that its native code was built for; absent where it holds none, or nobody said. */
  readonly release?: string;
}

/**
 * Reads what a .deb says about itself.
 * @throws InputError when there is no such file or it is no Debian package.
 */
export async function readDeb(path: string): Promise<DebFile> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw codeOf(error) === "ENOENT" ? new InputError(`${path}: there is no such file`) : error;
  });
  const fields = await tryTool("dpkg-deb", ["--field", path, "Package", "Version", "Architecture", RELEASE_FIELD]);
  if (fields.exitCode !== 0)
    throw new InputError(`${path}: is not a Debian package: ${toolFailure("dpkg-deb", fields)}`);
  const field = (name: string): string => {
    const value = controlField(fields.stdout, name);
    if (value === undefined) throw new InputError(`${path}: its control file has no field ${name}`);
    return value;
  };
  const release = controlField(fields.stdout, RELEASE_FIELD);
  return {
    name: field("Package"),
    version: field("Version"),
    architecture: field("Architecture"),
    path,
    sha256: await sha256OfFile(path),
    size,
    ...(release !== undefined && { release }),
  };
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
