import { GetPolicyCommand, GetPolicyVersionCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Clients } from "../region/clients";
import { networkLookUps } from "./network-look-ups";

type Values = Readonly<Record<string, unknown>>;

/** moto serves no public parameters of images and knows none of today's Debian; the container's image stands for it. */
const IMAGE = "ami-0123456789abcdef0";

/**
 * Answers the look-ups a stack program makes.
 * @throws Error naming a look-up that has no counterpart here.
 */
export async function invoke(clients: Clients, token: string, args: Values): Promise<Values> {
  const lookUp = networkLookUps[token];
  if (lookUp !== undefined) return lookUp(clients, args);
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity": {
      const { Account, Arn, UserId } = await clients.sts.send(new GetCallerIdentityCommand({}));
      return { accountId: Account, arn: Arn, userId: UserId, id: Account };
    }
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws", id: "aws" };
    case "aws:ssm/getParameter:getParameter":
      return { ...args, value: IMAGE, insecureValue: IMAGE, type: "String", version: 1 };
    case "aws:ec2/getAmi:getAmi":
      return { ...args, id: IMAGE, imageId: IMAGE, rootDeviceName: "/dev/xvda", architecture: "x86_64" };
    // The zones of the world are in AWS alone: whichever is asked for is there, and empty.
    case "aws:route53/getZone:getZone":
      return { ...args, zoneId: args.zoneId ?? "Z0123456789LOCAL", privateZone: false };
    case "aws:route53/getRecords:getRecords":
      return { ...args, resourceRecordSets: [] };
    // So is somebody else's listener; HAProxy stands for it. No fence here is between it and hosts.
    case "aws:lb/getListener:getListener":
      return { ...args, loadBalancerArn: "arn:aws:elasticloadbalancing:local", protocol: "HTTPS", port: 443, tags: {} };
    case "aws:lb/getLoadBalancer:getLoadBalancer":
      return { ...args, arnSuffix: "app/another/0", dnsName: "another.elb.amazonaws.com", securityGroups: [] };
    case "aws:lb/getListenerRule:getListenerRule":
      return { ...args };
    case "aws:iam/getPolicy:getPolicy":
      return { ...args, policy: await managedPolicy(clients, String(args.arn)) };
    default:
      throw new Error(
        `the local region has no counterpart of the look-up ${token}; add one in local/answers/invokes.ts`,
      );
  }
}

/** @throws Error for a policy that is not of the region's account: moto has none of AWS's own */
async function managedPolicy(clients: Clients, PolicyArn: string): Promise<string> {
  if (PolicyArn.includes(":iam::aws:"))
    throw new Error(`the local region has no policies of AWS's own, as ${PolicyArn} is: write statements in its place`);
  const { Policy } = await clients.iam.send(new GetPolicyCommand({ PolicyArn }));
  const VersionId = Policy?.DefaultVersionId;
  const { PolicyVersion } = await clients.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  return decodeURIComponent(PolicyVersion?.Document ?? "");
}
