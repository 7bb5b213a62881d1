import { asText } from "../values";

/** What a number of a metric counts. */
export interface Unit {
  readonly kind: "bytes" | "seconds" | "percent" | "days";
  /** How many bytes, seconds or percent one of it is: 0.001 for milliseconds. */
  readonly factor: number;
  readonly perSecond?: true;
}

const bytes: Unit = { kind: "bytes", factor: 1 };
const seconds: Unit = { kind: "seconds", factor: 1 };
const milliseconds: Unit = { kind: "seconds", factor: 0.001 };
const percent: Unit = { kind: "percent", factor: 1 };

/** CloudWatch's names of units (its API's `StandardUnit`), without their `/Second`. */
const NAMED: Readonly<Record<string, Unit>> = {
  percent,
  seconds,
  milliseconds,
  bytes,
  bits: { kind: "bytes", factor: 1 / 8 },
};
const PREFIXES: Readonly<Record<string, number>> = { micro: 1e-6, kilo: 1e3, mega: 1e6, giga: 1e9, tera: 1e12 };

/** Alarms mostly leave their unit out, so that the metric's name has to tell; what only holds for some services names them. */
const BY_NAME: readonly (readonly [name: RegExp, unit: Unit, namespace?: RegExp])[] = [
  [/^(Integration)?Latency$/, milliseconds, /ApiGateway/],
  [/^(Commit|DDL|DML|Delete|Insert|Select|Update)Latency$|^AuroraReplicaLag/, milliseconds, /RDS/],
  [/Latency$|Time$/, milliseconds, /DynamoDB|S3|CloudFront|Kinesis|AppSync|States/],
  [/Duration$|IteratorAge$/, milliseconds, /Lambda|Synthetics/],
  [/StorageSpace$|UsedSpace$/, { kind: "bytes", factor: 2 ** 20 }, /AWS\/ES/],
  [/^BurstCreditBalance$/, bytes, /EFS/],
  [/^BurstBalance$/, percent],
  [/ErrorRate$|HitRate$/, percent, /CloudFront|ElastiCache/],
  [/utili[sz]ation$|percent|%/i, percent],
  [/milliseconds?$|Millis$|[a-z]Ms$|_ms$/i, milliseconds],
  [/DaysToExpiry$/, { kind: "days", factor: 1 }],
  [/^(Read|Write|Network(Receive|Transmit))Throughput$/, { ...bytes, perSecond: true }],
  [/bytes|^Network(In|Out)$|StorageSpace|FreeableMemory|FreeLocalStorage|SwapUsage|DiskUsage$/i, bytes],
  [/^(mem|swap|disk)_(used|free|total|available|cached|buffered)$/, bytes],
  [/Latency$/, seconds, /ELB|RDS|DocDB|Neptune/],
  [/Duration$/, seconds, /CodeBuild/],
  [/ResponseTime$|Seconds$|_seconds$|^Repli\w+Lag$|TimeLag$|AgeOfOldest|Uptime$/, seconds],
];

/**
 * @param named the unit the alarm itself names, if any
 * @returns undefined for counts, and where nothing tells
 */
export function unitOf(name: string | undefined, namespace: string | undefined, named: unknown): Unit | undefined {
  const [unit = "", per] = (asText(named) ?? "").toLowerCase().split("/");
  const [, prefix = "", base = ""] = unit.match(/^(micro|kilo|mega|giga|tera)?(.*)$/) ?? [];
  const known = Object.hasOwn(NAMED, base) ? NAMED[base] : undefined;
  if (known !== undefined) {
    const factor = known.factor * (PREFIXES[prefix] ?? 1);
    return { kind: known.kind, factor, ...(per === "second" && { perSecond: true }) };
  }
  if (unit !== "" && unit !== "none") return undefined;
  return BY_NAME.find(
    ([pattern, , service]) => pattern.test(name ?? "") && (service?.test(namespace ?? "") ?? true),
  )?.[1];
}
