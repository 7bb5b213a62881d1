import { readFile } from "node:fs/promises";
import { codeOf, InputError, messageOf, UserError } from "../errors";

/** Standard input, or what stands in for it. */
export type Input = AsyncIterable<Buffer | string> & { readonly isTTY?: boolean };

/**
 * The value of a setting: asked for without an echo on a terminal, else what standard input holds without its last line break.
 * @throws InputError when standard input is empty or no valid UTF-8
 */
export async function readValue(name: string, where: string, input: Input): Promise<string> {
  if (input.isTTY === true) return ask(`${name} of ${where}`);
  const text = await readAll(input, `the value of ${name}`);
  if (text === "") {
    throw new InputError(
      `standard input holds no value of ${name}: pipe it in, or run this in a terminal to be asked; a line break alone is the empty value`,
    );
  }
  return text.replace(/\r?\n$/, "");
}

/**
 * The text of a file, or of standard input where `path` is `-`.
 * @throws InputError when it cannot be read or is no valid UTF-8
 */
export async function readText(path: string, input: Input): Promise<string> {
  if (path === "-") return readAll(input, "standard input");
  const content = await readFile(path).catch((error: unknown) => {
    throw new InputError(
      codeOf(error) === "ENOENT" ? `${path}: there is no such file` : `${path}: cannot be read: ${messageOf(error)}`,
    );
  });
  return decode(content, path);
}

async function readAll(input: Input, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return decode(Buffer.concat(chunks), what);
}

function decode(content: Buffer, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (error) {
    throw new InputError(`${what} is no valid UTF-8`, { cause: error });
  }
}

async function ask(message: string): Promise<string> {
  const { default: password } = await import("@inquirer/password");
  try {
    const validate = (value: string) => value !== "" || "type a value; for the empty one pipe a line break in";
    return await password({ message, toggleMask: false, validate }, { output: process.stderr });
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError")
      throw new UserError("no value was given; nothing was changed", { cause: error });
    throw error;
  }
}
