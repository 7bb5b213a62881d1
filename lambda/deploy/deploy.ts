import type { Severity } from "../report";
import { asFields, asNumber, asText } from "../values";

/** The severity of each thing a deploy can report: hosts' outcomes first, then the stages Jenkins and the CLI report. */
const SEVERITY = {
  upgraded: "good",
  "rolled-back": "warning",
  "boot-failed": "danger",
  stuck: "danger",
  replaced: "warning",
  published: "info",
  "canary-healthy": "good",
  rolling: "info",
  done: "good",
  failed: "danger",
  promoted: "good",
  withdrawn: "warning",
  "rolled-back-by-hand": "warning",
  requested: "info",
  "request-failed": "danger",
} as const satisfies Record<string, Severity>;

export type Stage = keyof typeof SEVERITY;

/** A step of a deploy (docs/contracts.md, "Events on the stack's SNS topics"). */
export interface Deploy {
  /** A host's outcome or a stage; one of a later agent or command is passed on as it is. */
  readonly stage: Stage | (string & {});
  readonly severity: Severity;
  readonly stack?: string;
  readonly group?: string;
  readonly instance?: string;
  readonly package?: string;
  /** The version it is about; of a rollback by hand, the one that is gone back to. */
  readonly version?: string;
  /** The version there was before; after a host went back by itself, the one it has again. */
  readonly previous?: string;
  /** May be several lines, the last ones of a log. */
  readonly reason?: string;
  readonly seconds?: number;
  /** Hosts that run it, of so many. */
  readonly done?: number;
  readonly total?: number;
  /** Who did it. */
  readonly by?: string;
  /** The stack it was promoted from. */
  readonly from?: string;
  readonly action: "promote" | "rollback";
  readonly commit?: string;
  /** Channel of branch builds; absent for the main one. */
  readonly channel?: string;
  /** Address of the Jenkins build. */
  readonly buildUrl?: string;
  readonly at?: string;
}

/** @returns undefined when the message is no deploy event */
export function parseDeploy(body: unknown): Deploy | undefined {
  const fields = asFields(body);
  if (fields?.source !== "towline" || fields.event !== "deploy") return undefined;
  const stage = asText(fields.outcome) ?? asText(fields.stage);
  if (stage === undefined) return undefined;
  return {
    stage,
    severity: isStage(stage) ? SEVERITY[stage] : "info",
    stack: asText(fields.stack) ?? asText(fields.to),
    group: asText(fields.group),
    instance: asText(fields.instance),
    package: asText(fields.package),
    version: asText(fields.version),
    previous: asText(fields.previous),
    reason: asText(fields.reason),
    seconds: asNumber(fields.seconds),
    done: asNumber(fields.done),
    total: asNumber(fields.total),
    by: asText(fields.by),
    from: asText(fields.from),
    action: fields.action === "rollback" ? "rollback" : "promote",
    commit: asText(fields.commit),
    channel: asText(fields.channel),
    buildUrl: asText(fields.buildUrl),
    at: asText(fields.at),
  };
}

export function isStage(stage: string): stage is Stage {
  return Object.hasOwn(SEVERITY, stage);
}
