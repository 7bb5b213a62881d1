import { shortenArns } from "../aws/arn";
import { withoutCiphertext } from "../aws/error";
import type { Event } from "./event";
import { type Entry, entriesOf, search } from "./search";

/** What could be found out of an event of any service. */
export interface Findings {
  /** What happened, in the service's words. */
  readonly what?: string;
  /** What it happened to: the name of a resource. */
  readonly which?: string;
  /** How it stands: `FAILED`. */
  readonly state?: string;
  /** How bad the service itself finds it. */
  readonly label?: string;
  /** What kind of thing tells it, where neither a subject nor EventBridge says so. */
  readonly sender?: string;
  readonly entries: readonly Entry[];
}

const WHAT = [
  /^(error|event|status|alert|warning|failure|detail)?message$/,
  /^(latestdescription|title|headline|subject)$/,
  /^(stopped|status|statechange|failure|failed|termination|disconnect)reason$/,
  /^(externalexecutionsummary|additionalinformation|errorinformation|statusdetails?|summary|diagnosticcode|phasecontext)$/,
  /^(cause|error|errorcode|notificationbody)$|reason$/,
  /^(check|configrule|rule)name$/,
  /description$/,
];
const SOURCE = [/^source(identifier|id)$|^statemachinearn$/, /^resource(name|id|arn)$/];
const NAME = [
  /^(?!user|event|check|document|region|host|principal|account|role|policy|display|key|service|agent|common)\w*name$/,
  /^(pipeline|project|stack|application|environment|function|group|commonname|servicename|alarm|instanceid|clusterid)$/,
];
const ID = [
  /^(?!account|event|request|execution|jobrun|version|principal|communication|message|schema|correlation|aws|trace|run|uu|user|repository|stack)\w+(id|identifier)$/,
  /^emailaddress$/,
  /arn$/,
];
const STATE = [
  /resultstatus$|^compliancestatus$|^(scan|test|check|evaluation)?(result|outcome|conclusion)$/,
  /^(new|current|last|build|job)?(state|status|statevalue|statecode)$/,
  /^(?!previous|old|desired|prior|required)\w*(state|status)$/,
  /^(compliancetype|eventname|operation|typeofchange|event|action|condition)$/,
];
const LABEL = [/^(severity|severitylabel|risklevel|risk|priority|level|urgency)$/, /^eventtype$/];
const SENDER = [/^(eventsource|notificationtype|eventtype|messagetype|alerttype|template)$/];
/** How many findings of a severity a scan tells of: `finding-severity-counts: {CRITICAL: 10}`. */
const COUNT = /^(critical|high|medium|moderate|low)(count|findings)?$/;
const COUNTS = /severit|finding|vulnerabilit|count/;
/** Longer is no state, but a sentence. */
const LONGEST_STATE = 40;

/** Looks for what happened, to what, and how bad it is, under the names that services use. */
export function findingsOf({ fields, resources }: Event): Findings {
  const entries = entriesOf(fields);
  const which =
    search(entries, SOURCE, 0) ??
    search(entries, NAME, 1) ??
    resources[0] ??
    search(entries, ID, 0) ??
    search(entries, [...SOURCE, ...NAME, ...ID]);
  const state = search(entries, STATE.slice(0, 1)) ?? search(entries, STATE, 1);
  const counts = countsOf(entries);
  const what = search(entries, WHAT) ?? counts?.text;
  return {
    what: what && shortenArns(withoutCiphertext(what)),
    which: which && shortenArns(which),
    // That a scan is complete says nothing of what it found.
    state: counts === undefined && state !== undefined && state.length <= LONGEST_STATE ? state : undefined,
    label: search(entries, LABEL, 2) ?? counts?.worst,
    sender: search(entries, SENDER, 0),
    entries,
  };
}

function countsOf(entries: readonly Entry[]): { readonly text: string; readonly worst: string } | undefined {
  const found = entries.flatMap(({ name, parent, value }) => {
    const severity = COUNTS.test(parent) && Number(value) > 0 ? COUNT.exec(name)?.[1] : undefined;
    return severity === undefined ? [] : [{ severity, value }];
  });
  const order = ["critical", "high", "medium", "moderate", "low"];
  found.sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  const [first] = found;
  return (
    first && { worst: first.severity, text: found.map(({ severity, value }) => `${value} ${severity}`).join(", ") }
  );
}
