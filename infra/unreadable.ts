/** What a user can have done to a file, by the operating system's code of the error. */
const REASONS: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  EACCES: "you may not read it",
  EPERM: "you may not read it",
  ENOTDIR: "what it lies in is no folder",
  ELOOP: "it is a link that leads back to itself",
};

/** Why a file that a user named cannot be read, in words; undefined where that is no mistake of the user's. */
export function whyUnreadable(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code !== undefined && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
}
