import { z } from "zod";
import { appsOf, type StackConfig } from "../../infra/config";
import { FLOW_LOG, POLLED_OBJECT_LOG, POLLS } from "./assumptions";
import { type Sizes, times, total } from "./sizes";
import { polledObjects, writesOf } from "./storage";
import { from, metered, type Usage } from "./usage";

/** Days of AWS's month. */
const MONTH = 365 / 12;

/** What lies in the bucket of the logs, once it holds as much as it ever will. */
export function logStorage(config: StackConfig): Usage[] {
  const months = (config.audit?.logDays ?? 0) / MONTH;
  return [
    metered("logs, as many as are kept", times(total([flows(config), requests(config)]), months), "objectStorage"),
  ];
}

export const flowLog = from(z.object({ logDestinationType: z.literal("s3") }), (_, config) => [
  metered("delivery of flow logs", flows(config), "logDelivery"),
]);

/** Whoever writes indexes, and whoever reads or writes settings: above all the polls of hosts. */
export const trail = from(z.object({ advancedEventSelectors: z.array(z.object({})).length(2) }), (_, config) => {
  const polls = Object.values(config.groups).map((group) => times(group.size, POLLS * appsOf(group).length));
  return [metered("events of the trail", total([...polls, writesOf(config)]), "trailEvents")];
});

function flows({ groups }: StackConfig): Sizes {
  return times(total(Object.values(groups).map(({ size }) => size)), FLOW_LOG);
}

function requests({ groups }: StackConfig): Sizes {
  const polled = Object.values(groups).map((group) => times(group.size, polledObjects(group).length));
  return times(total(polled), POLLED_OBJECT_LOG);
}
