import type { Declared } from "../../infra/synth";
import { all, one, stackOf } from "./stack-of";

const worker = { packages: ["hello"], size: { min: 1, max: 1 } };
let stack: Declared[];
beforeAll(async () => {
  stack = await stackOf({ web: { ...worker, http: { port: 6000 } }, "night-job": worker });
});

function inputsOf(type: string, name: string): Declared["inputs"] {
  return one(stack, type, name).inputs;
}

describe("the registry of services", () => {
  it("is a private domain of the stack's network, with a name for each group", () => {
    const namespaces = all(stack, "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace");
    expect(namespaces.map(({ inputs }) => [inputs.name, inputs.vpc])).toEqual([
      ["qa.internal", expect.stringMatching(/^vpc-/)],
    ]);
    const services = all(stack, "aws:servicediscovery/service:Service");
    expect(services.map(({ inputs }) => inputs.name).sort()).toEqual(["night-job", "web"]);
    expect(services[0]?.inputs.dnsConfig).toEqual({
      namespaceId: expect.stringMatching(/^ns-/),
      routingPolicy: "MULTIVALUE",
      dnsRecords: [{ type: "A", ttl: 5 }],
    });
  });

  it("is there before the first host launches", () => {
    // A component waits for all that it depends on before its own children are registered.
    for (const name of ["web", "night-job"]) {
      expect(one(stack, "towline:infra:Group", name).dependencies).toContain(
        one(stack, "aws:cloudwatch/eventTarget:EventTarget", "registry-scaling-target").urn,
      );
    }
  });

  it("listens to its own groups by exact name, and to spot interruptions", () => {
    expect(
      JSON.parse(String(inputsOf("aws:cloudwatch/eventRule:EventRule", "registry-scaling-rule").eventPattern)),
    ).toEqual({
      source: ["aws.autoscaling"],
      "detail-type": [
        "EC2 Instance Launch Successful",
        "EC2 Instance-terminate Lifecycle Action",
        "EC2 Instance Terminate Successful",
      ],
      detail: { AutoScalingGroupName: [{ prefix: "towline-qa-" }] },
    });
    expect(
      JSON.parse(String(inputsOf("aws:cloudwatch/eventRule:EventRule", "registry-spot-rule").eventPattern)),
    ).toEqual({
      source: ["aws.ec2"],
      "detail-type": ["EC2 Spot Instance Interruption Warning"],
    });
  });

  it("may change the names of its own services and zone, and no more", () => {
    const { Statement } = JSON.parse(String(inputsOf("aws:iam/rolePolicy:RolePolicy", "registry-role-policy").policy));
    const services = all(stack, "aws:servicediscovery/service:Service").map(({ outputs }) => outputs?.arn);
    expect(Statement.map(({ Sid, Action, Resource }: Record<string, unknown>) => [Sid, Action, Resource])).toEqual([
      [
        "SeeWhoServes",
        ["autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances", "ec2:DescribeInstances"],
        "*",
      ],
      ["SeeWhatIsRegistered", "servicediscovery:ListInstances", "*"],
      ["Register", ["servicediscovery:RegisterInstance", "servicediscovery:DeregisterInstance"], expect.any(Array)],
      [
        "WriteTheZone",
        ["route53:ChangeResourceRecordSets", "route53:GetHostedZone"],
        expect.stringMatching(/^arn:aws:route53:::hostedzone\/Z[0-9A-F]+$/),
      ],
      ["FindTheZone", "route53:ListHostedZonesByName", "*"],
      [
        "WriteLog",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/towline-qa-registry:*",
      ],
      ["KeepUndelivered", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:towline-qa-registry-undelivered"],
    ]);
    expect(services).toHaveLength(2);
    expect(Statement[1].Condition.StringEquals["servicediscovery:ServiceArn"]).toEqual(Statement[2].Resource);
    expect(Statement[2].Resource).toHaveLength(2);
  });

  it("keeps an event it could not be handed, or could not handle", () => {
    const queue = "arn:aws:sqs:eu-west-1:123456789012:towline-qa-registry-undelivered";
    for (const target of ["registry-scaling-target", "registry-spot-target"]) {
      expect(inputsOf("aws:cloudwatch/eventTarget:EventTarget", target)).toMatchObject({
        deadLetterConfig: { arn: queue },
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 20 },
      });
    }
    expect(inputsOf("aws:lambda/function:Function", "registry-function").deadLetterConfig).toEqual({
      targetArn: queue,
    });
    const { Statement } = JSON.parse(
      String(inputsOf("aws:sqs/queuePolicy:QueuePolicy", "registry-undelivered-policy").policy),
    );
    expect(Statement).toEqual([
      {
        Sid: "KeepUndelivered1",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queue,
        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/towline-qa-registry-*" } },
      },
    ]);
  });
});
