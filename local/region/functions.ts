import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Credentials, Keys } from "../iam/keys";
import { roleSession } from "../iam/principal";
import type { Services } from "../iam/services";
import { ACCOUNT, place } from "./place";
import { sendTo } from "./queues";

/** A Lambda function as the stack declares it, with the folder its code was taken from. */
export interface LocalFunction {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly folder: string;
  /** `index.handler` */
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly deadLetterArn: string | undefined;
  /** Where its log goes: `/aws/lambda/NAME`. */
  readonly logGroup: string;
}

/** Lambda tries an asynchronous event three times in all. */
const ATTEMPTS = 3;

/** Runs functions: each invocation in a process of its own that sees the function's environment and nothing else. */
export class Functions {
  private readonly byArn = new Map<string, LocalFunction>();

  /** @param pause milliseconds between two attempts, where Lambda waits for minutes */
  constructor(
    private readonly keys: Keys,
    private readonly services: Pick<Services, "actsIn" | "assumes">,
    private readonly pause = 1_000,
    private readonly queues: (region: string, credentials: Credentials) => Pick<SQSClient, "send"> = queuesAs,
  ) {}

  add(declared: LocalFunction): void {
    this.byArn.set(declared.arn, declared);
  }

  has(arn: string): boolean {
    return this.byArn.has(arn);
  }

  /** An asynchronous invocation, as SNS makes it: tried again on failure, and to the dead-letter queue at last. */
  async invoke(arn: string, event: unknown): Promise<void> {
    const declared = this.byArn.get(arn);
    if (!declared) throw new Error(`no function has the ARN ${arn}`);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attempt > 1) await sleep(this.pause);
      if (await this.attempt(declared, event)) return;
    }
    await this.bury(declared, event);
  }

  private async attempt(declared: LocalFunction, event: unknown): Promise<boolean> {
    const region = declared.arn.split(":")[3] as string;
    if (!(await this.services.assumes("lambda", declared.roleArn))) return false;
    const writesLog = await this.mayLog(declared);
    const credentials = this.credentials(declared);
    const host = join(__dirname, "function-host.js");
    const child = fork(host, [join(declared.folder, declared.handler.split(".")[0] as string)], {
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        ...declared.environment,
        AWS_REGION: region,
        AWS_LAMBDA_FUNCTION_NAME: declared.name,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        NODE_EXTRA_CA_CERTS: place.file("ca.pem"),
      },
    });
    for (const output of [child.stdout, child.stderr])
      output?.on("data", (chunk: Buffer) => writesLog && this.log(declared, chunk));
    const context = { awsRequestId: randomUUID(), functionName: declared.name, timeout: declared.timeout * 1000 };
    const killer = setTimeout(() => child.kill("SIGKILL"), declared.timeout * 1000);
    return new Promise((resolve) => {
      const end = (succeeded: boolean) => {
        clearTimeout(killer);
        resolve(succeeded);
      };
      child.once("exit", (code) => end(code === 0));
      child.once("error", (error) => {
        this.log(declared, Buffer.from(`${error.message}\n`));
        end(false);
      });
      child.send({ handler: declared.handler.split(".")[1], event, context });
    });
  }

  private credentials({ roleArn, name }: LocalFunction): Credentials {
    return this.keys.of(roleSession(roleArn, name));
  }

  /** Lambda writes a function's log in the function's role; without its leave, there is none. */
  private async mayLog({ arn, name, roleArn, logGroup }: LocalFunction): Promise<boolean> {
    const stream = `arn:aws:logs:${arn.split(":")[3]}:${ACCOUNT}:log-group:${logGroup}:log-stream:local`;
    const asked = ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) =>
      this.services.actsIn(roleArn, name, action, stream),
    );
    return (await Promise.all(asked)).every(Boolean);
  }

  private log(declared: LocalFunction, chunk: Buffer): void {
    appendFileSync(this.logFile(declared), chunk);
  }

  private logFile(declared: LocalFunction): string {
    return place.file(`function-${declared.name}.log`);
  }

  private async bury(declared: LocalFunction, event: unknown): Promise<void> {
    const fate = declared.deadLetterArn ? "the event goes to the dead-letter queue" : "the event is lost";
    console.error(`function ${declared.name}: ${ATTEMPTS} attempts failed (see ${this.logFile(declared)}); ${fate}`);
    if (!declared.deadLetterArn) return;
    // Lambda does it in the function's role.
    await sendTo((region) => this.queues(region, this.credentials(declared)), declared.deadLetterArn, event);
  }
}

function queuesAs(region: string, credentials: Credentials): SQSClient {
  return new SQSClient({ region, credentials });
}
