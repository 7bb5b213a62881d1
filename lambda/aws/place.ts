/** Where in AWS something lies. */
export interface Place {
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition?: string;
  readonly region?: string;
  readonly account?: string;
}

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** @returns the parts of an ARN that say where; display names such as "US East (N. Virginia)" are no use and left out */
export function placeOfArn(arn: string | undefined): Place {
  const [scheme, partition, , region = "", account = ""] = arn?.split(":") ?? [];
  if (scheme !== "arn" || partition === undefined || !REGION.test(region)) return {};
  return { partition, region, account: /^\d+$/.test(account) ? account : undefined };
}

/** @returns what the first place that knows its region says, partition guessed from the region where it is missing */
export function firstPlace(...places: readonly Place[]): Place {
  const place = places.find(({ region }) => region !== undefined && REGION.test(region)) ?? {};
  const account = place.account ?? places.find((other) => other.account !== undefined)?.account;
  return { ...place, account, partition: place.partition ?? partitionOf(place.region) };
}

/** @returns the region of an availability zone (`eu-west-1b`), or undefined where the name does not tell, as local zones' */
export function regionOfZone(zone: string | undefined): string | undefined {
  return zone?.match(/^([a-z]{2,}(?:-[a-z]+)+-\d+)[a-z]$/)?.[1];
}

function partitionOf(region: string | undefined): string | undefined {
  const special = region?.match(/^(cn|us-gov|eusc)-/)?.[1];
  return special === undefined ? region && "aws" : `aws-${special}`;
}
