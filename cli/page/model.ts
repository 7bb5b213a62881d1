import type { GroupStatus } from "../fleet/group-status";
import type { IndexStatus } from "../fleet/index-status";
import type { GroupSize } from "../fleet/instances";
import type { StatusRow } from "../fleet/status";

/** What the page shows of one stack at one look. `rows`, `groups` and `indexes` are those of `towline status --json`. */
export interface StackView {
  readonly stack: string;
  readonly region: string;
  /** When the look was. */
  readonly at: string;
  readonly rows: readonly StatusRow[];
  readonly groups: readonly GroupStatus[];
  readonly indexes: readonly IndexStatus[];
  readonly absentGroups: readonly string[];
  readonly sizes: readonly GroupSize[];
  /** How the load balancer finds hosts, `<group>/<instance>` each, in its own words; null where nobody may ask. */
  readonly targets: Readonly<Record<string, string>> | null;
  readonly rollouts: readonly RolloutView[];
  readonly releases: readonly ReleaseView[];
  /** The newest first. */
  readonly timeline: readonly TimelineEvent[];
  /** Hosts that were there at an earlier look, and are not any more. */
  readonly gone: readonly GoneHost[];
  /** What could not be read at this look. */
  readonly troubles: readonly string[];
}

/** A version on its way through a group. */
export interface RolloutView {
  readonly group: string;
  readonly package: string;
  readonly version: string;
  /** `waits`: nobody has begun; `canary`: its first host is out; `bake`: it serves and is watched; `rolling`: the others follow. */
  readonly phase: "waits" | "canary" | "bake" | "rolling";
  /** The host that tries it first; '' where none does, or it is done. */
  readonly canary: string;
  /** Hosts in service that run it, and all that are. */
  readonly done: number;
  readonly total: number;
  /** Hosts that hold a slot for it. */
  readonly out: readonly string[];
  readonly waiting: readonly string[];
  /** What keeps it from going on; '' where nothing does. */
  readonly stopped: string;
  /** When the last host is through, as long as the others take as long as the last one did; null where nothing is known of that. */
  readonly expected: string | null;
}

/** A release and what became of it in this stack. */
export interface ReleaseView {
  readonly package: string;
  readonly version: string;
  /** '' for the main suite. */
  readonly channel: string;
  readonly state: "listed" | "withdrawn" | "dropped" | "interrupted";
  readonly commit: string | null;
  readonly buildUrl: string | null;
  readonly publishedAt: string | null;
  readonly publishedBy: string | null;
  readonly promotedFrom: string | null;
  readonly verdicts: Readonly<Record<string, string>>;
  /** Hosts that run it. */
  readonly hosts: number;
}

export type EventKind =
  | "release"
  | "withdrawal"
  | "settings"
  | "scale"
  | "replacement"
  | "alarm"
  | "hold"
  | "verdict"
  | "recall";

/** Something that happened. */
export interface TimelineEvent {
  readonly at: string;
  readonly kind: EventKind;
  /** '' where it is of the whole stack. */
  readonly group: string;
  readonly text: string;
  /** Why, or by whom. */
  readonly reason: string;
}

export interface GoneHost {
  readonly group: string;
  readonly instance: string;
  /** The look at which it was missed first. */
  readonly at: string;
  readonly packages: Readonly<Record<string, string>>;
}

/** All stacks of a page. */
export interface PageModel {
  readonly stacks: readonly StackView[];
}

/** What is known of one host beside its row, asked for when somebody opens it. */
export interface HostDetail {
  /** What it was at, the newest first, and for how many seconds; null for what it is at now. */
  readonly steps: readonly { readonly at: string; readonly what: string; readonly seconds: number | null }[];
  /** Its last reports, the newest first. */
  readonly reports: readonly {
    readonly at: string;
    readonly state: string;
    readonly health: string;
    readonly packages: Readonly<Record<string, string>>;
    readonly error: string;
  }[];
}
