import { ec2, getCallerIdentity, lb } from "@pulumi/aws";
import type { StackConfig } from "../config";
import { type Fault, GROUPS, LOAD_BALANCER, NETWORK } from "../config/fault";
import { foundOr, NOTHING_THERE } from "./refusal";

const OWNER = "towline:stack";

/** Finds that somebody else's listener is not there or not for this stack, and priorities that other rules of it have. What is undefined in an answer nobody was asked. */
export async function listenerFaults(config: StackConfig): Promise<Fault[]> {
  const { listenerArn } = config.loadBalancer;
  if (listenerArn === undefined) return [];
  const sentence = await unfit(config, listenerArn);
  if (sentence !== undefined) return [{ path: [LOAD_BALANCER, "listenerArn"], sentence }];
  return takenPriorities(config, listenerArn);
}

async function unfit({ stack, network, loadBalancer }: StackConfig, arn: string): Promise<string | undefined> {
  const { accountId } = await getCallerIdentity();
  const owner = arn.split(":")[4];
  if (owner !== accountId)
    return `should be a listener of the stack's account, which is ${accountId}, since only its owner may add rules, but is one of ${owner}. Name one of ${accountId}.`;
  const listener = await foundOr<Partial<lb.GetListenerResult>>(
    () => lb.getListener({ arn }),
    [[NOTHING_THERE, `should be a listener that is there, but ${arn} is not. Make it, or name another.`]],
  );
  if (typeof listener === "string") return listener;
  const other = listener.tags?.[OWNER];
  if (other !== undefined)
    return `should be a listener of no stack of towline's, with which it goes, but is in use by ${other === stack ? "this one" : other}. Name one that is made apart.`;
  if (listener.protocol === "HTTP" && !loadBalancer.httpOnly)
    return 'should be a listener of HTTPS, but is one of HTTP, where whoever is on the way reads along. Name another, or say that it is meant: "httpOnly: true".';
  if (listener.loadBalancerArn === undefined) return undefined;
  const { vpcId }: Partial<lb.GetLoadBalancerResult> = await lb.getLoadBalancer({ arn: listener.loadBalancerArn });
  if (vpcId === undefined || (await isOwn(stack, network.vpcId, vpcId))) return undefined;
  const fix = `Name one whose load balancer is in the stack's, or make this the stack's ("${NETWORK}: {vpcId: ${vpcId}, …}").`;
  return `should be a listener in the stack's network, of which its load balancer reaches hosts, but is in ${vpcId}. ${fix}`;
}

/** Whether a network is the stack's: the one that its file names, or the one that it made. */
async function isOwn(stack: string, existing: string | undefined, vpcId: string): Promise<boolean> {
  if (existing !== undefined) return existing === vpcId;
  return (await ec2.getVpc({ id: vpcId })).tags[OWNER] === stack;
}

async function takenPriorities(config: StackConfig, listenerArn: string): Promise<Fault[]> {
  const served = Object.entries(config.groups).flatMap(([name, { http, elasticIp }]) =>
    http?.priority === undefined || elasticIp !== undefined ? [] : { name, priority: http.priority },
  );
  const own = served.map(({ priority }) => priority);
  const faults = await Promise.all(
    served.map(async ({ name, priority }): Promise<Fault[]> => {
      const rule = await ruleAt(listenerArn, priority);
      if (rule?.arn === undefined || rule.tags?.[OWNER] === config.stack) return [];
      const sentence = `should be a number that no other rule of the listener has, but ${priority} is taken by ${told(rule)}. Write for example "priority: ${free(own, priority)}".`;
      return [{ path: [GROUPS, name, "http", "priority"], sentence }];
    }),
  );
  return faults.flat();
}

type Rule = Partial<lb.GetListenerRuleResult>;

async function ruleAt(listenerArn: string, priority: number): Promise<Rule | undefined> {
  const found = await foundOr<Rule>(() => lb.getListenerRule({ listenerArn, priority }), [[NOTHING_THERE, ""]]);
  return typeof found === "string" ? undefined : found;
}

/** Whose rule it is, as far as it says. */
function told({ arn, tags }: Rule): string {
  const stack = tags?.[OWNER];
  return stack === undefined ? `${arn}` : `the stack ${stack}`;
}

/** The next number that is not the stack's; whether another has that is asked again. */
function free(own: readonly number[], from: number): number {
  const next = from + 1;
  return own.includes(next) ? free(own, next) : next;
}
