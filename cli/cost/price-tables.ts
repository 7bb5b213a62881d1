import type { PriceTable } from "./prices";

/**
 * The day as of which the prices below hold. Whoever changes one checks all of them, and this date with them.
 */
const DATE = "2025-06-01";

const SOURCE =
  "AWS's public price pages of EC2, EBS, Elastic Load Balancing, VPC, S3, EventBridge, KMS, Lambda, SNS, SQS, CloudWatch, CloudTrail, " +
  "Route 53 and Cloud Map: on demand, Linux, first tier, without taxes and free tiers";

/** What costs the same in both regions. */
const COMMON = {
  loadBalancerCapacity: 0.008,
  publicAddress: 0.005,
  objectStorage: 0.023,
  objectReads: 0.0004,
  objectWrites: 0.005,
  objectEvents: 1,
  key: 1,
  keyRequests: 0.03,
  functionRequests: 0.2,
  functionComputeArm: 0.0000133334,
  functionComputeX86: 0.0000166667,
  topicRequests: 0.5,
  queueRequests: 0.4,
  alarm: 0.1,
  metric: 0.3,
  logDelivery: 0.25,
  logStorage: 0.03,
  trailEvents: 0.1,
  hostedZone: 0.5,
  nameQueries: 0.4,
  registeredInstance: 0.1,
};

const BURSTABLE = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"];
const FIXED = ["large", "xlarge", "2xlarge", "4xlarge"];

/** The built-in prices in USD, by region. */
export const PRICE_TABLES: Readonly<Record<string, PriceTable>> = {
  "eu-west-1": {
    region: "eu-west-1",
    date: DATE,
    source: SOURCE,
    instances: {
      ...family("t3", BURSTABLE, 0.0057),
      ...family("t3a", BURSTABLE, 0.0051),
      ...family("t4g", BURSTABLE, 0.0046),
      ...family("m5", FIXED, 0.107),
      ...family("m6i", FIXED, 0.107),
      ...family("m6g", FIXED, 0.086),
      ...family("c5", FIXED, 0.096),
      ...family("r5", FIXED, 0.141),
    },
    meters: { ...COMMON, volumeStorage: 0.088, loadBalancer: 0.0252, natGateway: 0.048, logIngestion: 0.57 },
  },
  "us-east-1": {
    region: "us-east-1",
    date: DATE,
    source: SOURCE,
    instances: {
      ...family("t3", BURSTABLE, 0.0052),
      ...family("t3a", BURSTABLE, 0.0047),
      ...family("t4g", BURSTABLE, 0.0042),
      ...family("m5", FIXED, 0.096),
      ...family("m6i", FIXED, 0.096),
      ...family("m6g", FIXED, 0.077),
      ...family("c5", FIXED, 0.085),
      ...family("r5", FIXED, 0.126),
    },
    meters: { ...COMMON, volumeStorage: 0.08, loadBalancer: 0.0225, natGateway: 0.045, logIngestion: 0.5 },
  },
};

/** The types of a family by AWS's rule that each size costs twice what the one before it does, from the smallest's price. */
function family(name: string, sizes: readonly string[], smallest: number): Record<string, number> {
  // Doubling adds no digits: what is rounded away is the trace of binary fractions.
  return Object.fromEntries(
    sizes.map((size, index) => [`${name}.${size}`, Number((smallest * 2 ** index).toFixed(6))]),
  );
}
