import { type AlarmState, readChange } from "./change";
import { controlWith } from "./control";

/** A control object as it was read. */
export interface Stored {
  readonly text: string;
  readonly etag: string;
}

/** What the function asks of AWS. */
export interface Cloud {
  /** The states of alarms; those that do not exist are left out. */
  statesOf(names: readonly string[]): Promise<readonly AlarmState[]>;
  /** An object of a group; undefined where there is none. */
  read(group: string, name: Name): Promise<Stored | undefined>;
  /** Writes it over exactly what was read; false where somebody else wrote meanwhile. */
  write(group: string, name: Name, text: string, over: Stored | undefined): Promise<boolean>;
}

/** Where alarms stand: for hosts to believe, which may not write it, and for hosts to hear of, and for agents before 0.11. */
export type Name = "orders" | "control";
const NAMES: readonly Name[] = ["orders", "control"];

/** That often others may be faster, each of which writes seldom. */
const ATTEMPTS = 8;

/**
 * Makes the alarms in the groups' objects those that are in ALARM, whatever was missed before. An event only says where to
 * look, and what CloudWatch may not tell yet; any other call, such as the schedule's, looks at all groups.
 *
 * @param groups names of alarms by group
 * @throws Error naming each group that could not be seen to, and each alarm that does not exist; all others were seen to
 */
export async function follow(
  event: unknown,
  groups: Readonly<Record<string, readonly string[]>>,
  cloud: Cloud,
  say: (line: string) => void,
): Promise<void> {
  const change = readChange(event);
  const concerned = Object.entries(groups).filter(([, named]) => change === undefined || named.includes(change.name));
  const results = await Promise.allSettled(
    concerned.map(([group, named]) => settleBoth(group, named, change, cloud, say)),
  );
  const faults = results.flatMap((result) =>
    result.status === "rejected" ? [String(result.reason.message)] : result.value,
  );
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

async function settleBoth(
  group: string,
  named: readonly string[],
  change: AlarmState | undefined,
  cloud: Cloud,
  say: (line: string) => void,
): Promise<string[]> {
  const faults: string[] = [];
  // One after the other: what hosts hear of is there by then.
  for (const name of NAMES)
    faults.push(
      ...(await settle(group, name, named, change, cloud, say).catch(sayOf(`rollout/${group}/${name}.json`))),
    );
  return [...new Set(faults)];
}

/** Sees to one object of a group; what it returns is wrong with its alarms. */
async function settle(
  group: string,
  name: Name,
  named: readonly string[],
  change: AlarmState | undefined,
  cloud: Cloud,
  say: (line: string) => void,
): Promise<string[]> {
  const wanted = change === undefined ? named : [change.name];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const known = await cloud.statesOf(wanted);
    const states = change === undefined ? known : [newest(change, known)];
    const gone = wanted.filter((name) => !states.some((state) => state.name === name));
    const stored = await cloud.read(group, name);
    const text = controlWith(stored?.text, named, states, gone, Date.now());
    if (text === undefined) return gone.map((name) => missing(group, name));
    // After a write it looks again: what it had read may have been older than what another call wrote before.
    if (await cloud.write(group, name, text, stored)) say(`${group}: ${name}: ${text}`);
  }
  throw new Error(`it was written by others ${ATTEMPTS} times in a row`);
}

/** CloudWatch's answer may be older than an event, and an event older than the answer. */
function newest(change: AlarmState, known: readonly AlarmState[]): AlarmState {
  return known.find(({ name, at }) => name === change.name && at >= change.at) ?? change;
}

function missing(group: string, alarm: string): string {
  return `${group}: its rollout watches the alarm ${alarm}, which does not exist here: create it, or take it out of rollout.alarms`;
}

function sayOf(key: string): (error: Error) => never {
  return (error) => {
    throw new Error(`${key}: ${error.message}`, { cause: error });
  };
}
