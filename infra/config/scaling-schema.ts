import { z } from "zod";
import * as check from "./checks";
import { atMostDimensions } from "./count-checks";
import { isCron } from "./cron";
import { expecting, text, whole } from "./expectations";
import * as format from "./formats";
import { size } from "./size-schema";

const step = expecting(
  z.strictObject({
    at: expecting(z.number(), "a number", "at: 100"),
    by: whole(1, 100, "by: 1", "whole number of instances"),
  }),
  "a map with at and by",
  "{at: 100, by: 1}",
);

const steps = expecting(z.array(step).max(20), "a list of at most 20 steps", "up: [{at: 100, by: 1}]");

/** One metric of CloudWatch, and how many instances it is worth. */
const stepScaling = expecting(
  z
    .strictObject({
      namespace: text(format.METRIC_NAMESPACE, "a namespace of CloudWatch", "namespace: AWS/SQS"),
      metric: text(
        format.METRIC_TEXT,
        "the name of a metric of CloudWatch",
        "metric: ApproximateNumberOfMessagesVisible",
      ),
      dimensions: expecting(
        z
          .record(
            text(format.METRIC_TEXT, "the name of a dimension", "dimensions: {QueueName: jobs}"),
            text(
              format.METRIC_TEXT,
              "the value of a dimension, in quotes where it looks like a number",
              "QueueName: jobs",
            ),
          )
          .superRefine(atMostDimensions),
        "a map of dimensions to values",
        "dimensions: {QueueName: jobs}",
      ).default({}),
      statistic: expecting(
        z.enum(["Average", "Maximum", "Minimum", "Sum", "SampleCount"]),
        "Average, Maximum, Minimum, Sum or SampleCount",
        "statistic: Maximum",
      ).default("Average"),
      period: expecting(
        z.int().min(60).max(3600).multipleOf(60),
        "a whole number of seconds from 60 to 3600 that is a multiple of 60",
        "period: 60",
      ).default(60),
      periods: whole(1, 24, "periods: 3", "whole number of periods").default(3),
      up: steps.default([]),
      down: steps.default([]),
    })
    .superRefine(check.stepsApart),
  "a map with namespace, metric, and up, down or both",
  "backlog: {namespace: AWS/SQS, metric: ApproximateNumberOfMessagesVisible, up: [{at: 100, by: 1}]}",
);

const schedule = expecting(
  z
    .strictObject({
      cron: expecting(
        z.string().refine(isCron),
        "five fields of a Unix cron expression: minute, hour, day, month, day of the week",
        'cron: "0 7 * * MON-FRI"',
      ),
      timeZone: expecting(z.string().refine(format.isTimeZone), "an IANA time zone", "timeZone: Europe/Berlin").default(
        "Etc/UTC",
      ),
      ...size.shape,
    })
    .superRefine(check.minNotAboveMax),
  "a map with cron, min and max",
  'morning: {cron: "0 7 * * MON-FRI", timeZone: Europe/Berlin, min: 4, max: 8}',
);

const name = text(format.SCALING_NAME, "a name of 1 to 32 letters and digits that starts with a letter", "backlog:");

/** What a group's number of instances follows. */
export const scaling = expecting(
  z
    .strictObject({
      cpu: whole(10, 90, "cpu: 60", "whole number of percent").optional(),
      requestsPerTarget: whole(1, 1_000_000, "requestsPerTarget: 1000", "whole number of requests a minute").optional(),
      steps: expecting(
        z.record(name, stepScaling),
        "a map of names to metrics and steps",
        "steps: {backlog: {namespace: AWS/SQS, metric: ApproximateNumberOfMessagesVisible, up: [{at: 100, by: 1}]}}",
      ).default({}),
      schedule: expecting(
        z.record(name, schedule).superRefine(check.beginsAtDifferentTimes),
        "a map of names to times and sizes",
        'schedule: {morning: {cron: "0 7 * * *", min: 4, max: 8}}',
      ).default({}),
    })
    .superRefine(check.scalesOnSomething),
  "a map with cpu, requestsPerTarget, steps or schedule",
  "scaling: {cpu: 60}",
);
