import { asList, asNumber, type Fields } from "../values";

/** What CloudWatch says about a change of state. */
export interface Reason {
  /** In CloudWatch's own words. */
  readonly text?: string;
  /** The newest value it judged by. */
  readonly value?: number;
  readonly threshold?: number;
  /** The band an anomaly detector expected the value in. */
  readonly lower?: number;
  readonly upper?: number;
  /** `above`, `at or below`, …: what the value was, or no longer is. */
  readonly comparison?: string;
}

const COMPARISON: Readonly<Record<string, string>> = {
  greater: "above",
  "greater than or equal to": "at or above",
  less: "below",
  "less than or equal to": "at or below",
};

/**
 * Reads the reason of an alarm. Its text is the one thing all alarms have in common: "1 out of the last 1 datapoints
 * [99.5 (02/10/19 16:59:00)] was greater than the threshold (50.0)".
 *
 * @param data EventBridge's `reasonData`, which says the same more reliably
 */
export function parseReason(text: string | undefined, data: Fields | undefined): Reason {
  const words = text?.match(/(greater|less)(?: than or equal to|(?= than))/)?.[0];
  return {
    text,
    value: newest(data?.recentDatapoints) ?? number(text, /(?:datapoints?|:) [[(](NUMBER)[ )\]]/),
    threshold: asNumber(data?.threshold) ?? number(text, /the threshold \((NUMBER)\)/),
    lower: newest(data?.recentLowerThresholds) ?? number(text, /lower thresholds? \[(NUMBER)/),
    upper: newest(data?.recentUpperThresholds) ?? number(text, /upper thresholds? \[(NUMBER)/),
    comparison: words && COMPARISON[words],
  };
}

function newest(values: unknown): number | undefined {
  return asNumber(asList(values).at(-1));
}

function number(text: string | undefined, pattern: RegExp): number | undefined {
  return asNumber(text?.match(pattern.source.replace("NUMBER", String.raw`-?\d[\d.]*(?:E-?\d+)?`))?.[1]);
}
