import { shortenArns } from "../aws/arn";
import { instancePage } from "../aws/console";
import { readEvent } from "../event/event";
import { entriesOf, search } from "../event/search";
import { judge, ofLabel } from "../event/severity";
import { line } from "../line";
import { buttons, facts, paragraph } from "../slack/message";
import { asFields, asList, asText, type Fields } from "../values";
import { type Formatter, serviceReport } from "./formatter";

const TARGET = [/^(instanceid|bucketname|resourceid|functionname|clustername|username)$/, /^resource(arn)?$/, /^name$/];

/** What GuardDuty, Security Hub, Inspector and Macie have found: each with a title and a severity. */
export const formatFinding: Formatter = (notification) => {
  const event = readEvent(notification);
  const finding = asFields(asList(event?.fields.findings)[0]) ?? event?.fields;
  const title = asText(finding?.title) ?? asText(finding?.Title);
  const level = levelOf(finding);
  if (event === undefined || finding === undefined || title === undefined || level === undefined) return undefined;

  const service = event.kind?.split(/2? Finding/, 1)[0] ?? "Security";
  const target = targetOf(finding, event.resources);
  const isOver = /"(RESOLVED|SUPPRESSED|PASSED|ARCHIVED|CLOSED)"/.test(statesOf(finding));
  const others = asList(event.fields.findings).length - 1;
  const severity = isOver ? "good" : (ofLabel(level) ?? judge({ words: title }));
  const on = target === undefined || title.includes(target) ? "" : ` (${target})`;
  return serviceReport(
    severity,
    line`${service}, severity ${sayLevel(level)}${isOver ? ", no longer" : ""}: ${title.replace(/\.$/, "")}${on}${others > 0 ? ` and ${others} more` : ""}.`,
    event.place,
    paragraph(asText(finding.description) ?? asText(finding.Description)),
    facts({ Type: asText(finding.type) ?? asText(asList(finding.Types)[0]), On: target }),
    buttons({ Instance: instancePage(event.place, target?.match(/\bi-[0-9a-f]+$/)?.[0]) }),
  );
};

/** A number, a word, or an object with one of both. */
function levelOf(finding: Fields | undefined): string | undefined {
  const level = finding?.severity ?? finding?.Severity;
  const { Label, label, description, score } = asFields(level) ?? {};
  const plain = Label ?? label ?? description ?? score ?? level;
  return typeof plain === "number" ? String(plain) : asText(plain);
}

/** GuardDuty's own names of its numbers. */
function sayLevel(level: string): string {
  const score = Number(level);
  if (Number.isNaN(score) || score > 10) return level.toLowerCase();
  return `${level} (${score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "medium" : "low"})`;
}

function targetOf(finding: Fields, resources: readonly string[]): string | undefined {
  const listed = asFields(asList(finding.Resources ?? finding.resources)[0]);
  const affected = asFields(finding.resourcesAffected);
  const own = asFields(finding.resource) ?? asFields(affected?.s3Bucket) ?? affected;
  const found = asText(listed?.Id) ?? asText(listed?.id) ?? (own && search(entriesOf(own), TARGET)) ?? resources[0];
  return found && shortenArns(found);
}

function statesOf(finding: Fields): string {
  return JSON.stringify([finding.Workflow, finding.Compliance, finding.RecordState, finding.status]) ?? "";
}
