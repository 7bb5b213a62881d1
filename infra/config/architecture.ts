import type { Architecture } from "./types";

/**
 * The architecture of an EC2 instance type, by AWS's naming convention: a `g` among the letters after the generation stands
 * for Graviton (or Grace), as in m6g, c7gn, im4gn or p6e-gb200; a1 is older than the convention.
 */
export function architectureOf(instanceType: string): Architecture {
  return /^(a1|[a-z]+\d+[a-z-]*g[a-z0-9-]*)\./.test(instanceType) ? "arm64" : "amd64";
}

/** The architecture that the name of an image says, as Debian's and Amazon's do; undefined for one that says none, or both. */
export function architectureOfImage(parameter: string): Architecture | undefined {
  const [arm, intel] = [/(^|[/_.-])(arm64|aarch64)($|[/_.-])/, /(^|[/_.-])(amd64|x86[_-]64)($|[/_.-])/].map((name) =>
    name.test(parameter),
  );
  if (arm === intel) return undefined;
  return arm ? "arm64" : "amd64";
}
