import type { Architecture } from "./types";

/**
 * The architecture of an EC2 instance type, by AWS's naming convention: a `g` among the letters after the generation stands
 * for Graviton (or Grace), as in m6g, c7gn, im4gn or p6e-gb200; a1 is older than the convention.
 */
export function architectureOf(instanceType: string): Architecture {
  return /^(a1|[a-z]+\d+[a-z-]*g[a-z0-9-]*)\./.test(instanceType) ? "arm64" : "amd64";
}
