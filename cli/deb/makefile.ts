import { type ProcessType, WEB } from "./process";

/** The targets of an app that manages itself: the host need not know what runs on it. */
export const LIFECYCLE_TARGETS = ["install", "start", "stop", "restart"] as const;

// A target at the start of a line and a colon that is no assignment; several may share a rule.
const RULE = /^([A-Za-z0-9_./-]+(?:[ \t]+[A-Za-z0-9_./-]+)*)[ \t]*::?(?![:=])/;

/** The targets that a Makefile names itself; those of files it includes are not seen. */
export function makefileTargets(text: string): Set<string> {
  return new Set(text.split("\n").flatMap((line) => RULE.exec(line)?.[1]?.split(/[ \t]+/) ?? []));
}

/** The lifecycle targets a Makefile lacks; none makes it an app. */
export function missingTargets(targets: ReadonlySet<string>): string[] {
  return LIFECYCLE_TARGETS.filter((target) => !targets.has(target));
}

/** The one process of an app that has a Makefile and no Procfile. */
export const MAKEFILE_PROCESS: ProcessType = {
  name: WEB,
  command: "make start",
  control: { stop: "make stop", restart: "make restart" },
};
