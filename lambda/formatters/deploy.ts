import { duration } from "../duration";
import {
  codeBlock,
  facts,
  footnote,
  paragraph,
  type Severity,
  type SlackMessage,
  slackMessage,
} from "../slack/message";
import { asFields, asText } from "../values";
import type { Formatter } from "./formatter";

const SEVERITY = { upgraded: "good", "rolled-back": "warning", "boot-failed": "danger" } as const satisfies Record<
  string,
  Severity
>;
type Outcome = keyof typeof SEVERITY;

/** What the agent of a host reports about a deploy (docs/contracts.md, "Events on the stack's SNS topic"). */
interface Deploy {
  readonly outcome: Outcome;
  readonly stack?: string;
  readonly group?: string;
  readonly instance: string;
  readonly package?: string;
  /** The version that was tried. */
  readonly version?: string;
  /** The version the host had before, and has again after a rollback. */
  readonly previous?: string;
  /** May be several lines, the last ones of a log. */
  readonly reason?: string;
  readonly seconds?: number;
  readonly at?: string;
}

/** A host took a new version, went back from one, or did not come up. */
export const formatDeploy: Formatter = ({ body }) => {
  const deploy = parseDeploy(body);
  return deploy && message(deploy);
};

function parseDeploy(body: unknown): Deploy | undefined {
  const fields = asFields(body);
  if (fields?.source !== "towline" || fields.event !== "deploy" || !isOutcome(fields.outcome)) return undefined;
  return {
    outcome: fields.outcome,
    stack: asText(fields.stack),
    group: asText(fields.group),
    instance: asText(fields.instance) ?? "a host",
    package: asText(fields.package),
    version: asText(fields.version),
    previous: asText(fields.previous),
    reason: asText(fields.reason),
    seconds: typeof fields.seconds === "number" ? fields.seconds : undefined,
    at: asText(fields.at),
  };
}

function isOutcome(value: unknown): value is Outcome {
  return typeof value === "string" && Object.hasOwn(SEVERITY, value);
}

function message(deploy: Deploy): SlackMessage {
  const { outcome, stack, group, instance, version, previous, reason, seconds, at } = deploy;
  const isLog = reason?.includes("\n") ?? false;
  return slackMessage(SEVERITY[outcome], story(deploy), [
    facts({
      Package: deploy.package,
      Version: (outcome === "rolled-back" ? [version, previous] : [previous, version]).filter(Boolean).join(" → "),
      Stack: stack,
      Group: group,
      Instance: instance,
      Took: seconds === undefined ? undefined : duration(seconds),
    }),
    isLog ? codeBlock(reason ?? "") : paragraph(reason),
    footnote(at),
  ]);
}

function story(deploy: Deploy): string {
  const { outcome, instance, previous, reason, seconds } = deploy;
  const release = [deploy.package ?? "a package", deploy.version].filter(Boolean).join(" ");
  const place = [deploy.stack, deploy.group].filter(Boolean).join("/");
  const host = place === "" ? instance : `${instance} (${place})`;
  const span = seconds === undefined ? undefined : duration(seconds);
  const why = reason === undefined ? "" : `: ${reason.split("\n", 1)[0]?.replace(/\.$/, "")}`;
  switch (outcome) {
    case "upgraded": {
      const did = previous === undefined ? "was installed" : `took the place of ${previous}`;
      return `${release} ${did} on ${host}${span ? ` in ${span}` : ""}${why}.`;
    }
    case "rolled-back":
      return `${release} failed on ${host}, which went back to ${previous ?? "the version before"}${span ? ` after ${span}` : ""}${why}.`;
    case "boot-failed":
      return `${host} did not come up with ${release}${span ? ` within ${span}` : ""}${why}.`;
  }
}
