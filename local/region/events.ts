import { randomUUID } from "node:crypto";
import { ACCOUNT } from "./place";

type Plain = Readonly<Record<string, unknown>>;

/** What is sent to the bus; the bus adds the envelope. */
export interface BusEvent {
  readonly region: string;
  /** `aws.autoscaling`, `aws.s3` … */
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Plain;
}

interface Rule {
  readonly region: string;
  readonly pattern: Plain;
  readonly targets: ((event: Plain) => Promise<void>)[];
}

/** EventBridge's default bus. moto keeps rules and targets, but sends nothing that towline needs on its way. */
export class EventBus {
  private readonly rules = new Map<string, Rule>();
  private readonly schedules: NodeJS.Timeout[] = [];

  /** @throws Error when the pattern is no JSON. */
  addRule(region: string, name: string, pattern: string): void {
    this.rules.set(name, { region, pattern: JSON.parse(pattern) as Plain, targets: [] });
  }

  /**
   * Has a rule's targets called every so many minutes, until the bus is closed, for as long as this process has something else to do.
   * @throws Error when the schedule is not of the form `rate(5 minutes)`.
   */
  addSchedule(region: string, name: string, schedule: string): void {
    const minutes = Number(/^rate\((\d+) minutes?\)$/.exec(schedule)?.[1]);
    if (!(minutes > 0)) throw new Error(`the local region's event bus has no counterpart of ${schedule}`);
    // No event fits it: nothing has this source.
    const source = `schedule ${name}`;
    this.rules.set(name, { region, pattern: { source: [source] }, targets: [] });
    const event = { region, source, detailType: "Scheduled Event", resources: [`rule/${name}`], detail: {} };
    this.schedules.push(setInterval(() => this.emit(event), minutes * 60_000).unref());
  }

  /** Ends its schedules. Events are sent on as before. */
  close(): void {
    for (const schedule of this.schedules) clearInterval(schedule);
  }

  /** @throws Error when there is no such rule. */
  addTarget(rule: string, deliver: (event: Plain) => Promise<void>): void {
    const known = this.rules.get(rule);
    if (!known) throw new Error(`no rule is named ${rule}`);
    known.targets.push(deliver);
  }

  /** Hands an event to the targets of all rules it matches, without waiting for them. */
  emit({ region, source, detailType, resources, detail }: BusEvent): void {
    const event = {
      version: "0",
      id: randomUUID(),
      "detail-type": detailType,
      source,
      account: ACCOUNT,
      time: `${new Date().toISOString().slice(0, 19)}Z`,
      region,
      resources,
      detail,
    };
    for (const [name, rule] of this.rules) {
      if (rule.region !== region || !matches(rule.pattern, event)) continue;
      for (const deliver of rule.targets) {
        deliver(event).catch((error: Error) => console.error(`events: ${name}: ${error.message}`));
      }
    }
  }
}

/**
 * Whether an event fits a pattern (EventBridge User Guide, "Event patterns"): each key of the pattern must be there, with a value that
 * one of its list fits.
 * @throws Error naming a kind of comparison that has no counterpart here.
 */
export function matches(pattern: Plain, event: Plain): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const value = event[key];
    if (!Array.isArray(wanted))
      return typeof value === "object" && value !== null && matches(wanted as Plain, value as Plain);
    const values = Array.isArray(value) ? value : [value];
    return wanted.some((one) => values.some((given) => fits(one, given)));
  });
}

function fits(wanted: unknown, value: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return wanted === value;
  const [[kind, text] = []] = Object.entries(wanted);
  if (typeof text === "string" && kind === "prefix") return typeof value === "string" && value.startsWith(text);
  if (typeof text !== "string" || kind !== "wildcard")
    throw new Error(`the local region's event bus has no counterpart of ${JSON.stringify(wanted)}`);
  const parts = text.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return typeof value === "string" && new RegExp(`^${parts.join(".*")}$`, "s").test(value);
}
