import type { HostReport } from "../fleet/host";
import type { Seen, Snapshot } from "../fleet/snapshot";

/** What is said where, and since when. */
export interface Fact {
  /** Key of the object that says it. */
  readonly object: string;
  /** When it was written, as a timestamp; null where there is no such object. */
  readonly at: string | null;
  readonly says: string;
}

/** An index that a group's hosts go by. */
export interface SuiteFacts {
  /** Key of its InRelease. */
  readonly key: string;
  readonly channel: boolean;
  readonly tag: string;
  /** When it was signed, and when hosts stop believing it, in milliseconds since the epoch. */
  readonly date: number;
  readonly until: number;
  /** Of each package, the newest version first. */
  readonly listed: ReadonlyMap<string, readonly string[]>;
}

/** A host, as Auto Scaling and its own report have it. */
export interface HostFacts {
  readonly instance: string;
  /** `InService`, … ; of the past, what its report says of it. */
  readonly lifecycle: string;
  /** Key of its report; '' where there is none. */
  readonly key: string;
  readonly report: HostReport | undefined;
  /** Why it cannot install what is there, until somebody changes the host; '' where it can. */
  readonly standing: string;
  /** What it failed at by itself, as package=version, and until when it leaves that alone, in milliseconds since the epoch. */
  readonly pauses: readonly { readonly spec: string; readonly until: number }[];
}

/** All that is known of a group at one moment. */
export interface GroupFacts {
  readonly group: string;
  /** Packages of its hosts, in their order. */
  readonly packages: readonly string[];
  /** Whether a load balancer says who serves. */
  readonly balanced: boolean;
  readonly suites: readonly SuiteFacts[];
  /** What is below rollout/<group>/. */
  readonly objects: Snapshot;
  readonly hosts: readonly HostFacts[];
  /** Hosts of which it is assumed that they serve, though they say otherwise. */
  readonly well?: boolean;
  readonly now: Date;
  /** What is not known, a sentence each. */
  readonly unknown: readonly string[];
}

/** The same with some objects in place of others; undefined takes one away. */
export function withObjects(
  facts: GroupFacts,
  changes: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>,
): GroupFacts {
  const objects = new Map<string, Seen>(facts.objects);
  for (const [key, body] of Object.entries(changes)) {
    if (body === undefined) objects.delete(key);
    else objects.set(key, { text: JSON.stringify(body), modified: objects.get(key)?.modified ?? facts.now });
  }
  return { ...facts, objects };
}
