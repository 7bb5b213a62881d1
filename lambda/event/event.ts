import { firstPlace, type Place, placeOfArn } from "../aws/place";
import type { Notification } from "../notification";
import { asFields, asList, asText, type Fields } from "../values";

/** What a service tells: through EventBridge, as JSON on a topic, or there as lines of text. */
export interface Event {
  /** EventBridge's `source`: `aws.ecs`. */
  readonly source?: string;
  /** EventBridge's `detail-type`: `ECS Task State Change`. */
  readonly kind?: string;
  /** What is told: EventBridge's `detail`, else the whole message. */
  readonly fields: Fields;
  /** The ARNs of what it is about, as far as EventBridge names them. */
  readonly resources: readonly string[];
  readonly place: Place;
}

/** More lines than this are a document, not fields. */
const MAX_LINES = 60;
/** `Name: value`, as most services write to a topic, or `Name='value'`, as CloudFormation does. */
const LINE = /^([A-Za-z][\w /-]{0,40}?) *(?:: |=) *(\S.*)$/;

/** @returns undefined where the message has no fields: prose, lists, numbers */
export function readEvent({ body, text, topicArn }: Notification): Event | undefined {
  const fields = asFields(body) ?? (body === undefined ? linesOf(text) : undefined);
  if (fields === undefined) return undefined;
  const kind = asText(fields["detail-type"]);
  const resources = asList(kind === undefined ? undefined : fields.resources).flatMap((arn) => asText(arn) ?? []);
  const place = { region: asText(fields.region), account: asText(fields.account) };
  return {
    source: asText(fields.source),
    kind,
    fields: kind === undefined ? fields : (asFields(fields.detail) ?? {}),
    resources,
    place: firstPlace(place, ...resources.map(placeOfArn), placeOfArn(topicArn)),
  };
}

/** A text most of whose lines are fields. */
function linesOf(text: string): Fields | undefined {
  const lines = text
    .slice(0, 8000)
    .split("\n")
    .filter((each) => each.trim() !== "");
  if (lines.length < 2 || lines.length > MAX_LINES) return undefined;
  const pairs = lines.flatMap((each) => {
    const [, name, value] = LINE.exec(each.trim()) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value.replace(/^'(.*)'$/, "$1")] as const];
  });
  return pairs.length * 2 > lines.length ? Object.fromEntries(pairs) : undefined;
}
