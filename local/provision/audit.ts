import { CreateFlowLogsCommand } from "@aws-sdk/client-ec2";
import { ACCOUNT } from "../region/place";
import { type Create, number, text } from "./resource";

const flowLog: Create = async ({ clients }, inputs) => {
  const made = await clients.ec2.send(
    new CreateFlowLogsCommand({
      ResourceType: "VPC",
      ResourceIds: [text(inputs, "vpcId")],
      TrafficType: text(inputs, "trafficType") as "ALL",
      LogDestinationType: text(inputs, "logDestinationType") as "s3",
      // moto takes no folder of a bucket.
      LogDestination: text(inputs, "logDestination").replace(/\/.*$/, ""),
      MaxAggregationInterval: number(inputs, "maxAggregationInterval"),
    }),
  );
  const [fault] = made.Unsuccessful ?? [];
  if (fault) throw new Error(fault.Error?.Message ?? "the flow log was refused");
  return { id: made.FlowLogIds?.[0] as string };
};

/** Nothing is written down here, since nobody reads it here. (moto asks for a policy of the bucket's, which the region's front keeps from it.) */
const bucketLogging: Create = async (_, inputs) => ({ id: text(inputs, "bucket") });

const trail: Create = async ({ clients }, inputs) => {
  const name = text(inputs, "name");
  return { id: name, state: { arn: `arn:aws:cloudtrail:${clients.region}:${ACCOUNT}:trail/${name}` } };
};

/** The web ACL is another's, in AWS; HAProxy lets every request through. */
const webAcl: Create = async (_, inputs) => ({ id: `${text(inputs, "webAclArn")},${text(inputs, "resourceArn")}` });

/** What writes down who did what, and what stands before the load balancer. */
export const auditResources: Readonly<Record<string, Create>> = {
  "aws:cloudtrail/trail:Trail": trail,
  "aws:ec2/flowLog:FlowLog": flowLog,
  "aws:s3/bucketLogging:BucketLogging": bucketLogging,
  "aws:wafv2/webAclAssociation:WebAclAssociation": webAcl,
};
