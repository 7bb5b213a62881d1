import { z } from "zod";
import { CAPACITY_UNITS, HOURS, LOOKUP_INTERVAL } from "./assumptions";
import { always, times, total } from "./sizes";
import { from, metered, type Usage, unknown } from "./usage";

/** NAT gateways and their addresses; gateway endpoints cost nothing, others do. */
export const vpc = from(
  z.object({
    numberOfAvailabilityZones: z.number(),
    natGateways: z.object({ strategy: z.enum(["None", "Single", "OnePerAz"]) }),
    vpcEndpointSpecs: z.array(z.object({ serviceName: z.string(), vpcEndpointType: z.string() })).default([]),
  }),
  ({ numberOfAvailabilityZones, natGateways: { strategy }, vpcEndpointSpecs }) => {
    const gateways = { None: 0, Single: 1, OnePerAz: numberOfAvailabilityZones }[strategy];
    return [
      ...(gateways === 0 ? [] : [metered("NAT gateways", always(gateways * HOURS), "natGateway")]),
      ...addresses("public IPv4 of NAT gateways", gateways),
      ...vpcEndpointSpecs
        .filter(({ vpcEndpointType }) => vpcEndpointType !== "Gateway")
        .map(({ serviceName }) => unknown(`endpoint of ${serviceName}`)),
    ];
  },
);

/** An endpoint in a network that was there: of the gateway's kind it costs nothing. */
export const endpoint = from(
  z.object({ serviceName: z.string(), vpcEndpointType: z.string() }),
  ({ serviceName, vpcEndpointType }) => (vpcEndpointType === "Gateway" ? [] : [unknown(`endpoint of ${serviceName}`)]),
);

/** An application load balancer: its hours, its load, and an address in each of its zones. */
export const loadBalancer = from(
  z.object({
    loadBalancerType: z.literal("application"),
    internal: z.boolean(),
    subnets: z.array(z.string()),
  }),
  ({ internal, subnets }) => [
    metered("application load balancer", always(HOURS), "loadBalancer"),
    metered("load balancer capacity", always(CAPACITY_UNITS * HOURS), "loadBalancerCapacity"),
    ...addresses("public IPv4 of the load balancer", internal ? 0 : subnets.length),
  ],
);

export const elasticIp = from(z.object({ domain: z.literal("vpc") }), () => addresses("public IPv4", 1));

/** The zone behind a namespace, and what hosts ask it for the groups they use. */
export const namespace = from(z.object({ name: z.string() }), ({ name }, { groups }) => {
  const names = total(Object.values(groups).map(({ size, uses }) => times(size, uses.length)));
  const queries = times(names, (HOURS * 3600) / LOOKUP_INTERVAL);
  return [
    metered(`private hosted zone ${name}`, always(1), "hostedZone"),
    ...(queries.max === 0 ? [] : [metered("DNS queries", queries, "nameQueries")]),
  ];
});

/** The hosts that are registered under a group's name. */
export const service = from(z.object({ name: z.string() }), ({ name }, { groups }, { type }) => {
  const group = groups[name];
  return [
    group === undefined ? unknown(type) : metered(`registered hosts of ${name}`, group.size, "registeredInstance"),
  ];
});

function addresses(what: string, count: number): Usage[] {
  return count === 0 ? [] : [metered(what, always(count * HOURS), "publicAddress")];
}
