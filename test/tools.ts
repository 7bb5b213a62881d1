import { spawnSync } from "node:child_process";

/** Fails a test that needs a program which is not there: left out in silence, it would look as if it had passed. @throws Error naming Debian's package */
export function need(program: string, debianPackage: string, ...args: string[]): void {
  const { status } = spawnSync(program, args.length > 0 ? args : ["--version"]);
  if (status !== 0)
    throw new Error(`${program} is missing: install ${debianPackage} (as root on Debian, scripts/setup test does)`);
}
