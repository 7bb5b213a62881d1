import { attemptApi } from "../slack/api";
import { describeFailure } from "../slack/retry";
import { asFields, asList, asText } from "../values";

const TIMEOUT_MS = 1000;
/** How long the members of a group are remembered, in milliseconds. */
const REMEMBERED_MS = 5 * 60_000;

/** Who may give orders: users by ID, and the members of a Slack user group. */
export class Permission {
  private members: { readonly users: ReadonlySet<unknown>; readonly until: number } | undefined;

  /** @param readMembers lists the users of the group; absent where no group may */
  constructor(
    private readonly users: readonly string[],
    private readonly readMembers: (() => Promise<readonly unknown[]>) | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws when the members cannot be read */
  async isAllowed(user: string): Promise<boolean> {
    if (user === "") return false;
    if (this.users.includes(user)) return true;
    if (this.readMembers === undefined) return false;
    if (this.members === undefined || this.members.until < this.now()) {
      this.members = { users: new Set(await this.readMembers()), until: this.now() + REMEMBERED_MS };
    }
    return this.members.users.has(user);
  }
}

/** @throws naming Slack's reason, such as `missing_scope`: the bot needs `usergroups:read` */
export async function membersOf(origin: string, token: string, userGroup: string): Promise<readonly unknown[]> {
  const result = await attemptApi(origin, token, "usergroups.users.list", { usergroup: userGroup }, TIMEOUT_MS);
  if ("value" in result) return asList(result.value.users);
  throw new Error(`the members of user group ${userGroup} cannot be read: ${describeFailure(result.failure)}`);
}

/** A user's real name; undefined where it cannot be read, which is logged: the bot needs `users:read`. */
export async function realName(
  origin: string,
  readToken: () => Promise<string>,
  user: string,
): Promise<string | undefined> {
  try {
    const result = await attemptApi(origin, await readToken(), "users.info", { user }, TIMEOUT_MS);
    if ("value" in result) return asText(asFields(result.value.user)?.real_name) || undefined;
    console.error(`the name of ${user} is not known: ${describeFailure(result.failure)}`);
  } catch (error) {
    console.error(`the name of ${user} is not known: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}
