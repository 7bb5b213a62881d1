import { ACCOUNT } from "../region/place";
import type { Decisions } from "./decisions";
import { roleSession } from "./principal";

/** AWS's services that act for a stack here. */
export type Service = "autoscaling" | "ec2" | "events" | "lambda" | "sns";

/** What AWS's services do for a stack: in their own name, where a resource's policy lets them, or in a role that trusts them. */
export class Services {
  constructor(
    private readonly decisions: Pick<Decisions, "allows" | "allowsService">,
    /** Is told of each thing that is refused. */
    private readonly log: (line: string) => void,
  ) {}

  /**
   * Whether a resource's policy lets a service do something with it.
   * @param source ARN of what it acts for, such as a rule's
   */
  may(service: Service, action: string, resource: string, source: string): Promise<boolean> {
    const known = { "aws:SourceArn": source, "aws:SourceAccount": ACCOUNT };
    return this.told(
      `${service}.amazonaws.com, for ${source}`,
      action,
      resource,
      this.decisions.allowsService(`${service}.amazonaws.com`, { action, resource, context: known }),
    );
  }

  /** Whether a role trusts a service; of EC2 and Lambda, which say nothing of whom they act for, on nobody's behalf. */
  assumes(service: Service, roleArn: string): Promise<boolean> {
    const known: Record<string, string> = service === "events" ? { "aws:SourceAccount": ACCOUNT } : {};
    const needed = { action: "sts:AssumeRole", resource: roleArn, context: known };
    const decided = this.decisions.allowsService(`${service}.amazonaws.com`, needed);
    return this.told(`${service}.amazonaws.com`, needed.action, roleArn, decided);
  }

  /** Whether a role's policies allow what a service does in it beside what reaches the front. */
  actsIn(roleArn: string, session: string, action: string, resource: string): Promise<boolean> {
    const principal = roleSession(roleArn, session);
    return this.told(
      principal.arn,
      action,
      resource,
      this.decisions.allows(principal, { action, resource, context: {} }, {}),
    );
  }

  private async told(who: string, action: string, resource: string, decided: Promise<boolean>): Promise<boolean> {
    const allowed = await decided;
    if (!allowed) this.log(`AccessDenied: ${who} is not authorized to perform: ${action} on resource: ${resource}`);
    return allowed;
  }
}
