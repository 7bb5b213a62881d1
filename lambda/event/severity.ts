import { SEVERITIES, type Severity } from "../report";

/** What an event says of how it went. */
export interface Outcome {
  /** The service's own judgement: `HIGH`, `WARN`, `8`. */
  readonly label?: string;
  /** `FAILED`, `SUCCEEDED`, `NON_COMPLIANT`. */
  readonly state?: string;
  /** What it says besides. */
  readonly words: string;
}

const NOT = String.raw`(?<!\b(?:no|not|non|0|zero|without|without any|never) )`;
const NONE = String.raw`(?! ?[:=] ?(?:0|none|no|false)\b)`;
const words = (list: string) => new RegExp(`${NOT}\\b(?:${list})\\b${NONE}`, "i");

const DANGER = words("critical|severe|fatal|exposed|compromised");
const BAD = words(
  [
    "fail(?:ed|ing|s|ure|ures|over)?|errors?|abort(?:ed|ing)?|expir(?:ed?|es|ing|y|ation)|degrad(?:ed|ation)|denied|time(?:d ?)?out|timed out",
    "unhealthy|impaired|unavailable|unreachable|lost|exceed(?:ed|s|ing)?|breach(?:ed)?|violat(?:ed|ion)|warn(?:ing)?|roll(?:ed)? ?back",
    "crash(?:ed)?|threats?|malware|cancel+ed|interrupt(?:ed|ion)|retire(?:d|ment)|outage|incident|issue|insufficient|disconnected|low storage",
    "throttl(?:ed|ing)|suspended|revoked|overdue|fault|panic|out of memory|killed|(?:is|are) (?:low|full|down)|actions? required|bounced?|complaint|corrupt(?:ed)?|rejected|terminated with errors|exhausted|anomal(?:y|ies|ous)",
  ].join("|"),
);
const NON =
  /\bnon ?compliant\b|\bnot (?:compliant|healthy|available|successful|ok)\b|\bdid not (?:succeed|complete|pass)\b|\bun(?:successful|stable)\b/i;
const GOOD = words(
  "succe(?:ed|eds|eded|ss|ssful|ssfully)|completed?|resolved|recovered|passed|compliant|healthy|steady|ok|closed|fixed|ready",
);
const OVER = words("resolved|recovered|back to normal");

/** @returns a guess by the words: a failure must not look like news, and never like good news */
export function judge({ label, state = "", words }: Outcome): Severity {
  const byState = ofWords(state);
  if (byState === "good") return "good";
  const own = ofLabel(label);
  return worst(own ?? "info", byState, state === "" || byState === "info" ? ofWords(words) : "info");
}

/** @returns what a finding's level means, a number on GuardDuty's scale to 10 or Security Hub's to 100 */
export function ofLabel(label: string | undefined): Severity | undefined {
  if (label === undefined) return undefined;
  const score = Number(label) > 10 ? Number(label) / 10 : Number(label);
  if (label.trim() !== "" && !Number.isNaN(score)) return score >= 7 ? "danger" : score >= 4 ? "warning" : "info";
  if (/^(critical|high|severe|fatal|emergency|sev-?[01])$/i.test(label)) return "danger";
  return /^(medium|moderate|warn(ing)?|error)$/i.test(label) ? "warning" : "info";
}

function ofWords(text: string): Severity {
  const spoken = text
    .slice(0, 4000)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    // Of a transition, only what it led to counts.
    .replace(/\bfrom \S+ to /gi, "to ");
  if (OVER.test(spoken) && !NON.test(spoken)) return "good";
  if (DANGER.test(spoken)) return "danger";
  if (BAD.test(spoken) || NON.test(spoken)) return "warning";
  return GOOD.test(spoken) ? "good" : "info";
}

function worst(...severities: readonly Severity[]): Severity {
  return severities.reduce((one, other) => (SEVERITIES.indexOf(one) > SEVERITIES.indexOf(other) ? one : other));
}
