import { duration } from "../duration";
import { asFields, asList, asNumber, asText, type Fields } from "../values";
import { quantitiesOf, type SayQuantity } from "./quantity";
import { unitOf } from "./units";

/** What a CloudWatch alarm watches for. Everything is missing in one real alarm or another. */
export interface Condition {
  /** As a person calls it: `CPU`, `TargetResponseTime (p99)`. */
  readonly metric?: string;
  /** `above`, `at or below`, `outside its band`. */
  readonly comparison?: string;
  readonly threshold?: number;
  /** Says a value of the metric with its unit: `2 GiB`. */
  readonly say: SayQuantity;
  /** Of a sum, the time it is of: ` per 5 min`; empty for what is measured. */
  readonly per: string;
  /** How long it has to last: `3 min`, `10 min of 15 min`; absent where `per` says it. */
  readonly span?: string;
  /** The same in seconds: at least so long before it went off, what it watches for began. */
  readonly lasts?: number;
  /** The dimensions: `InstanceId i-0abc`. */
  readonly dimensions: readonly string[];
}

const COMPARISON: ReadonlyMap<unknown, string> = new Map([
  ["GreaterThanThreshold", "above"],
  ["GreaterThanOrEqualToThreshold", "at or above"],
  ["LessThanThreshold", "below"],
  ["LessThanOrEqualToThreshold", "at or below"],
  ["LessThanLowerOrGreaterThanUpperThreshold", "outside its band"],
  ["GreaterThanUpperThreshold", "above its band"],
  ["LessThanLowerThreshold", "below its band"],
]);

/**
 * Reads an alarm's condition.
 *
 * @param trigger the `Trigger` of SNS's and Auto Scaling's messages, or the `configuration` of EventBridge's, whose keys
 *   begin with a small letter
 */
export function parseCondition(trigger: Fields | undefined): Condition {
  const { metric, label, statistic, period, unit } = readMetric(trigger);
  const name = asText(field(metric, "metricName")) ?? asText(field(metric, "name"));
  const threshold = asNumber(field(trigger, "threshold"));
  const isCounted = /^(sum|samplecount)$/i.test(statistic) && name !== undefined && period !== undefined;
  return {
    metric: label ?? (name && say(name, isCounted ? "" : statistic)),
    comparison: COMPARISON.get(field(trigger, "comparisonOperator")),
    threshold,
    say: quantitiesOf(unitOf(name ?? label, asText(field(metric, "namespace")), unit), threshold),
    per: isCounted ? ` per ${duration(period)}` : "",
    span: isCounted && asNumber(field(trigger, "evaluationPeriods")) === 1 ? undefined : span(period, trigger),
    lasts: lasts(period, trigger),
    dimensions: dimensions(field(metric, "dimensions")),
  };
}

/**
 * @param value the newest that it judged by, where that is known
 * @returns `CPU 83 % above 60 % for 3 min`; undefined when the alarm does not say what it watches
 */
export function sayCondition(
  { metric, comparison, threshold, say, per, span }: Condition,
  value?: number,
): string | undefined {
  if (metric === undefined || comparison === undefined) return undefined;
  const is = value === undefined ? "" : ` ${say(value)}`;
  const limit = threshold === undefined ? "" : ` ${say(threshold)}${per}`;
  return `${metric}${is} ${comparison}${limit}${span === undefined ? "" : ` for ${span}`}`;
}

/** @returns the field under its name or, as SNS writes it, with a capital */
export function field(fields: Fields | undefined, name: string): unknown {
  return fields?.[name] ?? fields?.[(name[0] ?? "").toUpperCase() + name.slice(1)];
}

/** A single metric stands in the trigger itself or is the only one of its list; a formula is the one that has a label. */
function readMetric(trigger: Fields | undefined) {
  const metrics = asList(field(trigger, "metrics")).map(asFields);
  const returned = metrics.filter((metric) => field(metric, "returnData") === true);
  const band = /^ANOMALY_DETECTION_BAND/;
  const watched = returned.find((metric) => !band.test(asText(field(metric, "expression")) ?? "")) ?? metrics[0];
  const stat = asFields(field(watched, "metricStat"));
  return {
    metric: asFields(field(stat, "metric")) ?? trigger,
    label: asText(field(watched, "label")) ?? asText(field(watched, "expression")),
    statistic:
      asText(field(stat, "stat")) ??
      asText(field(trigger, "extendedStatistic")) ??
      asText(field(trigger, "statistic")) ??
      "",
    period: asNumber(field(stat, "period")) ?? asNumber(field(trigger, "period")),
    unit: field(stat, "unit") ?? field(trigger, "unit"),
  };
}

function say(name: string, statistic: string): string {
  const metric = name === "CPUUtilization" ? "CPU" : name;
  return /^(average|)$/i.test(statistic) ? metric : `${metric} (${statistic.toLowerCase()})`;
}

function span(period: number | undefined, trigger: Fields | undefined): string | undefined {
  const periods = asNumber(field(trigger, "evaluationPeriods"));
  if (period === undefined || periods === undefined) return undefined;
  const needed = asNumber(field(trigger, "datapointsToAlarm")) ?? periods;
  const whole = duration(period * periods);
  return needed >= periods ? whole : `${duration(period * needed)} of ${whole}`;
}

function lasts(period: number | undefined, trigger: Fields | undefined): number | undefined {
  const periods = asNumber(field(trigger, "datapointsToAlarm")) ?? asNumber(field(trigger, "evaluationPeriods"));
  return period === undefined || periods === undefined ? undefined : period * periods;
}

function dimensions(value: unknown): string[] {
  const pairs = Array.isArray(value)
    ? value.map(asFields).map((pair) => [field(pair, "name"), field(pair, "value")])
    : Object.entries(asFields(value) ?? {});
  return pairs.map(([name, entry]) => `${String(name)} ${String(entry)}`);
}
