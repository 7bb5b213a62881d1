/** What AWS counts, and how much of it one price is for. */
interface Meter {
  /** What one price is for, as it is read after the price: 0.0004 per `1,000 requests`. */
  readonly unit: string;
  /** The number in `unit`. */
  readonly per: number;
}

/** Everything a price table has a price for, instances apart. */
export const METERS = {
  volumeStorage: { unit: "GB-month", per: 1 },
  loadBalancer: { unit: "hour", per: 1 },
  loadBalancerCapacity: { unit: "LCU-hour", per: 1 },
  natGateway: { unit: "hour", per: 1 },
  publicAddress: { unit: "hour", per: 1 },
  objectStorage: { unit: "GB-month", per: 1 },
  objectReads: { unit: "1,000 requests", per: 1000 },
  objectWrites: { unit: "1,000 requests", per: 1000 },
  objectEvents: { unit: "1,000,000 events", per: 1_000_000 },
  key: { unit: "month", per: 1 },
  keyRequests: { unit: "10,000 requests", per: 10_000 },
  functionRequests: { unit: "1,000,000 requests", per: 1_000_000 },
  functionComputeArm: { unit: "GB-second", per: 1 },
  functionComputeX86: { unit: "GB-second", per: 1 },
  topicRequests: { unit: "1,000,000 requests", per: 1_000_000 },
  queueRequests: { unit: "1,000,000 requests", per: 1_000_000 },
  alarm: { unit: "month", per: 1 },
  metric: { unit: "month", per: 1 },
  logIngestion: { unit: "GB", per: 1 },
  logDelivery: { unit: "GB", per: 1 },
  logStorage: { unit: "GB-month", per: 1 },
  trailEvents: { unit: "100,000 events", per: 100_000 },
  hostedZone: { unit: "month", per: 1 },
  nameQueries: { unit: "1,000,000 queries", per: 1_000_000 },
  registeredInstance: { unit: "month", per: 1 },
} as const satisfies Readonly<Record<string, Meter>>;

export type MeterName = keyof typeof METERS;

export const METER_NAMES = Object.keys(METERS) as MeterName[];
