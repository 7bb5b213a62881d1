import { asFields, asText } from "../values";

/** What somebody asked for in Slack. */
export interface Order {
  readonly action: "promote" | "rollback";
  readonly package: string;
  /** Empty for a rollback to the last version that was good. */
  readonly version: string;
  /** Who asked: the ID of a Slack user, which nobody can change. */
  readonly by: string;
  /** When, as Slack signed it, ISO 8601: a replay says the same. Empty in orders of before 0.8. */
  readonly asked: string;
}

/** A Debian package name (Debian Policy 5.6.1). */
const PACKAGE = /^[a-z0-9][a-z0-9+.-]+$/;
/** A Debian version (deb-version(7)). */
const VERSION = /^(\d{1,9}:)?\d[A-Za-z0-9.+~-]*$/;

const USAGE = {
  promote: "Write `/promote PACKAGE VERSION`, for example `/promote hello 1.1.0`.",
  rollback: "Write `/rollback PACKAGE` or `/rollback PACKAGE VERSION`, for example `/rollback hello`.",
} as const;

/**
 * Reads a slash command.
 *
 * @param command as typed, `/promote` or `/rollback`
 * @param text what follows it
 * @param by ID of the user
 * @param asked when, ISO 8601
 * @returns the order, or a sentence that says what is wrong
 */
export function parseCommand(command: string, text: string, by: string, asked: string): Order | string {
  const action = command === "/promote" ? "promote" : command === "/rollback" ? "rollback" : undefined;
  if (action === undefined) return `${command} is no command of towline's: it knows /promote and /rollback.`;
  const [name = "", version = "", ...rest] = text.trim().split(/\s+/);
  if (name === "" || rest.length > 0 || (version === "" && action === "promote")) return USAGE[action];
  if (!PACKAGE.test(name)) return `"${name}" is no name of a Debian package. ${USAGE[action]}`;
  if (version !== "" && !VERSION.test(version)) return `"${version}" is no version. ${USAGE[action]}`;
  return { action, package: name, version, by, asked };
}

/** Reads an order the function has sent itself. */
export function parseOrder(event: unknown): Order | undefined {
  const fields = asFields(asFields(event)?.order);
  const [name, by] = [asText(fields?.package), asText(fields?.by)];
  const action = fields?.action;
  if (name === undefined || by === undefined || (action !== "promote" && action !== "rollback")) return undefined;
  return { action, package: name, version: asText(fields?.version) ?? "", by, asked: asText(fields?.asked) ?? "" };
}
