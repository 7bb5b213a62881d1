import { InputError } from "../errors";

/** Values by name. */
export type Values = Readonly<Record<string, string>>;

/** What systemd hands to a process goes through execve(2), which takes no longer string (MAX_ARG_STRLEN). */
const LONGEST_ASSIGNMENT = 131_071;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const GIVEN_BY_PACKAGE = ["PORT", "APP_NAME", "APP_VERSION"];
const GIVEN_BY_HOST = /^TOWLINE_/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL_CHARACTER = /[\x00-\x08\x0b-\x1f\x7f]/;
/** Code points that are for no text: U+FDD0 to U+FDEF, and the last two of every plane. */
const NONCHARACTER = /\p{Noncharacter_Code_Point}/u;

/** What is wrong with a name for an environment variable; undefined where it may be set. Holds no value. */
export function faultOfName(name: string): string | undefined {
  if (!NAME.test(name)) return "a name has letters, digits and '_', and starts with no digit";
  if (GIVEN_BY_PACKAGE.includes(name)) return `${name} is given to each process by its package`;
  if (GIVEN_BY_HOST.test(name))
    return `${name} is not an app's to set: names that begin with TOWLINE_ say where it runs`;
  return undefined;
}

/**
 * What is wrong with a value; undefined where systemd hands it to a process as it is. systemd drops a value with a control
 * character, and with invalid UTF-8 the whole file. Holds nothing of the value.
 */
export function faultOfValue(name: string, value: string): string | undefined {
  if (CONTROL_CHARACTER.test(value)) {
    return `the value of ${name} holds a control character other than tab and newline, which systemd does not pass on`;
  }
  if (!value.isWellFormed() || NONCHARACTER.test(value)) return `the value of ${name} is no valid UTF-8`;
  const length = Buffer.byteLength(`${name}=${value}`);
  if (length >= LONGEST_ASSIGNMENT) {
    return `the value of ${name} is too long: with its name it has ${length} bytes, and a process takes fewer than ${LONGEST_ASSIGNMENT}`;
  }
  return undefined;
}

/** @throws InputError unless the name may be set */
export function checkName(name: string): void {
  const fault = faultOfName(name);
  if (fault === undefined) return;
  throw new InputError(NAME.test(name) ? fault : `'${name}' is not the name of a setting: ${fault}`);
}

/** @throws InputError unless the value can be passed on as it is */
export function checkValue(name: string, value: string): void {
  const fault = faultOfValue(name, value);
  if (fault !== undefined) throw new InputError(fault);
}
