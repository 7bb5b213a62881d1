import { shortenArns } from "../aws/arn";
import { readEvent } from "../event/event";
import { line } from "../line";
import { facts } from "../slack/message";
import { asNumber, asText } from "../values";
import { type Formatter, serviceReport } from "./formatter";

/** Days in which a certificate has to be dealt with today. */
const SOON = 7;

/** A certificate of ACM comes to its end, or came to it. */
export const formatCertificate: Formatter = (notification) => {
  const event = readEvent(notification);
  const days = asNumber(event?.fields.DaysToExpiry);
  const isExpired = event?.kind === "ACM Certificate Expired";
  if (event === undefined || (days === undefined && !isExpired)) return undefined;
  const arn = event.resources[0];
  const name =
    asText(event.fields.CommonName) ?? asText(event.fields.DomainName) ?? shortenArns(arn ?? "without a name");
  const severity = isExpired || (days ?? 0) <= SOON ? "danger" : "warning";
  const when = isExpired
    ? "has expired"
    : days === 0
      ? "expires today"
      : `expires in ${days} ${days === 1 ? "day" : "days"}`;
  return serviceReport(
    severity,
    line`ACM certificate ${name} ${when}.`,
    event.place,
    facts({ Certificate: arn, Expires: asText(event.fields.ExpirationDate) }),
  );
};
