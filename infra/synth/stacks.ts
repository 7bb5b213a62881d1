/**
 * Pulumi keeps the stack of every promise and resource, for its own reports, in errors without a message: writing them down took most of
 * the time. Of other errors, one frame still says where they come from.
 *
 * @returns what puts everything back
 */
export function withoutPulumisStacks(): () => void {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = (error, frames) => {
    if (error.message === "") return "Error";
    return prepareStackTrace?.(error, frames) ?? `${error}${frames.map((frame) => `\n    at ${frame}`).join("")}`;
  };
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  };
}
