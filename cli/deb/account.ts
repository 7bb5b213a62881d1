import { createHash } from "node:crypto";

// No package of an app has this prefix (reserved-names.ts), and no account of Debian's.
const PREFIX = "towline-";
/** systemd takes no longer one (sysusers.d(5)). */
const LONGEST = 31;

/** The account that an app's processes run as: nobody else's, whatever the app is called. */
export function accountOf(name: string): string {
  const account = `${PREFIX}${name}`;
  if (account.length <= LONGEST) return account;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${account.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
