import { shortenArns } from "../aws/arn";
import { instancePage } from "../aws/console";
import { readEvent } from "../event/event";
import { judge } from "../event/severity";
import { line } from "../line";
import type { Severity } from "../report";
import { buttons, facts, paragraph } from "../slack/message";
import { asFields, asList, asText, type Fields, few } from "../values";
import { type Formatter, serviceReport } from "./formatter";

/** What AWS itself knows of trouble and of work to come: AWS Health, as EventBridge tells it. */
export const formatHealth: Formatter = (notification) => {
  const event = readEvent(notification);
  const code = asText(event?.fields.eventTypeCode);
  if (event === undefined || code === undefined) return undefined;
  const { fields } = event;
  const description = descriptionOf(fields);
  const entities = entitiesOf(fields, event.resources);
  const place = { ...event.place, region: asText(fields.eventRegion) ?? event.place.region };
  const isPlanned = fields.eventTypeCategory === "scheduledChange";
  const when = isPlanned ? asText(fields.startTime)?.replace(/:\d\d( GMT)?$/, "$1") : undefined;
  const isOver = fields.statusCode === "closed";
  const on = entities.length === 0 ? place.region && ` in ${place.region}` : ` on ${few(entities, 2)}`;
  return serviceReport(
    severity(code, fields, isOver, event.kind),
    line`AWS Health: ${nameOf(code, asText(fields.service))}${on}${isOver ? ", over" : ""}${when && `, from ${when}`}${description && `: ${description}`}`,
    place,
    paragraph(description),
    facts({
      Event: code,
      Affected: entities.slice(0, 20).join(", "),
      Starts: asText(fields.startTime),
      Ends: asText(fields.endTime),
    }),
    buttons({ Instance: instancePage(place, entities[0]) }),
  );
};

/** `AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED` is `EC2 instance store drive performance degraded`. */
function nameOf(code: string, service: string | undefined): string {
  const words = code.replace(/^AWS_/, "").replaceAll("_", " ");
  if (service === undefined || !words.startsWith(`${service} `)) return words.toLowerCase();
  return service + words.slice(service.length).toLowerCase();
}

function severity(code: string, { eventTypeCategory: category }: Fields, isOver: boolean, kind = ""): Severity {
  if (isOver) return category === "issue" ? "good" : "info";
  if (/abuse/i.test(kind)) return "danger";
  return category === "issue" || category === "scheduledChange" ? "warning" : judge({ state: code, words: "" });
}

function descriptionOf({ eventDescription }: Fields): string | undefined {
  const texts = (Array.isArray(eventDescription) ? eventDescription : [eventDescription]).map(asFields);
  const english = texts.find((text) => asText(text?.language)?.startsWith("en")) ?? texts[0];
  return asText(english?.latestDescription)?.replaceAll("\\n", "\n");
}

function entitiesOf({ affectedEntities }: Fields, resources: readonly string[]): string[] {
  const values = asList(affectedEntities).flatMap((entity) => asText(asFields(entity)?.entityValue) ?? []);
  return (values.length > 0 ? values : resources).map(shortenArns);
}
