import type { Outcome } from "./outcome";

/** What a host does next, in a sentence without its name. */
export function sentence({ does, says, takes }: Pick<Outcome, "does" | "says" | "takes">): string {
  const what = takes.map(
    ({ package: name, version, previous }) => `${name} ${version}${previous ? ` in place of ${previous}` : ""}`,
  );
  switch (does) {
    case "takes":
      return `takes ${what.join(" and ")}${says ? `: ${says}` : ""}`;
    case "waits":
      return says.replace(/^waiting/, "waits");
    case "nothing":
      return `stays as it is: ${says}`;
    case "cannot":
      return `takes nothing: ${says}`;
    default:
      return `${does}: ${says}`;
  }
}
