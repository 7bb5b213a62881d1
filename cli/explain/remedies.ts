import type { Core } from "../../simulator/core";
import { groupStatus } from "../fleet/group-status";
import { asObject, type Fields, fieldsOf, textOf } from "../fleet/loose";
import { trialKey, verdictKey } from "../fleet/verdict";
import { voicesOf } from "../fleet/voice-keys";
import { timestamp } from "../time";
import { type GroupFacts, type HostFacts, withObjects } from "./facts";
import { type Outcome, outcomeOf } from "./outcome";

/** One change of the facts with which the host would do something else. */
export interface Remedy {
  /** What would have to happen, or be done. */
  readonly when: string;
  readonly next: Pick<Outcome, "does" | "says" | "takes">;
}

/** The same facts but for one. */
interface Supposed {
  readonly when: string;
  readonly facts: GroupFacts;
  readonly host?: HostFacts;
}

const FOR_EVER = 8.64e15;

/** What would change it: each single fact that may stand against it is supposed to be otherwise, and the core is asked again. */
export function remediesOf(core: Core, stack: string, facts: GroupFacts, host: HostFacts, is: Outcome): Remedy[] {
  return suppositions(stack, facts, host, is).flatMap((supposed) => {
    const { does, says, takes } = outcomeOf(core, supposed.facts, supposed.host ?? host);
    const same = does === is.does && says === is.says && JSON.stringify(takes) === JSON.stringify(is.takes);
    return same ? [] : [{ when: supposed.when, next: { does, says, takes } }];
  });
}

function suppositions(stack: string, facts: GroupFacts, host: HostFacts, is: Outcome): Supposed[] {
  return [
    ...ofControl(stack, facts),
    ...ofFreeze(facts),
    ...ofVersions(stack, facts),
    ...ofSlots(facts, host, is),
    ...ofIndex(stack, facts),
    ...ofHost(facts, host),
    ...(facts.balanced ? [{ when: "every target of the load balancer serves", facts: { ...facts, well: true } }] : []),
  ];
}

function ofControl(stack: string, facts: GroupFacts): Supposed[] {
  const said = saidOf(facts);
  const held = said.some(([, { hold }]) => hold !== undefined && hold !== null && hold !== false);
  const without = (change: (fields: Fields) => Fields) =>
    withObjects(facts, Object.fromEntries(said.map(([key, fields]) => [key, change(fields)])));
  const alarms = new Set(said.flatMap(([, fields]) => Object.keys(asObject(fields.alarms) ?? {})));
  return [
    ...(held
      ? [
          {
            when: `somebody ends the hold: towline resume ${facts.group} --stack ${stack}`,
            facts: without(({ hold: _, ...free }) => free),
          },
        ]
      : []),
    ...[...alarms].map((name) => ({
      when: `alarm ${name} is over`,
      facts: without((fields) => {
        const { [name]: _, ...others } = asObject(fields.alarms) ?? {};
        return { ...fields, alarms: others };
      }),
    })),
  ];
}

/** What people and alarms say, where it stands: for hosts to believe, and for older ones. */
function saidOf(facts: GroupFacts): [string, Fields][] {
  return ["orders", "control"].flatMap((name) => {
    const key = `rollout/${facts.group}/${name}.json`;
    const object = facts.objects.get(key);
    return object === undefined ? [] : [[key, fieldsOf(object.text)] as [string, Fields]];
  });
}

function ofFreeze(facts: GroupFacts): Supposed[] {
  const key = `rollout/${facts.group}/policy.json`;
  const { frozenUntil } = groupStatus(facts.group, facts.objects, [], [], facts.now);
  const { freeze, ...free } = fieldsOf(facts.objects.get(key)?.text);
  if (freeze === undefined) return [];
  const when = frozenUntil === null ? "the group has no freeze" : `the freeze ends, at ${frozenUntil}`;
  return [{ when, facts: withObjects(facts, { [key]: free }) }];
}

/** Versions that are listed, and bad or recalled. */
function ofVersions(stack: string, facts: GroupFacts): Supposed[] {
  const said = saidOf(facts);
  return facts.packages.flatMap((name) =>
    [...new Set(facts.suites.flatMap(({ listed }) => listed.get(name) ?? []))].flatMap((version): Supposed[] => {
      const [verdict, trial] = [verdictKey(facts.group, name, version), trialKey(facts.group, name, version)];
      const bad = fieldsOf(facts.objects.get(verdict)?.text).verdict === "bad";
      const recalledIn = (fields: Fields) => asObject(asObject(fields.recalled)?.[name]) ?? {};
      if (!bad && said.every(([, fields]) => recalledIn(fields)[version] === undefined)) return [];
      const again = said.map(([key, fields]) => {
        const { [version]: _, ...others } = recalledIn(fields);
        return [key, { ...fields, recalled: { ...asObject(fields.recalled), [name]: others } }] as const;
      });
      const voices = [...facts.objects.keys()].filter((key) => key.startsWith(voicesOf(facts.group, name, version)));
      const gone = [verdict, trial, ...voices].map((key) => [key, undefined] as const);
      const changed = Object.fromEntries([...gone, ...again]);
      return [
        {
          when: `it is tried again: towline retry ${name}=${version} --stack ${stack}`,
          facts: withObjects(facts, changed),
        },
      ];
    }),
  );
}

function ofSlots(facts: GroupFacts, { instance }: HostFacts, is: Outcome): Supposed[] {
  return is.reads.flatMap((key) => {
    const slot = key.endsWith("/lease.json") ? "0" : /\/slots\/(\d+)\.json$/.exec(key)?.[1];
    const body = fieldsOf(facts.objects.get(key)?.text);
    const holder = textOf(body.holder);
    if (slot === undefined || holder === "" || holder === instance) return [];
    const free = withObjects(facts, { [key]: { ...body, holder: "", nonce: "" } });
    return [{ when: `${holder} gives slot ${slot} back, or does not renew it for 90 s`, facts: free }];
  });
}

function ofIndex(stack: string, facts: GroupFacts): Supposed[] {
  const suites = facts.suites.map((suite) => ({ ...suite, until: FOR_EVER }));
  const ended = facts.suites.filter(({ until }) => until <= facts.now.getTime());
  const seen = `rollout/${facts.group}/seen.json`;
  return [
    ...(ended.length === 0
      ? []
      : [{ when: `the index is signed anew: towline renew --stack ${stack}`, facts: { ...facts, suites } }]),
    ...(facts.objects.has(seen)
      ? [
          {
            when: "an index is published that is as new as the group has seen",
            facts: withObjects(facts, { [seen]: undefined }),
          },
        ]
      : []),
  ];
}

function ofHost(facts: GroupFacts, host: HostFacts): Supposed[] {
  const [pause] = host.pauses;
  return [
    ...(host.standing === ""
      ? []
      : [{ when: `${host.instance} is mended: ${host.standing}`, facts, host: { ...host, standing: "" } }]),
    ...(pause === undefined
      ? []
      : [
          {
            when: `its pause after the failure is over, at ${timestamp(pause.until)} at the latest`,
            facts,
            host: { ...host, pauses: [] },
          },
        ]),
  ];
}
