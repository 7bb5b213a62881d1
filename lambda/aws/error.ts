import { shortenArns } from "./arn";

/** AWS's refusals may end in some 1,400 characters that only `aws sts decode-authorization-message` can read. */
const CIPHERTEXT = /\s*Encoded authorization failure message: \S+/g;
const REQUEST = / \(Service: [^()]{0,300}\)|,? ?Request ?ID: [\w-]+/gi;
const REFUSAL =
  /(?:You are not authorized to perform this operation\. )?User: (?:(?:assumed-role|role|user)\/)?([^\s/]+)\S* is not authorized to perform: (\S+) on resource: (\S+)/;
const TOKEN = /(Instance failed to complete user's Lifecycle Action: )?(Lifecycle Action) with token ?[\w<>-]{1,64}/;
/** What says nothing of the cause: that it failed, and what to ask of AWS's own console. */
const PADDING =
  /(?<=^|[.…] )(Launching EC2 instance failed|(Please|Our system|You can use|You can currently)\b[^.]*(\.\w[^.]*)*)(\.|$)\s*/gi;

/** @returns the error without what no person can read */
export function withoutCiphertext(error: string): string {
  return error.replace(CIPHERTEXT, "");
}

/** @returns the error as a clause of the story: what went wrong, without tokens, accounts and advice that the remedy gives better */
export function errorClause(error: string): string {
  const words = withoutCiphertext(error).replace(REQUEST, "").replace(TOKEN, "$2");
  const cause = shortenArns(words).replace(REFUSAL, "$1 may not $2 on $3").replace(PADDING, "").trim();
  return (cause === "" ? words : cause).replace(/[.\s]+$/, "");
}
