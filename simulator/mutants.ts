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
  /** What the program says where it ends by that, as a host's would. */
  readonly fails?: string;
}

/** The faults that hosts had before there was one core, each of which the simulator has to see. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "a host with nothing left to do looks at InRelease alone",
    from: ' + [(control_key, policy_key) as $key | $key, (.objects[$key].tag // "")]',
    to: "",
    caughtBy: "a version that was found good is recalled from all",
  },
  {
    name: "the canary leaves no mark",
    from: "  | if $one == null then change",
    to: "  | if true then change",
    caughtBy: "a version that ends its hosts reaches two",
  },
  {
    name: "canaries that vanish never count",
    from: "if ($vanished | length) >= 2 and .want.back != true then",
    to: "if false then",
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
    from: '([$suites[][] | select(.word == "ok")][0] // ([$suites[][] | select(.word | unproven)] | sort_by(.rounds)[0])) as $best',
    to: "[$suites[][] | select(.word | usable)][0] as $best",
    caughtBy: "hosts that are launched during a trial take what is proven",
  },
  {
    name: "a failed boot counts for nothing",
    from: "then .failed[$me] = $reason else",
    to: "then . else",
    caughtBy:
      "a new group whose highest version is not healthy comes to serve with the one below, and finds the first bad",
  },
  {
    name: "a boot leaves no mark",
    from: "($boots.open | length) >= 2 then",
    to: "true then",
    caughtBy: "a new group whose highest version ends its hosts comes to serve with the one below",
  },
  {
    name: "of versions that boots failed with it is always the highest that is tried again",
    from: "sort_by(.rounds)[0])",
    to: "sort_by(.rounds > 0)[0])",
    caughtBy: "a new group in which boots failed with every version tries each again",
  },
  {
    name: "of many boots that fail at once each counts",
    from: "then $boots.rounds == $one.round else",
    to: "then true else",
    caughtBy: "many hosts that boot at once count a failure twice, and ask a bounded number of times",
  },
  {
    name: "a boot believes any index",
    from: 'elif $replayed != "" then over([.found',
    to: "elif false then over([.found",
    caughtBy: "an index that was put back is taken by no host that boots, nor by one that runs",
  },
  {
    name: "no host says what index it has seen",
    from: "(if $unseen != [] then",
    to: "(if false then",
    caughtBy: "an index that was put back is taken by no host that boots, nor by one that runs",
  },
  {
    name: "any date in seen.json is believed",
    from: ". <= $clock + ahead_seconds then . else null end;",
    to: "true then . else null end;",
    caughtBy: "a date far ahead in seen.json keeps nobody from anything, and is corrected",
  },
  {
    name: "nothing proves what all hosts of a new group have booted with",
    from: 'choice(if $good.word == "" then "confirm" else "none" end;',
    to: 'choice("none";',
    caughtBy: "a group of which nothing is proven yet proves what it runs",
  },
  {
    name: "the load balancer is asked just once whether others are unhealthy as well",
    from: "(.asked // 0) + 1 < attempts;",
    to: "false;",
    caughtBy: "a version that is not healthy reaches its canary alone though the load balancer does not always answer",
  },
  {
    name: "a canary that comes back late wipes out the mark of the one that tries after it",
    from: '{canary: ($trial.canary // "" | if . == $me then "" else . end), $failed, $vanished}',
    to: '{canary: "", $failed, $vanished}',
    caughtBy: "a canary that comes back late takes nothing from the one that tries after it",
  },
  {
    name: "what was tried and has not baked is confirmed during a hold",
    from: "and $confirm != null and (tried_here($confirm) | not) then .want",
    to: "and $confirm != null then .want",
    caughtBy: "a canary that loses its record during a hold finds nothing good before it has baked",
  },
  {
    name: "one later failure convicts",
    from: "  | agreed($package; $version) or (sure_alarm",
    to: "  | true or (sure_alarm",
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
    caughtBy: "a good version comes to all of a group without a load balancer",
  },
  {
    name: "a host leaves without looking again, at the lease and at the others",
    from: "def leaving: lease_key as $key",
    to: 'def leaving: over([["answer", "go"]]); def never: lease_key as $key',
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
    from: "  | [60, ([., 2 + ($known.looks / 8 | floor)] | max)] | min;",
    to: "  | 2;",
    caughtBy: "hosts that wait ask a bounded number of times",
    schedules: 1,
  },
  {
    name: "hosts that wait do not heed when the lease ends",
    from: "([pause, lease_left] | min | floor)",
    to: "(pause | floor)",
    caughtBy:
      "a host that is killed with the lease is followed soon after the lease has ended and another took its place",
    schedules: 6,
  },
  {
    name: "hosts wait for the slot of one that vanished though others are open",
    from: "(.passed // 0) + 1 < $width then",
    to: "false then",
    caughtBy: "where more may be out, a host that is killed with its slot holds the others up no longer than its lease",
  },
  {
    name: "a part is one of those that are in the load balancer just now",
    from: "([.group_size // 0, $targets] | max) as $all",
    to: "$targets as $all",
    caughtBy: "where more may be out, a host that is killed with its slot holds the others up no longer than its lease",
  },
  {
    name: "where more may be out, the slot of a host that vanished is free with its lease",
    from: "else $lost.targets == null or $targets < $lost.targets end",
    to: "else false end",
    caughtBy: "where more may be out, a host that stands still with its slot while it is out counts as out",
    schedules: 12,
  },
  {
    name: "where more may be out, a host that vanished is there once as many targets are as it saw",
    from: "else $lost.targets == null or $targets < $lost.targets end",
    to: "else $targets < $lost.size end",
    caughtBy: "where more may be out, a host that stands still with its slot while it is out counts as out",
    schedules: 12,
  },
  {
    name: "every slot is open from the first",
    from: "  | if .want.back == true then $path[0] elif same",
    to: "  | if true then $path[0] elif same",
    caughtBy: "hosts of one release are out by twos once one has come through",
  },
  {
    name: "a recall widens as a release does",
    from: "  | if .want.back == true then $path[0] elif same",
    to: "  | if same",
    caughtBy: "a recall goes at full width at once",
  },
  {
    name: "the policy is not read again before a slot is taken",
    from: "def reread: ([policy_key] + changing)",
    to: "def reread: changing",
    caughtBy: "a policy that becomes narrower holds back those that are not out yet",
  },
  {
    name: "a share is rounded up",
    from: "end] | min | floor)] | max",
    to: "end] | min | ceil)] | max",
    caughtBy: "half of three hosts is one",
    schedules: 6,
  },
  {
    name: "an alarm stops nobody",
    from: "else alarm as $alarm | if $alarm",
    to: 'else "" as $alarm | if $alarm',
    caughtBy: "an alarm keeps new versions away, and hosts go on once it is over",
  },
  {
    name: "a canary finds its version good during an alarm",
    from: 'elif alarm != "" and .recorded.back != true then alarm as $alarm | over',
    to: "elif false then alarm as $alarm | over",
    caughtBy: "an alarm while the canary is out ends the version",
  },
  {
    name: "an alarm adds nothing to a host that fails",
    from: 'agreed($package; $version) or (sure_alarm != "" and against($package; $version) != [])',
    to: "agreed($package; $version)",
    caughtBy:
      "one host that fails during an alarm of the function's takes a version from all for good, though the alarm ends",
  },
  {
    name: "a policy that is not of its form is believed",
    from: "then . else {fault: true} end;",
    to: "then . else . end;",
    caughtBy: "a policy that is not of its form lets one host out at a time",
  },
  {
    name: "a freeze stops nobody",
    from: 'elif freezes == [] then "" else .frozen.reason // "" end',
    to: 'else "" end',
    caughtBy: "in a frozen time nothing new is taken, and hosts go on by themselves once it is over",
  },
  {
    name: "nothing wakes a host when a freeze ends",
    from: ' + (if .frozen.until != null then ["wake", "\\(.frozen.until)"] else [] end)',
    to: "",
    caughtBy: "in a frozen time nothing new is taken, and hosts go on by themselves once it is over",
  },
  {
    name: "a freeze, or a hold, keeps hosts on what is bad",
    from: 'if changes and $hold != "" and .back != true then',
    to: 'if changes and $hold != "" then',
    caughtBy: "a recall goes through a frozen time",
  },
  {
    name: "a time zone that is not known is not frozen",
    from: 'if $own == [] or $own[0][1] == "unknown" then {until: ($now + 600), unknown: .timeZone}',
    to: 'if $own == [] or $own[0][1] == "unknown" then {until: null}',
    caughtBy: "a freeze in a time zone that hosts do not know keeps everything new away",
  },
  {
    name: "no freeze is looked for right before a host leaves",
    from: 'go("leaving-zones"; [zones($now)])',
    to: "leaving",
    caughtBy: "a freeze that begins when a host has its turn keeps it from leaving",
  },
  {
    name: "packages that are released together come one by one",
    from: "else $mates[0] + {set: [",
    to: "elif true then $mates[0] else $mates[0] + {set: [",
    caughtBy: "two packages that are released together come to all in one turn of each host",
  },
  {
    name: "a set that fails convicts the package that it goes by",
    from: 'elif .turn.set then .reason = null | close("apart")',
    to: "elif false then .",
    caughtBy: "of two packages that are released together the one that is not healthy is convicted alone",
    schedules: 2,
  },
  {
    name: "a set that failed is tried as a set again",
    from: "else $hosts != [] or ($trial.together",
    to: "else false and ($trial.together",
    caughtBy: "of two packages that are released together the one that is not healthy is convicted alone",
  },
  {
    name: "a set whose canary vanished is tried as a set again",
    from: "or ($trial.together == true and",
    to: "or (false and",
    caughtBy: "of two packages that are released together the one that ends its hosts is convicted alone",
    schedules: 3,
  },
  {
    name: "a set whose canary does not serve is tried as a set again",
    from: '($answer != "unproven" or (.turn.set | not))',
    to: "true",
    caughtBy:
      "of two packages that are released together the one that the load balancer finds unhealthy is convicted alone",
  },
  {
    name: "the first package of a set alone is found good",
    from: "if .rest == [] then over",
    to: "if true then over",
    caughtBy: "two packages that are released together come to all in one turn of each host",
  },
  {
    name: "a set that is proven convicts each of it by hosts that fail at one",
    from: 'elif .turn.set then .reason = null | close("apart")',
    to: 'elif .turn.set and (word(.want.package; .want.version) | unproven) then .reason = null | close("apart")',
    caughtBy: "of two proven packages hosts that agree take the one from all that they fail at",
  },
  {
    name: "hosts on which a proven set failed take it as a set again",
    from: "then any($hosts[]; . == $me)",
    to: "then false",
    caughtBy: "of two proven packages hosts that agree take the one from all that they fail at",
  },
  {
    name: "nothing bakes",
    from: "elif bake > 0 then baking($now)",
    to: "elif false then baking($now)",
    caughtBy: "a version bakes on its canary alone, which keeps its slot, and comes to all then",
  },
  {
    name: "time counts in which nobody looked",
    from: "[[$now - $bake.looked, 0] | max, bake_gap] | min end",
    to: "[$now - $bake.looked, 0] | max end",
    caughtBy: "time that a canary is off is no time of its bake",
  },
  {
    name: "a canary that is not healthy goes on baking",
    from: 'if $rows[0][0] == "no" then .ill = $rows[0][1]',
    to: "if false then .ill = $rows[0][1]",
    caughtBy: "a version that falls ill while it bakes reaches its canary alone",
  },
  {
    name: "processes that are started again are not noticed",
    from: "elif ($restarts // 0) > ($bake.restarts // $restarts // 0) then",
    to: "elif false then",
    caughtBy: "a version whose processes crash while it bakes reaches its canary alone",
  },
  {
    name: "a run that ends in the middle of a bake leaves its lease as it is",
    from: 'if lease_state == "mine" then put("bake-kept"; $key; body($key) + {expires: ($now + .span | todate)}) else bake_paused end',
    to: "bake_paused",
    caughtBy: "a version bakes on its canary alone, which keeps its slot, and comes to all then",
    schedules: 12,
  },
  {
    name: "a canary that fails its bake looks at the others only once it has left",
    from: "elif .ill != null and .balanced and .others == null then",
    to: "elif false then",
    caughtBy: "a database that comes back while a canary leaves its bake convicts no version",
    schedules: 6,
  },
  {
    name: "a bake ends with whatever changes in the repository",
    from: "select(.version != .before and (",
    to: "select(true or (",
    caughtBy: "a bake goes on though the repository changes, where nothing else is wanted",
  },
  {
    name: "a bake goes on though a newer version is there",
    from: "(if .tags == (.recorded.tags // {}) then null else superseded($now) end) as $other",
    to: "null as $other",
    caughtBy: "a version that is superseded in the middle of its bake makes room",
  },
  {
    name: "a host whose record is lost finds good what it runs",
    from: "and .objects[$key].body.canary != null;",
    to: "and false;",
    caughtBy: "a canary whose record is lost in the middle of its bake tries its version anew",
  },
  {
    name: "a way back does not bake",
    from: "elif bake > 0 then baking($now)",
    to: "elif bake > 0 and .recorded.back != true then baking($now)",
    caughtBy: "what takes the place of a bad version bakes where nobody has proven it",
  },
  {
    name: "a way back leads to the highest version that is not bad",
    from: 'select(.word == "ok" or .word == "unread")][0] as $proven',
    to: "select(.word == true)][0] as $proven",
    caughtBy: "hosts on what is bad go back to what is proven at once, and try what is higher from there",
  },
  {
    name: "a version is tried while hosts still leave what is bad",
    from: "elif alone and bake > 0 and .want.back != true and $lease.back == true",
    to: "elif false and $lease.back == true",
    caughtBy: "hosts on what is bad go back to what is proven at once, and try what is higher from there",
  },
  {
    name: "an alarm stands against what takes the place of a bad version",
    from: 'elif alarm != "" and .recorded.back != true then alarm',
    to: 'elif alarm != "" then alarm',
    caughtBy: "an alarm, which may be of what is bad, keeps no host on it",
  },
  {
    name: "hosts that wait look as often during a bake",
    from: "(if alone then bake / 16 else 0 end)",
    to: "0",
    caughtBy: "hosts that wait for a long bake look no more often than they would without it",
  },
  {
    name: "a host is out for as long as it takes",
    from: 'if type == "number" and . > 0 then ["\\(floor)"] else [] end;',
    to: "[];",
    caughtBy: "a version that does not install within the policy's timeout is bad by then",
  },
  {
    name: "what one host says is believed of a version that others vouch for",
    from: 'if ($claim == "bad" or $claim == "unknown") and vouched($package; $version)',
    to: "if false and vouched($package; $version)",
    caughtBy:
      "one host that says bad of every version, wherever it can, moves nobody from what is proven, nor those that boot",
  },
  {
    name: "a verdict that is none takes what hosts vouch for from those that boot",
    from: 'if ($claim == "bad" or $claim == "unknown") and',
    to: 'if $claim == "bad" and',
    caughtBy: "one host that writes over a verdict what is none moves nobody from what is proven, nor those that boot",
  },
  {
    name: "one voice is enough",
    from: "any(range(1; length) as $i | [2,",
    to: "any(range(0; length) as $i | [1,",
    caughtBy:
      "one host that says bad of every version, wherever it can, moves nobody from what is proven, nor those that boot",
  },
  {
    name: "a voice below another's name is that one's",
    from: '$parts[-2:] | join("/")',
    to: '$parts[2:4] | join("/")',
    caughtBy:
      "one host that says bad of every version, wherever it can, moves nobody from what is proven, nor those that boot",
  },
  {
    name: "two voices are enough in a group of any size",
    from: "| [2, (.[$i] * 0.05 | ceil)] | max <= $i + 1; .))",
    to: "| 2 <= $i + 1; .))",
    caughtBy:
      "in a group so large that two voices are too few, one that is made up and one host that fails take nothing from the others",
  },
  {
    name: "what a trial says of others that failed counts though they say nothing",
    from: "or ((vouched($package; $version) | not) and (failures",
    to: "or (true and (failures",
    caughtBy: "a host that fails at what is proven convicts it no more for what another made up",
  },
  {
    name: "an alarm in control.json is as good as one that the function wrote",
    from: "def sure_alarm: alarm_of(orders.alarms // {});",
    to: "def sure_alarm: alarm;",
    caughtBy: "an alarm that one host made up makes no proven version bad by one that fails",
  },
  {
    name: "hosts that leave a version since one failed at it during an alarm do not say so",
    from: "def echoes: . as $known | if .arn == null",
    to: "def echoes: . as $known | if true",
    caughtBy:
      "one host that fails during an alarm of the function's takes a version from all for good, though the alarm ends",
  },
  {
    name: "orders are read in control.json alone",
    from: 'elif ordered($package; $version) then "bad"',
    to: 'elif false then "bad"',
    caughtBy: "what people recall goes, whatever one host says of it",
  },
  {
    name: "a host that fails says so in the trial alone",
    from: "elif .arn != null and .spoken != (.want | named)",
    to: "elif false and .spoken != (.want | named)",
    caughtBy: "two hosts of different names that fail at a version that others serve with still take it from all",
  },
  {
    name: "a number that is none stops hosts",
    from: '["size", "done", "targets", "took"]',
    to: '["size", "done", "targets"]',
    caughtBy: "times in the year 9999 hold up nobody for good",
    fails: "string and number cannot be divided",
  },
  {
    name: "hosts that wait for a lease that is not renewed look without a pause",
    from: "then (body($key) | lease_span) - .objects",
    to: "then lease_span - .objects",
    caughtBy: "hosts that wait for a lease of long ago ask a bounded number of times",
  },
  {
    name: "boots that begin far ahead of the clock count",
    from: ". >= boot_seconds or . < -ahead_seconds",
    to: ". >= boot_seconds",
    caughtBy: "boots that were begun in the year 9999 count as none",
  },
];
