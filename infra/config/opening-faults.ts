import { rulesOf } from "./allowances";
import { type Fault, GROUPS } from "./fault";
import type { GroupConfig, StackConfig } from "./types";

/** Rules of who may connect that EC2 takes in a security group (Amazon VPC quotas). */
const MOST_RULES = 60;

/** Security groups that somebody else's load balancer may have. */
const MOST_DOORS = 5;

/** What a group lets in by rules, and where the configuration says so. */
interface Opening {
  readonly path: readonly string[];
  readonly rules: number;
  /** What the rules are for, beside the path. */
  readonly note: string;
}

/** Finds groups that let in more than one security group can say. */
export function openingFaults({ groups, loadBalancer }: StackConfig): Fault[] {
  const doors = loadBalancer.listenerArn === undefined ? 1 : MOST_DOORS;
  return Object.entries(groups).flatMap(([name, group]) => {
    const users = Object.values(groups).filter(({ uses }) => uses.includes(name)).length;
    const openings = openingsOf(group, users, doors).filter(({ rules }) => rules > 0);
    const count = openings.reduce((sum, { rules }) => sum + rules, 0);
    const [most] = openings.sort((one, other) => other.rules - one.rules);
    if (most === undefined || count <= MOST_RULES) return [];
    const list = openings.map(({ path, rules, note }) => `${rules} of ${path.join("/")}${note}`).join(", ");
    return [
      {
        path: [GROUPS, name, ...most.path],
        sentence:
          `should leave ${name} at most ${MOST_RULES} rules of who may connect, as EC2 takes them, but they are ${count}: ` +
          `${list}. Open less.`,
      },
    ];
  });
}

/** A group that is used opens each of `ports`, or one range where it names none and serves no HTTP, to each of its users. */
function openingsOf(
  { http, ports, elasticIp, access, allowFrom }: GroupConfig,
  users: number,
  doors: number,
): Opening[] {
  const balanced = http !== undefined && elasticIp === undefined;
  const used = http === undefined && ports.length === 0 ? 1 : ports.length;
  return [
    // To the stack's hosts, unless it is open to the world, and to the load balancer.
    { path: ["http"], rules: Number(http && !elasticIp?.ports.includes(http.port)) + (balanced ? doors : 0), note: "" },
    { path: ["elasticIp", "ports"], rules: elasticIp?.ports.length ?? 0, note: "" },
    { path: ["allowFrom"], rules: rulesOf(allowFrom), note: "" },
    { path: ["access", "sshFrom"], rules: access?.sshFrom.length ?? 0, note: "" },
    { path: ["ports"], rules: used * users, note: `, for the ${users} groups that use it` },
  ];
}
