import type { Declared } from "../../infra/synth";
import { Decisions } from "../../local/iam/decisions";
import { Policies } from "../../local/iam/policies";
import { type Service, Services } from "../../local/iam/services";
import type { Clients } from "../../local/region/clients";
import { Deliveries } from "../../local/region/deliveries";
import { sections } from "../infra/extremes";
import { all, stackOf } from "../infra/stack-of";

/** What AWS's services do for a stack, in their own name or in its roles: what the program's wiring needs, and the neighbours it does not. */

const ACCOUNT = "123456789012";
const GROUP = `arn:aws:autoscaling:eu-west-1:${ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/towline-qa-web`;

let stack: Declared[];
const policies = new Policies();
const refused: string[] = [];
const services = new Services(new Decisions(policies), (line) => void refused.push(line));
const sent: unknown[] = [];
const called: unknown[] = [];
const clients = () => ({ sqs: { send: async ({ input }: { input: unknown }) => void sent.push(input) } });
const deliveries = new Deliveries(
  clients as unknown as (region: string) => Clients,
  { has: () => true, invoke: async (arn, event) => void called.push([arn, event]) },
  services,
);

/** A call that has been carried out, of a service that answers in JSON. */
const carriedOut = (service: string, action: string, json: Readonly<Record<string, unknown>>): void =>
  policies.follow({ service, action, region: "eu-west-1", form: new URLSearchParams(), json }, "{}");

beforeAll(async () => {
  const web = { packages: ["hello"], size: { min: 1, max: 2 }, http: { port: 6000 }, rollout: { alarms: ["errors"] } };
  stack = await stackOf({ web }, sections);
  for (const { name, inputs } of all(stack, "aws:lambda/permission:Permission"))
    carriedOut("lambda", "AddPermission", {
      ...{ FunctionName: inputs.function, StatementId: name, Action: inputs.action, Principal: inputs.principal },
      SourceArn: inputs.sourceArn,
    });
  for (const { inputs } of all(stack, "aws:sqs/queuePolicy:QueuePolicy"))
    carriedOut("sqs", "SetQueueAttributes", { QueueUrl: inputs.queueUrl, Attributes: { Policy: inputs.policy } });
  for (const { inputs } of all(stack, "aws:sns/topicPolicy:TopicPolicy"))
    policies.putOn(String(inputs.arn), String(inputs.policy));
  for (const { inputs } of all(stack, "aws:iam/role:Role"))
    policies.putOn(`arn:aws:iam::${ACCOUNT}:role/${inputs.name}`, String(inputs.assumeRolePolicy));
  for (const { name, inputs } of all(stack, "aws:iam/rolePolicy:RolePolicy"))
    policies.put(String(inputs.role), name, String(inputs.policy));
});
beforeEach(() => {
  for (const list of [refused, sent, called]) list.length = 0;
});

interface Wire {
  readonly service: Service;
  readonly source: string;
  readonly to: string;
  readonly deadLetterArn: string;
}

/** Every function that a rule or a topic calls. */
function wires(): Wire[] {
  const rules = all(stack, "aws:cloudwatch/eventTarget:EventTarget")
    .filter(({ inputs }) => String(inputs.arn).includes(":lambda:"))
    .map(({ inputs }): Wire => {
      const { arn } = inputs.deadLetterConfig as { arn: string };
      const source = `arn:aws:events:eu-west-1:${ACCOUNT}:rule/${inputs.rule}`;
      return { service: "events", source, to: String(inputs.arn), deadLetterArn: arn };
    });
  const topics = all(stack, "aws:sns/topicSubscription:TopicSubscription").map(({ inputs }): Wire => {
    const { deadLetterTargetArn } = JSON.parse(String(inputs.redrivePolicy)) as { deadLetterTargetArn: string };
    const [source, to] = [String(inputs.topic), String(inputs.endpoint)];
    return { service: "sns", source, to, deadLetterArn: deadLetterTargetArn };
  });
  return [...rules, ...topics];
}

test("each rule and topic may call its function, and no other rule or topic of the account may", async () => {
  expect(wires().length).toBeGreaterThan(5);
  for (const { service, source, to } of wires()) {
    expect([to, await services.may(service, "lambda:InvokeFunction", to, source)]).toEqual([to, true]);
    expect(await services.may(service, "lambda:InvokeFunction", to, `${source}-of-others`)).toBe(false);
    const other = service === "sns" ? "events" : "sns";
    expect(await services.may(other, "lambda:InvokeFunction", to, source)).toBe(false);
  }
});

test("each may leave what a function does not take in the function's queue, and nothing in another's", async () => {
  const queues = [...new Set(wires().map(({ deadLetterArn }) => deadLetterArn))];
  for (const { service, source, deadLetterArn } of wires()) {
    const open: string[] = [];
    for (const queue of queues) if (await services.may(service, "sqs:SendMessage", queue, source)) open.push(queue);
    expect([source, open]).toEqual([source, [deadLetterArn]]);
  }
  // Not even by a rule of theirs.
  expect(
    await services.may("events", "sqs:SendMessage", queues[0] ?? "", `arn:aws:events:eu-west-1:${ACCOUNT}:rule/other`),
  ).toBe(false);
});

test("each function's role is Lambda's to act in, writes its own log and keeps its own dead letters, and no other's", async () => {
  const functions = all(stack, "aws:lambda/function:Function").map(({ inputs }) => inputs);
  expect(functions.length).toBe(5);
  for (const { name, role, deadLetterConfig } of functions) {
    const act = (action: string, resource: string) => services.actsIn(String(role), String(name), action, resource);
    const log = (group: unknown) => `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/${group}:log-stream:1`;
    const queue = String((deadLetterConfig as { targetArn: string }).targetArn);
    const others = functions.filter((other) => other.name !== name);
    for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
      expect([name, action, await act(action, log(name))]).toEqual([name, action, true]);
      for (const other of others) expect(await act(action, log(other.name))).toBe(false);
    }
    expect(await act("sqs:SendMessage", queue)).toBe(true);
    for (const other of others)
      expect(await act("sqs:SendMessage", queue.replace(String(name), String(other.name)))).toBe(false);
    expect(await services.assumes("lambda", String(role))).toBe(true);
    expect(await services.assumes("events", String(role))).toBe(false);
  }
});

test("every role is acted in by one service, or by those whom the stack's file names, and the nudge's by EventBridge for this account alone", async () => {
  const trusted: Record<string, string[]> = {};
  for (const { inputs } of all(stack, "aws:iam/role:Role")) {
    const arn = `arn:aws:iam::${ACCOUNT}:role/${inputs.name}`;
    const found: string[] = [];
    for (const service of ["autoscaling", "ec2", "events", "lambda", "sns"] as const)
      if (await services.assumes(service, arn)) found.push(service);
    trusted[String(inputs.name).replace("towline-qa-", "")] = found;
  }
  expect(trusted).toEqual({
    ...{ "web-host": ["ec2"], nudge: ["events"], publisher: [], channels: [] },
    ...{ endings: ["lambda"], notifier: ["lambda"], registry: ["lambda"], "rollout-alarms": ["lambda"] },
    "slack-command": ["lambda"],
  });
});

test("Auto Scaling tells the stack's topic, and no service speaks on the hosts'", async () => {
  const [hosts = "", topic = ""] = all(stack, "aws:sns/topic:Topic")
    .map(({ inputs }) => `arn:aws:sns:eu-west-1:${ACCOUNT}:${inputs.name}`)
    .sort((one, other) => other.length - one.length);
  expect(await services.may("autoscaling", "sns:Publish", topic, GROUP)).toBe(true);
  expect(await services.may("autoscaling", "sns:Publish", hosts, GROUP)).toBe(false);
  expect(await services.may("events", "sns:Publish", topic, GROUP)).toBe(false);
});

describe("an event for a function", () => {
  const wire = () => wires().find(({ service }) => service === "sns") as Wire;
  const call = (over: Partial<Wire>) => {
    const { to, ...sender } = { ...wire(), ...over };
    return deliveries.call(to, { a: 1 }, sender);
  };

  test("reaches it by its own topic", async () => {
    await call({});
    expect(called).toEqual([[wire().to, { a: 1 }]]);
    expect(sent).toEqual([]);
  });

  test("does not by another's, nor reaches the queue, and iam.log says so", async () => {
    const source = `${wire().source}-of-others`;
    await expect(call({ source })).rejects.toThrow(`${wire().to} does not let sns call it for ${source} (see iam.log)`);
    expect([called, sent]).toEqual([[], []]);
    expect(refused).toEqual([
      `AccessDenied: sns.amazonaws.com, for ${source} is not authorized to perform: lambda:InvokeFunction on resource: ${wire().to}`,
      `AccessDenied: sns.amazonaws.com, for ${source} is not authorized to perform: sqs:SendMessage on resource: ${wire().deadLetterArn}`,
    ]);
  });

  test("waits in the queue that takes it where the function does not let its own topic call it any more", async () => {
    await expect(call({ to: `${wire().to}-gone` })).rejects.toThrow("does not let sns call it");
    const QueueUrl = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/towline-qa-notifier-undelivered`;
    expect([called, sent]).toEqual([[], [{ QueueUrl, MessageBody: '{"a":1}' }]]);
  });
});
