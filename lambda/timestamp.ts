/** A moment as ISO 8601 UTC in whole seconds, as all times in the bucket. */
export function timestamp(moment: Date | number): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}
