import { answerLoadBalancing } from "../../local/answers/load-balancing";
import type { Fleet } from "../../local/fleet/fleet";
import { TargetGroups } from "../../local/fleet/target-groups";
import { Balancer } from "../../local/region/balancer";
import { queryCall } from "./calls";
import { FakeHaproxy } from "./fake-haproxy";
import { TARGET_GROUP } from "./fake-region";

let haproxy: FakeHaproxy;
let groups: TargetGroups;
const fleet = {
  member: (id: string) => (id === "i-1" ? { spec: { id, address: "10.0.0.1" } } : undefined),
} as unknown as Fleet;

beforeEach(async () => {
  haproxy = new FakeHaproxy();
  await haproxy.start();
  groups = new TargetGroups(new Balancer());
  const backend = { name: "web", healthPath: "/", matcher: "200", interval: 10, unhealthyThreshold: 2 };
  groups.add({ arn: TARGET_GROUP, port: 8080, deregistrationDelay: 1, backend });
});
afterEach(() => haproxy.stop());

const call = (action: string, ...ids: string[]) =>
  answerLoadBalancing(
    groups,
    fleet,
    queryCall("elasticloadbalancing", action, {
      TargetGroupArn: TARGET_GROUP,
      ...Object.fromEntries(ids.map((id, index) => [`Targets.member.${index + 1}.Id`, id])),
    }),
  );

const health = (state: string, reason = "") =>
  `<member><Target><Id>i-1</Id><Port>8080</Port></Target><HealthCheckPort>8080</HealthCheckPort><TargetHealth><State>${state}</State>${reason && `<Reason>${reason}</Reason>`}</TargetHealth></member>`;

test("a target joins, is healthy, drains and is unused, each with AWS's own reason", async () => {
  expect((await call("RegisterTargets", "i-1"))?.status).toBe(200);
  expect((await call("DescribeTargetHealth"))?.body).toContain(health("initial", "Elb.InitialHealthChecking"));
  haproxy.status.set("web/target1", "UP");
  expect((await call("DescribeTargetHealth", "i-1"))?.body).toContain(health("healthy"));
  haproxy.status.set("web/target1", "DOWN");
  expect((await call("DescribeTargetHealth", "i-1"))?.body).toContain(health("unhealthy", "Target.FailedHealthChecks"));
  haproxy.sessions.set("web/target1", 1);
  await call("DeregisterTargets", "i-1");
  expect((await call("DescribeTargetHealth", "i-1"))?.body).toContain(
    health("draining", "Target.DeregistrationInProgress"),
  );
  haproxy.sessions.clear();
  expect((await call("DescribeTargetHealth", "i-1"))?.body).toContain(health("unused", "Target.NotRegistered"));
  expect((await call("DescribeTargetHealth"))?.body).toContain("<TargetHealthDescriptions></TargetHealthDescriptions>");
});

test("an instance that does not run is refused", async () => {
  expect(await call("RegisterTargets", "i-2")).toEqual({
    status: 400,
    contentType: "text/xml",
    body: "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidTarget</Code><Message>The following targets are not in a running state: 'i-2'</Message></Error></ErrorResponse>",
  });
});

test("a target group that nobody declared is not found", async () => {
  const unknown = queryCall("elasticloadbalancing", "DescribeTargetHealth", { TargetGroupArn: "arn:other" });
  expect((await answerLoadBalancing(groups, fleet, unknown))?.body).toContain(
    "<Code>TargetGroupNotFound</Code><Message>One or more target groups not found: arn:other</Message>",
  );
});

test("everything else is left to moto", async () => {
  expect(await call("DescribeLoadBalancers")).toBeUndefined();
});
