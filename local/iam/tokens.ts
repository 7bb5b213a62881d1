import { type ApiCall, type ApiReply, elements, queryError, queryReply } from "../region/calls";
import { ACCOUNT } from "../region/place";
import type { Caller } from "./gate";
import type { Keys } from "./keys";
import { roleId, roleSession } from "./principal";

/** STS: who a caller is, and credentials of roles. The gate has found that the caller may. */
export function answerTokens(keys: Keys, caller: Caller, { action, form }: ApiCall): ApiReply | undefined {
  if (action === "GetCallerIdentity") return queryReply(action, identity(caller));
  if (action !== "AssumeRole") return undefined;
  const [role, name] = [form.get("RoleArn") ?? "", form.get("RoleSessionName") ?? ""];
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) return queryError("ValidationError", `RoleSessionName: ${name}`);
  const principal = roleSession(role, name);
  const seconds = Number(form.get("DurationSeconds") ?? 3600);
  const made = keys.issue(principal, seconds);
  const credentials = elements({
    AccessKeyId: made.accessKeyId,
    SecretAccessKey: made.secretAccessKey,
    SessionToken: made.sessionToken,
    Expiration: made.expiration.toISOString(),
  });
  const user = elements({ AssumedRoleId: `${roleId(principal.role)}:${name}`, Arn: principal.arn });
  return queryReply(action, `<Credentials>${credentials}</Credentials><AssumedRoleUser>${user}</AssumedRoleUser>`);
}

function identity(caller: Caller): string {
  const [Arn, UserId] =
    caller === "administrator"
      ? [`arn:aws:iam::${ACCOUNT}:user/administrator`, "AIDALOCALREGION000000"]
      : [caller.arn, `${roleId(caller.role)}:${caller.session}`];
  return elements({ Arn, UserId, Account: ACCOUNT });
}
