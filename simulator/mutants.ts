/** A fault put back into the core. */
export interface Mutant {
  readonly name: string;
  /** Text of the program, there once, and what takes its place. */
  readonly from: string;
  readonly to: string;
  /** The scenario that catches it. */
  readonly caughtBy: string;
  /** How many of its schedules that takes. @default 1 */
  readonly schedules?: number;
}

/** The faults that hosts had before there was one core, each of which the simulator has to see. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "a host with nothing left to do looks at InRelease alone",
    from: ' + [control_key, (.objects[control_key].tag // "")]]',
    to: "]",
    caughtBy: "a version that was found good is recalled from all",
  },
  {
    name: "the canary leaves no mark",
    from: 'if word(.want.package; .want.version) == "ok" or (.marked',
    to: "if true or (.marked",
    caughtBy: "a version that ends its hosts reaches two",
  },
  {
    name: "canaries that vanish never count",
    from: "elif ($vanished | length) >= 2 and .want.back != true then",
    to: "elif false then",
    caughtBy: "a version that ends its hosts reaches two",
  },
  {
    name: "a canary that does not serve finds its version good",
    from: "elif .serving then put",
    to: "elif true then put",
    caughtBy:
      "a version that the load balancer finds unhealthy is found good by none of the hosts that are replaced for it",
  },
  {
    name: "a boot takes the highest version, proven or not",
    from: '([$suites[][] | select(.word == "ok")][0] // [$suites[][] | select(.word | unproven)][0]) as $best',
    to: "[$suites[][] | select(.word | usable)][0] as $best",
    caughtBy: "hosts that are launched during a trial take what is proven",
  },
  {
    name: "nothing proves what all hosts of a new group have booted with",
    from: 'choice(if $good.word == "" then "confirm" else "none" end;',
    to: 'choice("none";',
    caughtBy: "a group of which nothing is proven yet proves what it runs",
  },
  {
    name: "a failure while other hosts are unhealthy as well convicts",
    from: "elif .turn.back == true or .turn.ill == true or .ending then",
    to: "elif .turn.back == true or .ending then",
    caughtBy: "while a database is away, no version is convicted",
    schedules: 6,
  },
  {
    name: "one later failure convicts",
    from: "(voices | length) >= ([2, ((.turn.size // 0) * 0.05 | ceil)] | max)",
    to: "(voices | length) >= 1",
    caughtBy: "one host that fails at a proven version keeps it from nobody",
  },
  {
    name: "hosts that agree convict, and recall nothing",
    from: 'elif .outcome == "failed" and .convicted then',
    to: "elif false then",
    caughtBy: "two hosts that fail at a version that was found good take it from all",
  },
  {
    name: "a way back that fails convicts",
    from: "elif .turn.back == true or .turn.ill == true or .ending then",
    to: "elif .turn.ill == true or .ending then",
    caughtBy: "a withdrawn version is not what hosts end on, and nothing older is blamed for a database that is away",
  },
  {
    name: "a lease counts as abandoned between two renewals",
    from: "def lease_seconds: 90;",
    to: "def lease_seconds: 5;",
    caughtBy: "a good version comes to all",
  },
  {
    name: "a host leaves without looking again, at the lease and at the others",
    from: 'elif .step == "leaving" then learn($event)',
    to: 'elif .step == "leaving" then over([["answer", "go"]]) elif .step == "never" then learn($event)',
    caughtBy: "a host that stands still with the lease leaves no more once another has it",
  },
  {
    name: "waiting hosts do not see a newer version",
    from: "if $tag == .tags[$key] then . else .tags[$key] = $tag | .found = null end);",
    to: ".);",
    caughtBy: "a version that is superseded while hosts wait is taken by no further one",
  },
  {
    name: "every waiting host looks every two seconds",
    from: "def pause: [60, ([2 + 4 * ahead, 2 + (.looks / 8 | floor), 2] | max)] | min;",
    to: "def pause: 2;",
    caughtBy: "hosts that wait ask a bounded number of times",
    schedules: 1,
  },
];
