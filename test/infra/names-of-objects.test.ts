import { all, one, stackOf } from "./stack-of";

describe("a group whose name all objects have", () => {
  it("is not behind the load balancer of another", async () => {
    const single = { packages: ["hello"], size: { min: 1, max: 1 } };
    const stack = await stackOf({ web: { ...single, http: { port: 6000 } }, constructor: single });
    expect(one(stack, "aws:ec2/securityGroup:SecurityGroup", "constructor-security-group").inputs.ingress).toEqual([]);
    expect(one(stack, "aws:autoscaling/group:Group", "constructor-fleet").inputs).toMatchObject({
      healthCheckType: "EC2",
      targetGroupArns: [],
    });
    expect(all(stack, "aws:lb/targetGroup:TargetGroup")).toHaveLength(1);
  });
});
