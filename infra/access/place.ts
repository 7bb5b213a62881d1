/** Where the ARNs of a stack's resources lie, once AWS has said so. */
export interface Place {
  /** First part of every ARN: aws or aws-us-gov. */
  readonly partition: string;
  readonly region: string;
  /** Number of the AWS account. */
  readonly account: string;
}

/** First part of the ARNs of a region; the configuration takes none in China. */
export function partitionOf(region: string): string {
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
