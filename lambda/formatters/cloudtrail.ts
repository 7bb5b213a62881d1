import { shortenArns } from "../aws/arn";
import { errorClause } from "../aws/error";
import { readEvent } from "../event/event";
import { entriesOf, search } from "../event/search";
import { line } from "../line";
import { codeBlock, facts } from "../slack/message";
import { outline } from "../slack/outline";
import { asFields, asText, type Fields } from "../values";
import { type Formatter, serviceReport } from "./formatter";

/** Calls that switch off what watches over an account, or let others in. */
const GRAVE =
  /^(Stop(Logging|Config)|Delete(Trail|Detector|FlowLogs)|UpdateTrail|Disable|ScheduleKeyDeletion|Create(AccessKey|LoginProfile)|(Put|Attach|Delete|Detach)\w*Policy|AuthorizeSecurityGroup)/;

/** What a call is about, among its parameters. */
const TARGET = [/name$/, /(id|arn)$/];

/** Who called which of AWS's APIs, or signed in: CloudTrail, as EventBridge tells it. */
export const formatCloudTrail: Formatter = (notification) => {
  const event = readEvent(notification);
  const call = asText(event?.fields.eventName);
  const identity = asFields(event?.fields.userIdentity);
  if (event === undefined || call === undefined || identity === undefined) return undefined;
  const { fields } = event;
  const who = whoIs(identity);
  const from = asText(fields.sourceIPAddress);
  const signIn = asFields(fields.responseElements)?.ConsoleLogin;
  const code = asText(fields.errorCode) ?? (signIn === "Failure" ? signIn : undefined);
  const error = errorClause(asText(fields.errorMessage) ?? "");
  const refusal = code && ` was refused: ${[code, error].filter(Boolean).join(": ")}`;
  const parameters = asFields(fields.requestParameters) ?? {};
  const target = search(entriesOf(parameters), TARGET);
  const which = target && shortenArns(target);
  const service = asText(fields.eventSource)?.replace(/\.amazonaws\.com$/, "");
  const isSignIn = call === "ConsoleLogin";
  const withoutMfa = asFields(fields.additionalEventData)?.MFAUsed === "No" ? " without MFA" : "";
  return serviceReport(
    code !== undefined || identity.type === "Root" || GRAVE.test(call) ? "warning" : "info",
    isSignIn
      ? line`${who} ${code === undefined ? "signed in to" : "could not sign in to"} the console${withoutMfa}${from && ` from ${from}`}.`
      : line`${who}${refusal ? "'s call of" : " called"} ${service && `${service}: `}${call}${which && ` on ${which}`}${refusal}.`,
    event.place,
    facts({ Who: who, Call: call, On: which, From: from, Error: code }),
    Object.keys(parameters).length === 0 ? undefined : codeBlock(outline(parameters)),
  );
};

/** `alice`, `deploy (role Admin)`, `root`. */
function whoIs(identity: Fields): string {
  if (identity.type === "Root") return "root";
  const arn = shortenArns(asText(identity.arn) ?? "");
  const [, role, session] = arn.match(/^assumed-role\/([^/]+)\/(.+)$/) ?? [];
  if (role !== undefined) return `${session} (role ${role})`;
  return asText(identity.userName) ?? (arn.replace(/^user\//, "") || (asText(identity.invokedBy) ?? "somebody"));
}
