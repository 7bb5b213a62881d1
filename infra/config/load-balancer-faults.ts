import { PROJECT } from "../names";
import { type Fault, GROUPS, LOAD_BALANCER } from "./fault";
import type { HttpConfig, StackConfig } from "./types";

/** A group behind the load balancer. */
interface Served {
  readonly name: string;
  readonly http: HttpConfig;
}

/** Finds what of the load balancer, the stack's own or another's, does not go with the stack's region, its groups, or what stands before it. */
export function loadBalancerFaults(config: StackConfig): Fault[] {
  const { certificateArn, listenerArn } = config.loadBalancer;
  const served = Object.entries(config.groups).flatMap(([name, { http, elasticIp }]) =>
    http === undefined || elasticIp !== undefined ? [] : { name, http },
  );
  return [
    ...distant(config, [LOAD_BALANCER, "certificateArn"], certificateArn, "a certificate", "Request it"),
    ...distant(config, [LOAD_BALANCER, "listenerArn"], listenerArn, "a listener", "Name one"),
    ...distant(config, [`${PROJECT}:protect`, "webAclArn"], config.protect?.webAclArn, "a web ACL", "Make one"),
    ...(listenerArn === undefined ? requestsHaveOneGroup(served) : [...choosesEach(served), ...foreignWebAcl(config)]),
    ...sharedPriorities(served),
  ];
}

/** A load balancer takes what is of its own region only. */
function distant(
  { region }: StackConfig,
  path: readonly PropertyKey[],
  arn: string | undefined,
  what: string,
  fix: string,
): Fault[] {
  const place = arn?.split(":")[3] ?? region;
  if (place === region) return [];
  const sentence = `should be ${what} of the stack's region, which is ${region}, but is one of ${place}. ${fix} in ${region}.`;
  return [{ path, sentence }];
}

/** Exactly one group gets what no other does. */
function requestsHaveOneGroup(served: readonly Served[]): Fault[] {
  const [first, ...others] = served.filter(isDefault);
  if (first === undefined && served[0] !== undefined) {
    const sentence =
      "should be without hosts and paths in one group of the stack, which gets the requests that no other does. Remove them here, or in another group.";
    return [{ path: [GROUPS, served[0].name, "http"], sentence }];
  }
  return others.map(({ name }) => ({
    path: [GROUPS, name, "http"],
    sentence: `should have hosts or paths, since ${first?.name} has none and gets every request already. Write for example "paths: [/${name}/*], priority: 10".`,
  }));
}

/** Whose listener it is decides what becomes of the requests that no rule of the stack's is for. */
function choosesEach(served: readonly Served[]): Fault[] {
  return served.filter(isDefault).map(({ name }) => ({
    path: [GROUPS, name, "http"],
    sentence: `should have hosts or paths, since the listener is not the stack's, nor are all its requests. Write for example "hosts: [${name}.example.com]".`,
  }));
}

function foreignWebAcl({ protect }: StackConfig): Fault[] {
  if (protect?.webAclArn === undefined) return [];
  const sentence = `should be absent with ${LOAD_BALANCER}/listenerArn, whose load balancer is not the stack's. Remove it, and have whose it is put it there.`;
  return [{ path: [`${PROJECT}:protect`, "webAclArn"], sentence }];
}

/** Of two groups no rule may be considered at the same time. */
function sharedPriorities(served: readonly Served[]): Fault[] {
  return served.flatMap(({ name, http: { priority } }, index) => {
    const before = served.slice(0, index).find((other) => other.http.priority === priority);
    if (priority === undefined || before === undefined) return [];
    return [
      {
        path: [GROUPS, name, "http", "priority"],
        sentence: `should be a number that no other group has, but ${before.name} has ${priority} too. Change one of the two.`,
      },
    ];
  });
}

function isDefault({ http }: Served): boolean {
  return http.hosts.length + http.paths.length === 0;
}
