/** One thing that is known of a version's way through a group. */
export interface RolloutEvent {
  readonly group: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly what:
    | "published"
    | "marked"
    | "vanished"
    | "failed"
    | "ok"
    | "bad"
    | "says bad"
    | "waits"
    | "takes slot"
    | "leaves slot"
    | "serves"
    | "went back"
    | "stuck"
    | "held"
    | "resumed"
    | "alarm"
    | "alarm over"
    | "recalled"
    | "retried";
  /** The host it is about; '' where it is about none. */
  readonly instance: string;
  /** How long it took: of a slot, how long it was held; of a host, how long it was out; null where that is not known. */
  readonly seconds: number | null;
  /** Why, by whom, which slot. */
  readonly detail: string;
}

/** One version of an object, as the bucket keeps it. */
export interface Past {
  readonly at: Date;
  /** undefined: it was deleted then. */
  readonly text: string | undefined;
}

/** The versions of one object, the oldest first. */
export interface History {
  readonly key: string;
  readonly versions: readonly Past[];
}

/** The release that is asked for. */
export interface Wanted {
  readonly group: string;
  readonly name: string;
  readonly version: string;
}
