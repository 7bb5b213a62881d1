import { ConfigError, parseStackConfig } from "../../infra/config";

export type Raw = Record<string, unknown>;
export type GroupRaw = Record<string, unknown>;

/** A group that is right. */
export const web: GroupRaw = {
  packages: ["hello"],
  processes: { hello: "web=1 worker=2" },
  size: { min: 2, max: 4 },
  http: { port: 6000 },
};

/** A configuration that is right, but for the change. */
export function valid(change: Raw = {}): Raw {
  return {
    "aws:region": "eu-west-1",
    "towline:repository": { bucket: "acme-staging" },
    "towline:groups": { web },
    ...change,
  };
}

/** One whose group web is changed, and inherits. */
export function withWeb(change: GroupRaw, base?: GroupRaw): Raw {
  return valid({ "towline:groups": { ...(base && { __base__: base }), web: { ...web, ...change } } });
}

/** The lines of a configuration's error, none where it is right. */
export function errorsOf(raw: Raw, stack = "staging"): string[] {
  try {
    parseStackConfig(stack, raw);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
}
