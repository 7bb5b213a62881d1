import type { Service, Services } from "../iam/services";
import type { Clients } from "./clients";
import type { Functions } from "./functions";
import { sendTo } from "./queues";

/** A service that calls a function for a resource of its own, a rule or a topic. */
export interface Sender {
  readonly service: Service;
  /** ARN of the rule or the topic. */
  readonly source: string;
  /** ARN of the queue for what the function does not take; undefined where there is none. */
  readonly deadLetterArn: string | undefined;
}

/** Calls of functions by EventBridge and SNS, as far as the functions' policies let these; what they do not take goes where the queue's policy lets it. */
export class Deliveries {
  constructor(
    private readonly clients: (region: string) => Clients,
    private readonly functions: Pick<Functions, "has" | "invoke">,
    private readonly services: Pick<Services, "may">,
  ) {}

  has(arn: string): boolean {
    return this.functions.has(arn);
  }

  async call(arn: string, event: unknown, sender: Sender): Promise<void> {
    const { service, source } = sender;
    if (await this.services.may(service, "lambda:InvokeFunction", arn, source))
      return this.functions.invoke(arn, event);
    await this.keep(event, sender);
    throw new Error(`${arn} does not let ${service} call it for ${source} (see iam.log)`);
  }

  private async keep(event: unknown, { service, source, deadLetterArn }: Sender): Promise<void> {
    if (deadLetterArn === undefined) return;
    if (!(await this.services.may(service, "sqs:SendMessage", deadLetterArn, source))) return;
    await sendTo((region) => this.clients(region).sqs, deadLetterArn, event);
  }
}
