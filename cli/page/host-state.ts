import type { StatusRow } from "../fleet/status";

/** What a host is at, as a tile shows it. */
export type HostState =
  | "in service"
  | "booting"
  | "leaving"
  | "upgrading"
  | "back"
  | "stuck"
  | "silent"
  | "unhealthy"
  | "unknown"
  | "terminated";

/** Hosts whose last change failed, and which are back on what they ran before. */
const WENT_BACK = /^(?:.+? (?:was|were) rolled back|the upgrades? of .+? (?:was|were) put off)/;

/** One word for what a row of `towline status` says. What Auto Scaling says of an end goes before what the host says of itself. */
export function hostState(row: Pick<StatusRow, "lifecycle" | "state" | "health" | "error" | "silent">): HostState {
  const { lifecycle, state, health, error, silent } = row;
  if (lifecycle === "Terminated" || lifecycle === "Detached") return "terminated";
  if (/^(Terminating|Detaching|EnteringStandby|Standby)/.test(lifecycle)) return "leaving";
  if (/^(Pending|Warmed)/.test(lifecycle)) return "booting";
  if (silent) return "silent";
  switch (state) {
    case null:
      return "unknown";
    case "booting":
    case "leaving":
    case "upgrading":
      return state;
    case "failed":
      return "stuck";
    case "serving":
      if (health === "unhealthy") return "unhealthy";
      return WENT_BACK.test(error ?? "") ? "back" : "in service";
  }
}
