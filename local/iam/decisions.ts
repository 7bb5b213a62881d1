import { runSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import { ACCOUNT } from "../region/place";
import type { Needed } from "./authorization";
import type { Policies } from "./policies";
import { type Principal, roleId } from "./principal";

/** Decisions that are kept: hosts ask for the same few objects again and again. */
const KEPT = 20_000;

/** What AWS knows of any of its own services. */
const SERVICES = { "aws:PrincipalIsAWSService": "true", "aws:SecureTransport": "true" };

/** Whether a principal may do something, by what stands in its role's policies and in the resource's. */
export class Decisions {
  private readonly made = new Map<string, Promise<boolean>>();
  private version = 0;

  constructor(private readonly policies: Policies) {}

  /** @param circumstances what conditions may ask of the request as such */
  allows(principal: Principal, needed: Needed, circumstances: Readonly<Record<string, string>>): Promise<boolean> {
    if (this.version !== this.policies.version || this.made.size >= KEPT) this.made.clear();
    this.version = this.policies.version;
    const context = { ...contextOf(principal), ...circumstances, ...needed.context };
    const key = JSON.stringify([needed.action, needed.resource, context]);
    const known = this.made.get(key) ?? this.decide(principal, needed, context);
    this.made.set(key, known);
    return known;
  }

  /** Whether a service of AWS may do something in its own name: no policy but the resource's says so. */
  async allowsService(service: string, needed: Needed): Promise<boolean> {
    const context = { ...SERVICES, ...needed.context, "aws:PrincipalServiceName": service };
    return this.simulate(service, needed, context, { identityPolicies: [] });
  }

  private decide(principal: Principal, needed: Needed, context: Readonly<Record<string, string>>) {
    return this.simulate(principal.arn, needed, context, {
      identityPolicies: this.policies.ofRole(principal.role),
      permissionBoundaryPolicies: this.policies.boundaryOf(principal.role),
    });
  }

  private async simulate(
    principal: string,
    { action, resource }: Needed,
    context: Readonly<Record<string, string>>,
    own: Pick<Simulation, "identityPolicies" | "permissionBoundaryPolicies">,
  ): Promise<boolean> {
    const simulation: Simulation = {
      request: { principal, action, resource: { resource, accountId: ACCOUNT }, contextVariables: { ...context } },
      ...own,
      resourcePolicy: this.policies.ofResource(resource),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    };
    const result = await runSimulation(withContextKeys(simulation), {});
    if (result.resultType === "error")
      console.error(`iam: ${action} on ${resource} cannot be decided, and is denied: ${JSON.stringify(result.errors)}`);
    return result.resultType !== "error" && result.overallResult === "Allowed";
  }
}

/** The library knows no condition key `kms:EncryptionContext:…`, and would leave it out: it goes by one that may have any name. */
function withContextKeys(simulation: Simulation): Simulation {
  if (!simulation.request.action.startsWith("kms:")) return simulation;
  const renamed = JSON.stringify(simulation).replaceAll(
    '"kms:EncryptionContext:',
    '"aws:ResourceTag/kms:EncryptionContext:',
  );
  return JSON.parse(renamed) as Simulation;
}

/** What AWS knows of whoever makes a request. */
function contextOf(principal: Principal): Record<string, string> {
  return {
    "aws:PrincipalAccount": ACCOUNT,
    "aws:PrincipalArn": principal.roleArn,
    "aws:PrincipalType": "AssumedRole",
    "aws:PrincipalIsAWSService": "false",
    "aws:ViaAWSService": "false",
    "aws:SecureTransport": "true",
    "aws:userid": `${roleId(principal.role)}:${principal.session}`,
    ...principal.context,
  };
}
