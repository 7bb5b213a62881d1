/** A moment as ISO 8601 UTC in whole seconds, the form of every time in the bucket. */
export function timestamp(moment: Date | number = new Date()): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}
