# The group protocol of one host (docs/rollout.md): what it reads, writes, waits for and does next. Pure: the shell (core.sh) and the
# simulator execute the effects, and bring what the last one answered as the next event.
#
# in:  {"state": the last answer's, null at first, "event": {"event": name, "rows": [[text, ...], ...], "now": seconds since the epoch}}
# out: {"state", "do": [[effect, text, ...], ...]}: where no effect is answered, the conversation is over
#
# answered:   get (KEY TAG)...; put KEY CONDITION BODY; lists TAG; targets; wait SECONDS; able PACKAGE VERSION; confirm;
#             zones FROM TO ZONE...; change PACKAGE VERSION PREVIOUS CAUSE [PACKAGE VERSION PREVIOUS]...
# unanswered: keyring; repository TEXT; log, error, waiting, fail, fault TEXT; renew NONCE; record TURN; remember (KEY TAG)... ("wake TIME" among them); vouched NAMED...; answer TEXT...
# A key that ends in "/" is answered with what is listed below it: "KEY TIME KEY TIME ...".
#
# jq compiles a definition by walking all that follows: one that a single other uses stands inside of that.

# ── What holds everywhere ──
def lease_seconds: 90; # a lease not renewed for so long, by S3's clock, is free; its holder renews it every 30 s
def attempts: 5; # at a conditional write
def ahead_seconds: 600; # a date that is so far ahead of S3's clock is nobody's

def parsed: (try fromjson catch null) | if type == "object" then . else null end;

# ── Freezes: when a cron expression has them begin ──
# A freeze begins when a cron expression says so, as crontab(5) has it, and infra/config/cron.ts: minute, hour, date, month, day of the week.
def cron_bounds: [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]];
def within($bounds): if test("^[0-9]{1,2}$") then tonumber | select(. >= $bounds[0] and . <= $bounds[1]) else empty end;
def cron:
  # The numbers that one item of a field names, null where it is none.
  def cron_item($field):
    def cron_number($field):
      def cron_names: [[], [], [], ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
        ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]];
      cron_bounds[$field] as $bounds | (ascii_upcase as $word | cron_names[$field] | index($word)) as $name
      | if $name != null then $bounds[0] + $name else [within($bounds)][0] end;
    cron_bounds[$field] as $bounds | split("/") as $parts | ($parts[0] // "") as $range
    | (if $range == "*" then $bounds else [$range | split("-")[] | cron_number($field)] end) as $ends
    | (if $parts[1] == null then 1 else [$parts[1] | within([1, $bounds[1]])][0] end) as $step
    | $ends[0] as $first | $ends[-1] as $last
    | if any($ends[]; . == null) or ($ends | length) < 1 or ($ends | length) > 2 or ($parts | length) > 2 or $step == null
        or (($parts | length) == 2 and ($ends | length) < 2) or $first > $last then null
      else [range(0; (($last - $first) / $step | floor) + 1) | $first + . * $step] end;
  split(" ") as $fields
  | if ($fields | length) != 5 then null else
      [range(5) as $field | [$fields[$field] | if . == "" then null else split(",")[] | cron_item($field) end]] as $items
      | if any($items[][]; . == null) then null else
          ($items | map(add | unique)) as $numbers
          | {minutes: $numbers[0], hours: $numbers[1], dates: $numbers[2], months: $numbers[3], weekdays: ($numbers[4] | map(. % 7)),
              either: all([$fields[2], $fields[4]][]; startswith("*") | not)}
        end
    end;

# ── Steps: what is answered, and what follows on it ──
def over($effects): {state: null, do: $effects};
def go($step; $effects): {state: (.step = $step), do: $effects};
def first_do($effects): .do = $effects + .do;

# ── The bucket: its objects, as far as they were read ──
def lease_key: "rollout/\(.group)/" + if (.slot // 0) == 0 then "lease.json" else "slots/\(.slot).json" end;
def policy_key: "rollout/\(.group)/policy.json";
def control_key: "rollout/\(.group)/control.json";
def verdict_key($package; $version): "rollout/\(.group)/verdicts/\($package)/\($version).json";
def seen_key: "rollout/\(.group)/seen.json";
def orders_key: "rollout/\(.group)/orders.json";
def voices_key($package; $version): "rollout/\(.group)/voices/\($package)/\($version)/";
# Of a verdict's key, that of the voices on the same version.
def voices_of: split("/verdicts/") | join("/voices/") | rtrimstr(".json") + "/";
def trial_key($package; $version): "rollout/\(.group)/trials/\($package)/\($version).json";
def verdict_key: verdict_key(.want.package; .want.version);
def trial_key: trial_key(.want.package; .want.version);
def body($key): .objects[$key].body // {};
def unread($key): .objects[$key] == null;
# With a verdict goes what was heard of it.
def forget($keys): ($keys + [$keys[] | select(contains("/verdicts/")) | voices_of]) as $gone
  | .objects |= (. // {} | with_entries(select(.key as $key | $gone | index($key) | not)));
# Ages are S3's own: hosts' clocks may be wrong.
def seconds: strptime("%a, %d %b %Y %H:%M:%S GMT") | mktime;
def learn($event):
  def shaped($key):
    # Objects are written by hosts and people: what is not of its form is not there, and stops nobody.
    def only($form; $keys): reduce $keys[] as $key (.; if has($key) and (.[$key] | type) != $form then del(.[$key]) else . end);
    # Percents are of the targets. A policy with one thing that is not of its form says nothing at all: half of one may allow too much.
    def policy_shaped:
      def freeze_shaped: type == "object" and (.hours | type) == "number" and .hours >= 1 and .hours <= 168 and .hours == (.hours | floor)
        and (.timeZone // "Etc/UTC" | type) == "string" and (.cron | type) == "string" and (.cron | cron) != null;
      (.maxUnavailable // 1) as $most
      | if (if $most | type == "string" then $most | test("^([1-9]|[1-9][0-9]|100)%$") else ($most | type) == "number" and $most >= 1 and $most == ($most | floor) end)
          and all([.bake // 0, .timeout // 900][]; type == "number" and . >= 0)
          and all([.freeze // [], .alarms // []][]; type == "array") and all((.freeze // [])[]; freeze_shaped)
        then . else {fault: true} end;
    if . == null then null
    elif $key | endswith("/lease.json") or contains("/slots/") then
      only("string"; ["holder", "package", "version", "since", "expires", "nonce"]) | only("number"; ["size", "done", "targets", "took"])
    elif $key | contains("/trials/") then
      only("string"; ["canary", "nonce"]) | only("array"; ["vanished", "apart"]) | only("object"; ["failed", "boots"]) | only("number"; ["size"])
        | if .boots then .boots |= (only("number"; ["rounds"]) | only("object"; ["open", "failed"])) else . end
        | reduce ("vanished", "apart") as $list (.; if .[$list] then .[$list] |= map(select(type == "string")) else . end)
    elif $key | endswith("/control.json") or endswith("/orders.json") then only("object"; ["recalled", "alarms"]) | only("number"; ["generation"])
      | if .recalled then .recalled |= with_entries(select(.value | type == "object")) else . end
    elif $key | endswith("/policy.json") then policy_shaped
    elif $key | endswith("/seen.json") then only("object"; ["suites"])
    else . end;
  # Who says what of a version: {ok: {instance: {at}}, bad: {instance: {at, size}}}. IAM lets a host write nothing but what ends in its own ARN; what is
  # not of exactly the one form is nobody's voice.
  def heard($key): . as $words | reduce range(($words | length) / 2 | floor) as $i ({ok: {}, bad: {}};
    ($words[2 * $i] | ltrimstr($key) | split("/")) as $parts | ($parts[-1] | rtrimstr(".json")) as $name
    | (try ($words[2 * $i + 1] | split(".")[0] | rtrimstr("Z") + "Z" | fromdateiso8601) catch 0) as $at
    | if ($parts[-2:] | join("/") | test("^arn:[a-z-]+:ec2:[a-z0-9-]+:[0-9]+:instance/i-[0-9a-z]+[.]json$")) | not then .
      elif $parts[:-2] == ["ok"] then .ok[$name] = {$at}
      elif ($parts | length) == 4 and $parts[0] == "bad" and ($parts[1] | test("^[0-9]{1,6}$")) and $at >= (.bad[$name].at // 0) then
        .bad[$name] = {$at, size: ($parts[1] | tonumber)}
      else . end);
  reduce ($event.rows[] | select(.[0] | startswith("rollout/"))) as [$key, $status, $tag, $date, $modified, $text] (.;
  .objects[$key] = {$tag, age: (try (($date | seconds) - ($modified | seconds)) catch 0), there: ($status != "404"),
    body: (if $key | endswith("/") then $text // "" | split(" ") | heard($key) else $text // "" | parsed | shaped($key) end)}
  | .clock as $before | .clock = (try ($date | seconds) catch $before))
  # Which control.json these orders were read after.
  | if any($event.rows[]; .[0] | endswith("/orders.json")) then .rung = (.objects[control_key].tag // "") else . end;
def learn_suites($event): reduce ($event.rows[] | select(.[0] | startswith("dists/"))) as [$key, $status, $tag] (.;
  if $tag == .tags[$key] then . else .tags[$key] = $tag | .found = null end);
# That there are no settings any more has no name to judge it by: nothing is read, or known, of it.
def nameless: endswith("/settings-.json");
def tagged($keys): [$keys[] | select(nameless | not) | ., ""];
def get($step; $keys): go($step; [["get"] + tagged($keys)]);
def put($step; $key; $value): .objects[$key].tag as $tag
  | go($step; [["put", $key, (if ($tag // "") == "" then "If-None-Match: *" else "If-Match: \($tag)" end), ($value | tojson)]]);

# again($event; $key; $step): after a write that was refused, or whose answer is not known: what is there now?
def again($event; $key; $step): .tries = (.tries // 0) + 1
  | if .tries >= attempts then
      over([["renew", ""], ["fail", "\($key) could not be written: \($event.rows[0][1] // "other hosts were faster")"]])
    else forget([$key]) | get($step; [$key]) end;

# ── What people say: holds, alarms, the policy ──
# What people say in orders.json, which no host may write, and in control.json, which all may, and older ones read. What only keeps away what is new is
# believed of both. It may be a hold, if it cannot be read.
def orders: body(orders_key);
def control: def content($key): .objects[$key] as $object
    | if $object == null or ($object.there | not) then {}
      elif $object.body == null then {hold: {reason: "\($key) is not a JSON object"}}
      else $object.body end;
  content(orders_key) as $orders | content(control_key)
  | .alarms = (.alarms // {}) + ($orders.alarms // {}) | if ($orders.hold // false) != false then .hold = $orders.hold else . end;
def policy: body(policy_key) | if .fault then {} else . end;
def bake: policy.bake // 0;
def given: .reason? // "no reason is given" | tostring;
# Only those that the policy names: what watched the others may be gone, and would take nothing away.
def alarm_of($alarms): (policy.alarms // []) as $named
  | [$alarms | to_entries[] | select(.key as $name | any($named[]; . == $name)) | "alarm \(.key): \(.value | given)"][0] // "";
def alarm: alarm_of(control.alarms);
# One that no host has made up.
def sure_alarm: alarm_of(orders.alarms // {});
# In a frozen time nothing new is taken. Its zone is the shell's to know: `zones` is answered by a row for each span of time with one
# distance from UTC (zone, when it begins, seconds), or by "unknown" in place of the last two.
def freezes: policy.freeze // [] | map(.timeZone //= "Etc/UTC");
def zones($now): freezes as $freezes | ([$freezes[].hours] | max * 3600) as $span
  | ["zones", "\($now - $span | floor)", "\($now | floor)"] + ([$freezes[].timeZone] | unique);
# Hosts that do not know a zone cannot tell, and take nothing new until somebody sees to it.
def frozen($rows; $now):
  # When the freeze that is given as input, and began last, ends; none where it has.
  def freeze_end($spans; $now):
    # The last minute from $from to $to, by a clock that is $offset ahead of UTC, that a parsed expression names; none where there is none.
    def last_begun($from; $to; $offset):
      def on_day($day): ($day * 86400 | gmtime) as $date | . as $cron
        | any(.months[]; . == $date[1] + 1)
          and ([any($cron.dates[]; . == $date[2]), any($cron.weekdays[]; . == $date[6])] | if $cron.either then any(.[]; .) else all(.[]; .) end);
      . as $cron | [$from, $to | . + $offset] as [$first, $last] | ($last / 86400 | floor) as $today
      | first(range(0; $today - ($first / 86400 | floor) + 1) | $today - . | select(. as $day | $cron | on_day($day)) | . * 86400
          | . + ($cron.hours | reverse[]) * 3600 | . + ($cron.minutes | reverse[]) * 60 | select(. >= $first and . <= $last)) | . - $offset;
    (.hours * 3600) as $span | (.cron | cron) as $cron
    | (((($now - $span) / 60 | floor) + 1) * 60) as $from | (($now / 60 | floor) * 60) as $to
    | first(range(0; $spans | length) | ($spans | length) - 1 - . | . as $i | $spans[$i] as $one
        | ([$from, $one.from] | max) as $first | ([$to, ($spans[$i + 1].from // $now + 60) - 1] | min) as $last
        | if $first > $last then empty else $cron | last_begun($first; $last; $one.offset) end) | . + $span;
  . as $known | [freezes[] | . as $freeze
    | [$rows[] | select(.[0] == $freeze.timeZone)] as $own
    | if $own == [] or $own[0][1] == "unknown" then {until: ($now + 600), unknown: .timeZone}
      else {until: freeze_end([$own[] | {from: (.[1] | tonumber), offset: (.[2] | tonumber)}]; $now)} end] as $found
  | ([$found[].unknown // empty][0]) as $unknown | ([$found[].until] | max) as $until
  | .frozen = {at: $now, of: freezes, until: $until, reason: (
      if $unknown != null then "frozen, since this host does not know the time zone \($unknown) of the policy: install tzdata, or tzdata-legacy"
      elif $until == null then "" else "frozen until \($until | todate)" end)}
    + if $unknown != null then {fault: "the time zone \($unknown) of the policy is not known here, and counts as frozen"} else {} end;
def zones_wanted($now): freezes as $freezes | $freezes != [] and (.frozen.of != $freezes or $now - .frozen.at >= 60 or $now < .frozen.at);

def hold_reason: control.hold as $hold | if ($hold // false) != false then "held: \($hold | given)"
  else alarm as $alarm | if $alarm != "" then $alarm elif freezes == [] then "" else .frozen.reason // "" end end;

# ── Verdicts, and the decision about a package ──
# What the group has learnt of a version: ok, bad, "" (nothing yet), unread, or unknown: a word of other agents, which stops nobody, and which
# no ok replaces.
def said: .body.verdict? // "unreadable" | tostring;
# Voices (docs/rollout.md). A version is vouched for where two hosts said ok of it, or this one did: then no single host takes that away.
def voices($package; $version): .objects[voices_key($package; $version)].body // {ok: {}, bad: {}};
def vouched($package; $version): .instance as $me | voices($package; $version).ok | has($me) or length >= 2;
# Who fails at it, and has not served with it since.
def against($package; $version): voices($package; $version) as {$ok, $bad} | [$bad | to_entries[] | select(.value.at >= ($ok[.key].at // 0)) | .value + {instance: .key}];
# Enough hosts failed at it within a week: so many as each of them says that its group needs.
def agreed($package; $version): against($package; $version) as $all
  | any($all[].at; . as $from | [$all[] | select(.at >= $from and .at <= $from + 604800).size] | sort
      | any(range(1; length) as $i | [2, (.[$i] * 0.05 | ceil)] | max <= $i + 1; .));
# What is claimed of it in objects that each host may write.
def recalled($package; $version): try (body(control_key).recalled[$package][$version] != null) catch false;
def claimed($package; $version): .objects[verdict_key($package; $version)] as $object
  | if $object == null then "unread"
    elif recalled($package; $version) then "bad"
    elif $object.there | not then ""
    else $object | said | if . == "ok" or . == "bad" then . else "unknown" end end;
def ordered($package; $version): try (orders.recalled[$package][$version] != null) catch false;
def word($package; $version):
  if verdict_key($package; $version) | nameless then "ok"
  elif ordered($package; $version) then "bad"
  else claimed($package; $version) as $claim
    | if ($claim == "bad" or $claim == "unknown") and vouched($package; $version) and (agreed($package; $version) | not)
        and ($claim == "unknown" or sure_alarm == "" or against($package; $version) == []) then "ok" else $claim end
  end;
# What has to be read as well, after what was: the orders where control.json is another, and who says so where something is said against a version.
def outstanding: . as $known
  | (.objects[control_key] | if . == null then [] elif ($known | unread(orders_key)) or (.tag // "") != ($known.rung // "") then [$known | orders_key] else [] end)
    + [.objects | keys_unsorted[] | select(contains("/verdicts/")) | voices_of as $key | select($known | unread($key))
        | ($key | split("/")) as $parts | select($known | claimed($parts[3]; $parts[4]) | . == "bad" or . == "unknown") | $key];
def usable: . != "bad";
def unproven: . == "" or . == "unknown";
def choice($action; $version; $reason): {$action, $version, $reason};
def choose($package):
  # The decision about a package: the highest version that is not bad; none that is unknown is passed.
  def first_good($package; $suite): . as $known
    | [.found[$package][$suite][] | . as $version | ($known | word($package; $version)) as $word
        | select($word | usable) | {$version, $word}][0];
  def has($package; $suite; $version): any(.found[$package][$suite][]; . == $version);
  # From what is bad a host goes to what is proven, if anything is, and tries what is higher from there.
  def way_back($package; $suite; $target; $reason): . as $known
    | [.found[$package][$suite][] | . as $version | {$version, word: ($known | word($package; $version))} | select(.word == "ok" or .word == "unread")][0] as $proven
    | if $proven.word == "unread" then choice("unread"; $proven.version; "") else choice("replace"; $proven.version // $target; $reason) + {back: true} end;
  .found[$package].installed as $installed
  | first_good($package; "channel") as $channel
  | (if $channel then "channel" else "main" end) as $suite
  | ($channel // first_good($package; "main")) as $good | $good.version as $target
  | if .found[$package] | .channel + .main == [] then choice("none"; $installed; "the repository holds no version of \($package)")
    elif $target == null then choice("none"; $installed; "every version of \($package) in the repository is marked bad")
    elif $good.word == "unread" then choice("unread"; $target; "")
    elif $installed == $target then
      choice(if $good.word == "" then "confirm" else "none" end; $target; "\($target) is the highest version that is not marked bad")
    elif $installed == null then choice("install"; $target; "not installed yet")
    elif recalled($package; $installed) and word($package; $installed) == "unread" then choice("unread"; $installed; "")
    elif word($package; $installed) == "bad" then way_back($package; $suite; $target; "the installed \($installed) is marked bad")
    elif has($package; $suite; $installed) then choice("upgrade"; $target; "newer than the installed \($installed)")
    elif has($package; "main"; $installed) then choice("replace"; $target; "the group's channel has its own version of \($package)")
    else
      way_back($package; $suite; $target; "the installed \($installed) is withdrawn: the repository no longer lists it")
    end;
def changes: .action == "install" or .action == "upgrade" or .action == "replace";
def decisions:
  def decide($package): .found[$package].installed as $installed | hold_reason as $hold | (.tried // {})[$package] as $tried
    | choose($package)
    # A hold keeps away what is new, and keeps nobody on what is bad.
    | if changes and $hold != "" and .back != true then choice("none"; $installed; $hold)
      elif changes and $tried == .version then choice("none"; $installed; "\(.version) was not healthy here")
      else . end
    | . + {$package, previous: ($installed // "")};
  # Settings have one candidate.
  def decide_settings: .settings as $wanted | word($wanted.package; $wanted.version) as $word
    | if $word == "unread" then choice("unread"; $wanted.version; "")
      elif $word | usable | not then choice("none"; $wanted.version; "bad")
      elif hold_reason != "" then choice("none"; $wanted.version; hold_reason)
      else choice("upgrade"; $wanted.version; "") end
    | . + {package: $wanted.package, previous: ""};
  . as $known | if .settings then [decide_settings] else [.packages[] as $package | $known | decide($package)] end;

# ── Sets ──
# The set (docs/rollout.md): what changes in one turn, in one run of apt. It goes by its first package, after which slots are named.
def members: [.want] + (.want.set // []);
def named: "\(.package) \(.version)";
def set_named: [members[] | named] | join(" and ");
# What this host has not been asked about yet, whether it can take it.
def unasked: . as $known | [members[] | named | select(. as $one | any($known.able // [] | .[]; . == $one) | not)][0];
# Ways back first, then what is proven: neither waits for a trial. The agent goes alone, since it ends its own upgrade, and so does what
# was not installed, since it has no way back.
def mates($changes): . as $known
  | if ($changes | length) < 2 then $changes else
  [$changes[] | . as $one | $known | $one + {class: [$one.back != true, word($one.package; $one.version) != "ok"]}] | sort_by(.class)
  | .[0] as $first | def sole: .package == "towline-agent" or .previous == "";
  if $first == null or ($first | sole) then .[:1] else [.[] | select(.class == $first.class and (sole | not))] end | map(del(.class)) end;

# ── The lease ──
def lease_span: if (.nonce // "") != "" then lease_seconds
  # An older agent renews nothing: its lease lasts from its beginning to its end, wherever that host's clock stands.
  else (try ((.expires | fromdateiso8601) - (.since | fromdateiso8601)) catch 0) | [[., lease_seconds] | max, 3600] | min end;
def lease_state: lease_key as $key | body($key) as $lease
  | if ($lease.holder // "") == "" then "free"
    elif $lease.holder == .instance then "mine"
    elif .objects[$key].age >= ($lease | lease_span) then "expired"
    else "held" end;
# Whether this slot says something of the release that this host is to take.
def same: body(lease_key) as $before | $before.version == .want.version and $before.package == .want.package;
def alone: word(.want.package; .want.version) != "ok";

# ── Slots ──
# The slots (docs/rollout.md). A version that nobody has proven has one; going back to one that is proven has all of them at once; otherwise
# slot n opens once slot ⌊(n - 1) / 2⌋ has let a host of this release come through.
# A part is one of all targets there are. Those that are out are none meanwhile: of them so many are added as may be out, and no more than
# somebody has seen.
def width($targets): ([.group_size // 0, $targets] | max) as $all | (policy.maxUnavailable // 1)
  | if type == "string" then (.[:-1] | tonumber) as $percent
      | [1, ([$all * $percent / 100, if $percent < 100 then $targets * $percent / (100 - $percent) else $all end] | min | floor)] | max
    else . end;
def rank: reduce ("\(.instance) \(.want.version)" | explode[]) as $code (7; (. * 31 + $code) % 65521) | . / 65521;
# `passed` counts the slots that hosts vanished with, in place of which it takes the next one.
def own_slot: if alone then 0 else width(.group_size // 0) as $width | ((rank * $width | floor) + (.passed // 0)) % $width end;
# The slots from this host's own up to slot 0, which is where an older agent waits, and where each release begins.
def path: reduce range(16) as $_ ([own_slot]; if .[-1] == 0 then . else . + [(.[-1] - 1) / 2 | floor] end);

# Whether the host that let a lease expire may be out: it serves again, or as many targets are there as there were. Where others may be out
# as well, that is as many as any host of the release has seen.
def vanished($states; $lost; $width):
  def floor_seconds: 600; # a host that vanished with the lease is missing for so long, unless another takes its place
  .instance as $me
  | ([$states[] | select(.[1] != "unused" and .[0] != $me)] | length + 1) as $targets
  | $lost.age < floor_seconds and (any($states[]; .[0] == $lost.holder and .[1] == "healthy") | not)
    and if $width == 1 then $targets < $lost.size else $lost.targets == null or $targets < $lost.targets end;
# Behind the load balancer: why this host may not leave now with this slot, of so many as may be out, "" where it may. One that does not
# serve takes nothing away by leaving. A target that is unhealthy keeps the highest slot for itself: those with slots may all leave at once.
def floor_reason($states; $slot; $width): .instance as $me
  # There may be thousands of them, of which most are healthy.
  | [$states[] | select(.[1] != "healthy" and .[1] != "unused" and .[0] != $me)] as $out
  | ([$out[] | select(.[1] == "unhealthy")] | length) as $ill
  | if $states == [] then "the load balancer does not say who serves"
    elif any($states[]; .[0] == $me and .[1] == "healthy") | not then ""
    elif ($out | length) + 1 > $width or ($ill > 0 and $slot + $ill + 1 > $width) then "not serving: \([$out[:5][][0]] | join(", "))"
    elif $slot + 1 > $width then "no more than \($width) hosts may be out at once"
    else "" end;
def wait($reason):
  # A host whose turn is far looks once a minute, so that each asks a bounded number of times. `took` is what the last one before it needed.
  def pause: . as $known | path as $path | own_slot as $own | width(.group_size // 0) as $width
    # While a canary bakes, there is nothing to see for long.
    | ([2, (.took // 0) / 8, (if alone then bake / 16 else 0 end)] | max) as $short
    | (if alone then rank else rank * $width | . - floor end * (.group_size // 0) / (if alone then 1 else $width end) | floor) as $place
    | (if same then body(lease_key).done // 0 else 0 end) as $done
    | if (.slot // 0) == $own or alone then $short * (1 + 2 * ([$place - $done, 0] | max))
      else (.took // 0) / 4 * ($path | index($known.slot // 0) // 1) end
    | [60, ([., 2 + ($known.looks / 8 | floor)] | max)] | min;
  # A holder that is silent loses the lease before a long pause is over, and something soon takes its place: hosts look then, not all in one second.
  def lease_left: lease_key as $key
    | if lease_state == "held" then (body($key) | lease_span) - .objects[$key].age + 1 + 8 * rank
      elif lease_state == "expired" then 4 + rank * ([.group_size // 0, 56] | min)
      else 60 end;
  ([pause, lease_left] | min | floor) as $pause
  | .waited += $pause | .looks += 1 | .stale = true
  | ["waiting", "waiting with \(set_named): \($reason)"] as $text
  | if .patience == 0 then go("held"; [$text, ["wait", "2"]])
    elif .waited > .patience then over([$text, ["log", "its turn did not come within \(.patience) s: the next poll goes on"]])
    else go("waited"; [$text, ["wait", "\($pause)"]]) end;

# ── A turn: waiting for it, taking it, giving it back ──
# What others may have changed, at once.
def look($keys):
  forget($keys) | go("looked"; [["get"] + [.tags | to_entries[] | .key, .value] + tagged($keys)]);

# Of several changes, what others learn of one may make another set of them.
def changing: if (.changes // [] | length) > 1 then [.changes[] as [$package, $version] | verdict_key($package; $version), trial_key($package; $version)]
  else [verdict_key] end;
def look: ([control_key, lease_key] + changing + (if (changing | length) == 1 then [trial_key] else [] end)) as $keys | look($keys);

def take($now):
  def lease($now; $nonce): {holder: .instance, package: .want.package, version: .want.version, since: ($now | todate),
    # For older agents, which see no renewal.
    expires: ($now + .span | todate), $nonce, size: (.size // body(lease_key).size // 0),
    done: (if same then body(lease_key).done // 0 else 0 end)}
    # Where a canary leaves, all the others are there, so that it knows how many there are. Others have it from the lease, or do not know.
    + (if .size and (alone or .targets) then {targets: (if alone then .size else [.size, .targets] | max end)} else {} end)
    + (if .want.set then {set: [.want.set[] | named]} else {} end) + (if .want.back == true then {back: true} else {} end) + (body(lease_key) | if .took then {took} else {} end);
  lease_key as $key | lease_state as $state | body($key).holder as $before
  | .writes += 1 | .taking = "\(.nonce).\(.writes)@\(.slot // 0)"
  | lease($now; .taking) as $lease
  | put("taken"; $key; $lease)
  | if $state == "expired" then first_do([["log", "taking over the lease that \($before) let expire"]]) else . end;
def taken: .mine = .taking | .held_for = set_named | .tries = 0 | look | first_do([["renew", .state.mine]]);
def turn($now):
  def next_slot: . as $known | path as $path
    | if .want.back == true then $path[0] elif same and (body(lease_key).done // 0) > 0 then
        ($path | index($known.slot // 0)) as $at | if $at == null then 0 elif $at == 0 then $path[0] else $path[$at - 1] end
      else $path | if index($known.slot // 0) == null then last else $known.slot // 0 end end;
  def reread: ([policy_key] + changing) as $keys | .stale = false | forget($keys) | get("read"; $keys);
  lease_key as $key
  | if unread($key) then get("lease"; [$key])
    elif .taking != null and body($key).nonce == .taking then taken
    else
      body($key) as $lease
      | (if $lease.targets and (same or (.slot // 0) == 0) then .targets = ([.targets // 0, $lease.targets] | max) else . end)
      # Once: the slots of two hosts may have seen different numbers of targets.
      | .group_size = (.group_size // ($lease.targets // $lease.size | select(. > 0)? // null))
      | .took = (if same and $lease.took then $lease.took else .took end)
      # While it waited for others, it asked for nothing but the slot.
      | if .stale and (lease_state != "held" or (alone and same and ($lease.done // 0) > 0)) then reread
        else
          next_slot as $slot
          | if $slot != (.slot // 0) then .slot = $slot | lease_key as $key | forget([$key]) | get("lease"; [$key])
            elif lease_state == "held" then wait("the lease is held by \($lease.holder)")
            # Others may be on what is bad as well, and would wait for all of its bake.
            elif alone and bake > 0 and .want.back != true and $lease.back == true and .objects[$key].age < lease_seconds then
              wait("hosts that leave what is bad go first")
            elif .balanced then go("floor"; [["targets"]])
            else take($now) end
        end
    end;
def release($after): .after = $after | lease_key as $key | forget([$key]) | get("release"; [$key]) | first_do([["renew", ""]]);
def release_put($now):
  # Only a host that came through opens further slots. `took`: the seconds that a host had it, by one clock, for those that wait.
  def released($now; $came): . + {holder: "", nonce: "", expires: .since}
    + if $came then {done: ((.done // 0) + 1), took: ($now - (try (.since | fromdateiso8601) catch $now) | [[., 1] | max, 3600] | min)} else {} end;
  lease_key as $key | body($key) as $lease
  | (.turn.came == true and .turn.package == $lease.package and .turn.version == $lease.version) as $came
  | if lease_state != "mine" then null else put("released"; $key; $lease | released($now; $came)) end;
def mark($now):
  # The change itself, once it is this host's turn.
  def change: .want as $want | ({package: $want.package, version: $want.version, back: ($want.back == true), size: (.size // 0), tags, slot: (.slot // 0),
      width: (.width // 1), trial: alone}
      + (policy.timeout | if type == "number" then {timeout: .} else {} end) + (if $want.set then {set: [$want.set[] | {package, version}]} else {} end)) as $turn
    | ["record", ($turn | tojson)] as $record
    | if .settings then over([$record, ["answer", "go"]])
      else
        go("changed"; [["log", "installing \(set_named): \($want.reason)"], $record,
          ["change", $want.package, $want.version, $want.previous, (if $want.action == "replace" then $want.reason else "" end)]
            + [$want.set // [] | .[] | .package, .version, .previous]])
      end;
  # Before the first change to a version that nobody has proven, the canary leaves its mark: what kills its host leaves a trace. Of a set each has one.
  def marked($one): body(trial_key($one.package; $one.version)).nonce as $nonce | word($one.package; $one.version) == "ok" or (.marked != null and $nonce == .marked);
  . as $known | [members[] | . as $one | select($known | marked($one) | not)][0] as $one | .instance as $me
  | if $one == null then change
    else
      trial_key($one.package; $one.version) as $key | body($key) as $trial
      | (($trial.vanished // []) + (if ($trial.canary // "") == "" or $trial.canary == $me then [] else [$trial.canary] end) | unique) as $vanished
      | .marking = $one
      | if ($vanished | length) >= 2 and .want.back != true then
          put("convicted"; verdict_key($one.package; $one.version); {verdict: "bad", package: $one.package, version: $one.version, instance: $me,
            reason: "\($vanished | join(" and ")) took it and did not come back", at: ($now | todate)})
        else
          .marked = .mine
          | put("marked"; $key; {canary: $me, nonce: .mine, at: ($now | todate), package: $one.package, version: $one.version, $vanished,
              size: (.size // 0), failed: ($trial.failed // {})} + ($trial | if .boots then {boots} else {} end)
              + ($trial | if .apart then {apart} else {} end) + (if .want.set then {together: true} else {} end))
        end
    end;
def seen_seconds($suite): (.clock // 0) as $clock
  | (try (body(seen_key).suites[$suite] | fromdateiso8601) catch null) | if . != null and . <= $clock + ahead_seconds then . else null end;
def older($suite; $than; $who):
  "the index \($suite.key) is of \($suite.date | todate), older than that of \($than | todate), which \($who)";
# Why an index is not believed, "" where it is.
def replayed: . as $known | [(.index // [])[] | . as $suite | ($known | seen_seconds($suite.key)) as $seen
  | select($seen != null and $seen > .date) | older(.; $seen; "the group has seen")][0] // "";
def remembered: ["remember"] + [.tags | to_entries[] | .key, .value] + [(control_key, policy_key) as $key | $key, (.objects[$key].tag // "")];

# Where canaries bake, what somebody has tried is found good by a bake alone: the record of a trial may be lost in the middle of it. null where
# there was no trial: all hosts of a new group run what nobody has tried.
def tried_here($confirm): trial_key($confirm.package; $confirm.version) as $key
  | (.changed | not) and bake > 0 and .objects[$key].body.canary != null;
# ── Voices ──
# What this host says of a version under its own name, over what it said before. Where that is refused, as in a stack from before 0.11, all goes on without.
def voice($one; $word; $folder; $reason; $now; $step): voices_key($one.package; $one.version) as $key
  | go($step; [["put", "\($key)\($folder)/\(.arn).json", "",
      ({verdict: $word, package: $one.package, version: $one.version, instance, $reason, at: ($now | todate)} | tojson)]]);
def running: [.found // {} | to_entries[] | {package: .key, version: .value.installed} | select(.version != null)];
# What it runs, and the group has found good, and it has not said so of.
def unvouched: . as $known | if .arn == null or .silent then [] else
  [running[] | . as $one | select($known | (any(.vouched // [] | .[]; . == ($one | named)) | not) and word($one.package; $one.version) == "ok")] end;
# What it leaves since one host failed at it during an alarm: those that knew of the alarm say so, since it ends.
def echoes: . as $known | if .arn == null or sure_alarm == "" then [] else
  [running[] | . as {$package, $version} | select($known | word($package; $version) == "bad" and (ordered($package; $version) | not)
    and vouched($package; $version) and (agreed($package; $version) | not)
    and (any(.echoed // [] | .[]; . == "\($package) \($version)") | not)
    and (.instance as $me | any(against($package; $version)[]; .instance == $me) | not))] end;
# ── The next step ──
# From what is known to what is done.
def next($now):
  def doubt_seconds: 600; # an index that is not believed is looked at again after so long
  # What fewer hosts say than it takes.
  def denied: . as $known | .objects | keys_unsorted[] | select(contains("/verdicts/")) | split("/") as $parts | $parts[3] as $package | ($parts[4] | rtrimstr(".json")) as $version
    | $known | select(claimed($package; $version) == "bad" and word($package; $version) == "ok")
    | "\($package) \($version) is called bad, but of its hosts \(against($package; $version) | length) say so, and \(voices($package; $version).ok | length) that it is ok: see towline rollout";
  def bucket_fault: [(.objects[policy_key] // {} | select(.there and (.body == null or .body.fault))
      | "policy.json is not of its form, and counts as absent: run pulumi up"), (.objects | to_entries[] | select((.key | contains("/verdicts/")) and .value.there)
      | select(.value | said | . != "ok" and . != "bad")
      | "\(.key) holds the verdict \"\(.value | said | .[0:40])\", not ok or bad, and counts as none: correct or delete it"), denied, (.frozen.fault // empty)][0] // "";
  def set_of($changes):
    # Of what failed as a set, each goes alone once: of what nobody has proven, wherever that was; of what is ok, where it failed here.
    def apart($one): .instance as $me | body(trial_key($one.package; $one.version)) as $trial | ($trial.apart // []) as $hosts
      | if word($one.package; $one.version) == "ok" then any($hosts[]; . == $me)
        else $hosts != [] or ($trial.together == true and ($trial.canary // "") != "" and $trial.canary != $me) end;
    . as $known | mates($changes) as $mates
    | if ($mates | length) < 2 then $mates[0] else
        [$mates[] | . as $one | select($known | apart($one) | not)] as $together
        | if $mates[0] != $together[0] then $mates[0] else $mates[0] + {set: [$together[1:][] | {package, version, previous}]} end
      end;
  def untold($changes): . as $known | mates($changes) | if length < 2 then [] else
    [.[] | . as $one | $known | trial_key($one.package; $one.version) | select(. as $key | $known | unread($key))] end;
  # The bucket serves an older one than apt has, which keeps its own.
  def served_older: [(.index // [])[] | select(.served != null and .served < .date) | .date as $date | .date = .served
    | older(.; $date; "this host has, and keeps")][0] // "";
  # What the group has not seen yet.
  def unseen: . as $known | (.clock // 0) as $clock
    | [(.index // [])[] | . as $suite | select(.date <= $clock + ahead_seconds and .date > ($known | seen_seconds($suite.key) // 0))];
  def finish: [decisions[] | .reason] as $reasons | .changed as $changed | unvouched as $unvouched | . as $known
    | if .settings and $reasons[0] == "bad" then over([["answer", "bad"]])
      elif .settings then over([["log", "\(.settings.version) of \(.settings.package): \($reasons[0])"], ["answer", "later"]])
      # What this host has just found of its health is not asked for again.
      elif $unvouched != [] and .well then
        $unvouched[0] as $one | .vouching = $one | voice($one; "ok"; "ok"; ""; $now; "vouched")
      elif $unvouched != [] then go("vouching"; [["confirm"]])
      else
        # Of what it does not run any more it says so again, should it come back.
        [running[] | named as $one | select(any($known.vouched // [] | .[]; . == $one)) | $one] as $said
        | over((if $said != (.noted // []) then [["vouched"] + $said] else [] end)
          + [["log", "nothing left to do: \($reasons | last)"],
          remembered
              + (if .frozen.until != null then ["wake", "\(.frozen.until)"] else [] end)]
          + (if $changed then [["answer", "changed"]] else [] end))
      end;
  def paused($one; $now): [.pauses // [] | .[] | select(.spec == "\($one.package)=\($one.version)" and .until > $now) | .until - $now][0] // empty;
  def retrial($confirm): if hold_reason != "" or (tried_here($confirm) | not) then null
      else $confirm + {action: "upgrade", previous: $confirm.version, reason: "its trial did not come to an end"} end;
  . as $known | decisions as $all
  | ([$all[] | select(.action == "unread") | . as $one | $known | verdict_key($one.package; $one.version)]
      + [(control_key, orders_key, policy_key, if .deciding or (.index // []) == [] then empty else seen_key end) | select(. as $key | $known | unread($key))]
      + [$all[] | select(.action == "confirm" and ($known | bake) > 0) | . as $one | $known | trial_key($one.package; $one.version)
          | select(. as $key | $known | unread($key))]) as $unread
  | ([$all[] | select(.action == "confirm")][0]) as $confirm
  | ([$all[] | select(changes)] | if . == [] and $confirm != null then [$known | retrial($confirm) // empty] else . end) as $changes
  # What this host has to leave alone for now keeps nothing else from it.
  | [$changes[] | . as $one | select($known | any(.unable // [] | .[]; . == ($one | named)) or any(paused($one; $now); true) | not)] as $able
  | (if $unread == [] and (.deciding | not) then untold($able) else [] end) as $untold
  | (if $unread + $untold == [] then set_of($able) else null end) as $wanted
  | .changes = [$changes[] | [.package, .version]]
  | if $unread + $untold != [] then get("read"; $unread + $untold)
    elif zones_wanted($now) then go("zones"; [zones($now)])
    elif ((.settings or .deciding) | not) and echoes != [] then
      echoes[0] as $one | .echoed += [$one | named] | sure_alarm as $alarm | voice($one; "bad"; "bad/0"; "it failed elsewhere during \($alarm)"; $now; "read")
    elif (.settings or .deciding or .trusted) | not then
      replayed as $replayed | unseen as $unseen
      # Another may just have been published, and seen by others first.
      | if $replayed != "" and (.again | not) then .again = true | go("lists"; [["lists", ([.tags[]][1] // "")]])
        elif $replayed != "" then
          (if .mine != null then release("end") else over([]) end)
            | first_do([["repository", $replayed], ($known | remembered) + ["wake", "\($now + doubt_seconds)"]])
        else
          .trusted = true | [["repository", served_older], ["keyring"]] as $effects
          | (if $unseen != [] then
              seen_key as $key | body($key) as $seen
              | put("seen"; $key; {suites: (($seen.suites // {}) + ([$unseen[] | {key, value: (.date | todate)}] | from_entries)), by: .instance})
            else next($now) end)
          | first_do($effects)
        end
    elif .deciding then over([$all[] | ["answer", .package, (.version // ""), .action, .reason]])
    elif (.settings | not) and bucket_fault != .fault then
      .fault = bucket_fault | ["fault", .fault] as $fault | next($now) | first_do([$fault])
    elif .mine != null and ($wanted == null or (.want = $wanted | set_named) != .held_for) then
      release("next") | first_do([["log", "\($known.held_for) is not wanted any more"]])
    # Not while a hold keeps it from the bake that is missing.
    elif $changes == [] and $confirm != null and (tried_here($confirm) | not) then .want = $confirm | go("confirmed"; [["confirm"]])
    elif $changes == [] then finish
    elif $wanted == null then
      over([$changes[] | . as $one | $known | paused($one; $now) | ["log", "\($one | named) waits \(.) s: this host failed at it"]]
        + (if .settings then [["answer", "later"]] else [] end))
    else
      .slot = (if .mine == null and ([.want.package, .want.version] != [$wanted.package, $wanted.version]) then 0 else .slot end)
      | .want = $wanted
      | if .mine != null then mark($now)
        elif (.settings | not) and unasked != null then go("able"; [["able"] + (unasked | split(" "))])
        else turn($now) end
    end;

# ── Verdicts on what this host did ──
# The verdict on a change that has ended: outcome ok, failed (the host went back) or off (it was put off).
def verdict($now; $word; $reason): {verdict: $word, package: .want.package, version: .want.version, instance, $reason, at: ($now | todate)};
def failures: (body(trial_key).failed // {}) + (if .reason == null then {} else {(.instance): .reason} end);
# Whether enough hosts have failed at what was found good. What nobody vouches for is judged by the trial alone, as by agents before 0.11.
def enough: .want as {$package, $version} | ([2, ((.turn.size // 0) * 0.05 | ceil)] | max) as $most
  | agreed($package; $version) or (sure_alarm != "" and against($package; $version) != [])
    or ((vouched($package; $version) | not) and (failures | length) >= (if alarm != "" then 1 else $most end));
# A canary that Auto Scaling takes away before it serves may be taken for its ill health.
def close($answer): trial_key as $key | failures as $failed | body($key) as $trial
  | (($trial.vanished // []) + (if $answer == "unproven" then [.instance] else [] end) | unique) as $vanished
  | .answer = $answer | .instance as $me
  | put("closed"; $key; {package: .want.package, version: .want.version, size: (.turn.size // 0)} + $trial
      # Another host may be trying it by now.
      + {canary: ($trial.canary // "" | if . == $me then "" else . end), $failed, $vanished}
      + if $answer != "apart" and ($answer != "unproven" or (.turn.set | not)) then {} else {apart: ($trial.apart // [] | . + [$me] | unique)} end);
def convict($now): verdict($now; "bad"; .reason) as $verdict | .convicted = (word(.want.package; .want.version) == "ok")
  | put("judged"; verdict_key; $verdict);
# ── The bake ──
# The bake: the canary serves, keeps its slot and is looked at before it finds its version good. What counts are the seconds from one good
# look to the next: whatever becomes of the host or its clock meanwhile, no time passes in which nobody looked. `recorded` is the whole
# turn, whichever of its packages is judged.
def bake_record: ["record", (.recorded | tojson)];
def bake_look: ([control_key, policy_key, lease_key] + [([.want] + .rest)[] as {$package, $version} | verdict_key($package; $version), trial_key($package; $version)]) as $keys
  | go("judge"; [bake_record, ["get"] + [.tags | to_entries[] | .key, .value] + tagged($keys)]);
# What the host said of itself: whether it serves well (yes, no or unknown, and why), and how often systemd started its processes again.
def watched($rows; $now):
  def bake_gap: 90; # the most seconds that count from one look to the next
  .recorded.bake as $bake | ([$rows[] | select(.[0] == "restarts")[1] | tonumber?][0]) as $restarts
  | if $rows[0][0] == "no" then .ill = $rows[0][1]
    elif $rows[0][0] != "yes" then .sure = false | .recorded.bake.looked = null
    elif ($restarts // 0) > ($bake.restarts // $restarts // 0) then .ill = "a process ended by itself and was started again while it baked"
    else
      .sure = true
      | .recorded.bake = {restarts: ($restarts // $bake.restarts), looked: $now,
          seconds: ($bake.seconds + (if $bake.looked == null then 0 else [[$now - $bake.looked, 0] | max, bake_gap] | min end))}
    end;
def bake_paused: ([bake - .recorded.bake.seconds, 0] | max | tostring) as $left | over([["answer", "bake", $left]]);
# Without a verdict on any of its packages.
def bake_ends($why): "the bake of \(.want.package) \(.want.version) ends: \($why)" as $log | .outcome = "off" | close("off") | first_do([["log", $log]]);

# Of a set, one after the other; what is answered is said of the first.
def judge($now):
  def baking($now):
    def bake_pause: 10; # seconds between two looks at a canary that bakes
    def bake_patience: 240; # seconds of looking in one run: what else a host does every few minutes has to go on
    def bake_pauses: [lease_key] as $keys | get("bake-lease"; $keys) | first_do([.state | bake_record]);
    # The suites have changed: another version may be wanted now.
    def superseded($now): . as $known
      | if .found == null then go("bake-lists"; [["lists", ([.tags[]][1] // "")]])
        elif zones_wanted($now) then go("bake-zones"; [zones($now)])
        else
          [([.want] + .rest)[] | . as $one | $known | choose($one.package) + {package: $one.package, before: $one.version}] as $choices
          | [$choices[] | select(.action == "unread") | . as $one | $known | verdict_key($one.package; $one.version)] as $keys
          | [$choices[] | select(.version != .before and (.back == true or ($known | hold_reason) == ""))][0] as $other
          | if $keys != [] then get("judge"; $keys)
            elif $other != null then bake_ends("\($other.package) \($other.version) is wanted now")
            else null end
        end;
    . as $known | bake as $most | .want as $want
    # The next run watches, once this host has said that it serves: with a lease that is as fresh as can be.
    | if .recorded.bake == null or (.watching | not) then .recorded = $want + .recorded | .recorded.bake //= {seconds: 0} | bake_pauses
      # Right now, as a database may be back by the time at which this host has left.
      elif .ill != null and .balanced and .others == null then go("bake-others"; [["targets"]])
      elif .ill != null then .ill as $ill | over([["answer", "alarm", $ill]])
      elif .sure == null then go("watched"; [["confirm"]])
      elif lease_state == "held" then
        body(lease_key).holder as $holder | bake_ends("\($holder) has the lease")
      elif any(.rest[]; . as $one | $known | word($one.package; $one.version) == "bad") then bake_ends("what came along is bad by now")
      else
        (if .tags == (.recorded.tags // {}) then null else superseded($now) end) as $other
        | if $other != null then $other
          elif .sure and .recorded.bake.seconds >= $most then put("judged"; verdict_key; verdict($now; "ok"; ""))
          elif .waited >= bake_patience then bake_pauses
          else
            ([bake_pause, ([$most - .recorded.bake.seconds, 1] | max)] | min | ceil) as $pause
            | .waited += $pause | go("bake-waited"; [["wait", "\($pause)"]])
          end
      end;
  .instance as $me | word(.want.package; .want.version) as $word
  # Without a mark, an older agent began this.
  | ((body(trial_key).canary // $me) == $me) as $canary
  | def on($answer): .answered = (.answered // $answer)
      | if .rest == [] then over([["answer", .answered]]) else .want = .rest[0] | .rest = .rest[1:] | judge($now) end;
  if .judged == true then .judged = false | .answer as $answer | on($answer)
  elif .outcome == "ok" then
      if $word == "unknown" and body(trial_key).canary == $me then close("unknown")
      elif $word != "" or ($canary | not) then on($word)
      # It goes back then, and is judged once more. It may be the alarm of what is bad, where that is what it has left.
      elif alarm != "" and .recorded.back != true then alarm as $alarm | over([["answer", "alarm", $alarm]])
      elif bake > 0 then baking($now)
      elif .serving then put("judged"; verdict_key; verdict($now; "ok"; ""))
      else close("unproven") | first_do([["log", "no verdict on \(.state.want.package) \(.state.want.version): this host does not serve"]]) end
    elif .outcome == "off" then if $canary and body(trial_key) != {} and ($word | unproven) then close("off") else on("off") end
    elif $word == "bad" then on($word)
    elif .turn.back == true or .turn.ill == true or .ending then .reason = null | close("own")
    # Nobody is convicted by a set that failed: each of it is tried alone.
    elif .turn.set then .reason = null | close("apart")
    elif .arn != null and .spoken != (.want | named) and $word == "ok" then
      .want as $want | .spoken = ($want | named) | ([([.turn.size // 0, 0] | max | floor), 999999] | min) as $size | .reason as $reason
      | voice($want; "bad"; "bad/\($size)"; $reason; $now; "spoken")
    elif (($word | unproven) and $canary) or enough then
      if .balanced then go("judge-floor"; [["targets"]]) else convict($now) end
    else close("own") end;
def judge_on($answer; $now): .tries = 0 | .judged = true | .answer = $answer | judge($now);
# Whether others, which run another version, are not healthy either.
def ill($states): .instance as $me | [$states[] | select(.[0] != $me and .[1] == "unhealthy")[0]] as $ill
  | if $states == [] then "the load balancer does not say who serves"
    elif $ill != [] then "unhealthy as well: \($ill | join(", "))"
    else "" end;
# Hosts that run what was found good before hear of it through control.json.
def recall($now): control_key as $key | .objects[$key] as $object | .want as $want | .instance as $me | .reason as $reason
  | if ($object.there // false) and $object.body == null then
      over([["error", "\($key) is not a JSON object: \($want.version) is not recalled"], ["answer", "bad"]])
    else
      put("recalled"; $key; body($key) | .generation = ((.generation // 0) + 1)
        | .recalled[$want.package][$want.version] = {$reason, by: $me, at: ($now | todate)})
    end;

# ── Boots ──
# Boots (docs/rollout.md). What those with a version that nobody has proven came to: two that failed, or were not heard of again, end a round.
def boots($key):
  def boot_seconds: 1200; # a boot that has begun to install and was not heard of for so long has failed
  (.clock // 0) as $clock | .instance as $me | (body($key).boots // {}) as $boots | ($boots.open // {}) as $open
  | [$open | to_entries[] | select(.key != $me and ($clock - (try (.value | fromdateiso8601) catch 0) | . >= boot_seconds or . < -ahead_seconds)).key] as $lost
  | {rounds: ($boots.rounds // 0), open: ($open | with_entries(select(.key as $one | $lost | index($one) | not))),
      failed: (($boots.failed // {}) + ([$lost[] | {key: ., value: "it was not heard of again"}] | from_entries))}
  | if (.failed | length) >= 2 then {rounds: (.rounds + 1), open: {}, failed: {}} else . end;
# After a write that was refused, or whose answer is not known.
def boot_again: .boot[.at] as $one | trial_key($one.package; $one.version) as $key | .tries += 1 | forget([$key]);
# Before its installation a boot leaves its name, where not two have. Nothing waits for that: without a mark, only its end counts.
def boot_mark: .instance as $me | .boot[.at] as $one
  | if $one == null then over((if .boot != [] then [["record", ({boot} | tojson)]] else [] end) + .answers)
    else trial_key($one.package; $one.version) as $key | boots($key) as $boots | (.clock // 0 | todate) as $at
      | if unread($key) then get("boot-marking"; [$key])
        elif .tries >= attempts or $boots.rounds > $one.round or ($boots.open | has($me) | not) and ($boots.open | length) >= 2 then
          .at += 1 | .tries = 0 | boot_mark
        else
          put("boot-marked"; $key; {package: $one.package, version: $one.version} + body($key)
            + {boots: ($boots | .open[$me] = $at)})
        end
    end;
# A boot waits for an index that it may believe, as for one that is not there.
def boot:
  # Of a package of which nothing is proven, and there is a choice, the versions to choose from.
  def boot_open($package): . as $known | [.found[$package] | (.channel + .main)[] | . as $version | {$version, word: ($known | word($package; $version))}]
    | if $package == "towline-agent" or any(.[]; .word == "ok") then [] else [.[] | select(.word | unproven).version] end
    | if length > 1 then . else [] end;
  # A boot takes what is proven; only of a package of which nothing is, one that is not bad: the highest of those that fewest boots failed with.
  def boot_choice($package): . as $known | .found[$package] as $found
    | ([$found.channel, $found.main | [.[] | . as $version | {$version, word: ($known | word($package; $version)),
        rounds: ($known | trial_key($package; $version) as $key | boots($key).rounds)}]]) as $suites
    | ([$suites[][] | select(.word == "ok")][0] // ([$suites[][] | select(.word | unproven)] | sort_by(.rounds)[0])) as $best
    # The agent that boots was chosen by the installation, and does not replace itself in the middle of it.
    | if $package == "towline-agent" and $found.installed != null and (word($package; $found.installed) | usable) then
        choice("none"; $found.installed; "installed")
      elif $best == null then choose($package)
      elif $best.version == $found.installed then choice("none"; $best.version; "installed")
      else choice("install"; $best.version; if $best.word == "ok" then "the highest that is proven"
        elif $best.rounds > 0 then "nothing is proven yet, and boots failed with every version"
        elif any($suites[][]; .rounds > 0) then "nothing is proven yet, and boots failed with what is higher"
        else "nothing is proven yet" end) end;
  . as $known | replayed as $replayed | [.found | keys_unsorted[] as $package | .[$package] | (.channel + .main)[] as $version | {$package, $version}] as $all
  | [$all[] | . as $one | $known | verdict_key($one.package; $one.version) | select(. as $key | $known | unread($key))] as $unread
  | [.found | keys_unsorted[] as $package | ($known | boot_open($package)[]) as $version | $known | trial_key($package; $version)] as $trials
  | [$trials[] | select(. as $key | $known | unread($key))] as $untold
  | if unread(control_key) then get("boot"; [control_key, orders_key] + $unread + if (.index // []) != [] then [seen_key] else [] end)
    elif $replayed != "" then over([.found | keys_unsorted[] | ["answer", ., "", "none", $replayed]])
    elif .trusted | not then .trusted = true | boot | first_do([["keyring"]])
    elif $untold != [] then get("boot"; $untold)
    else
      [.found | keys_unsorted[] as $package | $known | boot_choice($package) | . + {$package}] as $chosen
      | .answers = [$chosen[] | ["answer", .package, (.version // ""), .action, .reason]]
      # Nothing begins while one is missing.
      | .boot = (if any($chosen[]; .version == null) then [] else [$chosen[] | .package as $package | .version as $version
          | select($known | boot_open($package) | index($version))
          | {package, version, round: ($known | trial_key($package; $version) as $key | boots($key).rounds), marked: false}] end)
      | .at = 0 | boot_mark
    end;
# At its end it takes its name back, or says what failed: in its own round, so that of many that fail at once two write.
def boot_end: .instance as $me | .blamed as $blamed | .boot[.at] as $one
  | if $one == null then over([["record", "{}"]])
    else trial_key($one.package; $one.version) as $key | boots($key) as $boots
      | (.outcome == "failed" and ($blamed == "" or $blamed == $one.package)) as $failed
      | if ($failed or $one.marked) and unread($key) then get("boot-ending"; [$key])
        elif .tries < attempts and (if $failed then $boots.rounds == $one.round else $boots.open | has($me) end) then
          .reason as $reason
          | put("boot-ended"; $key; {package: $one.package, version: $one.version} + body($key)
            + {boots: ($boots | del(.open[$me]) | if $failed then .failed[$me] = $reason else . end)})
        else .at += 1 | .tries = 0 | boot_end end
    end;
# ── Conversations ──
# The beginning of each conversation. Every one names the host: instance, group, balanced (yes or no), nonce, span (seconds).
def pairs: [.rows[] | {key: .[0], value: .[1]}] | from_entries;
def turn_slot: .slot = (.turn.slot | if type == "number" then . else 0 end);
def begin($event):
  def host($event): ($event | pairs) as $named
    | {instance: $named.instance, group: $named.group, balanced: ($named.balanced == "yes"), nonce: $named.nonce,
        span: ($named.span | tonumber? // 900), writes: 0, looks: 0, waited: 0, tries: 0, objects: {}, tags: {},
        want: {package: ($named.package // ""), version: ($named.version // "")}, turn: ($named.turn // "" | parsed // {}),
        arn: $named.arn, noted: [$event.rows[] | select(.[0] == "vouched" and .[1] != "")[1]],
        pauses: [$event.rows[] | select(.[0] == "pause") | {spec: .[1], until: (.[2] | tonumber)}]} | .vouched = .noted;
  # Of another change than the one that is judged, a record says nothing.
  def own_turn:
    def shaped_set: if type == "array" then [.[] | select(type == "object" and (.package | type) == "string" and (.version | type) == "string")] else [] end;
    if .turn.package == .want.package and .turn.version == .want.version and ((.turn.size // 0) | type) == "number" then . else .turn = {} end
    | (.turn.set | shaped_set) as $set | (if $set != [] then .turn.set = $set | .want.set = $set else .turn |= del(.set) end)
    | turn_slot;
  def resumed: turn_slot | .want = {package: (.turn.package // ""), version: (.turn.version // "")};
  ($event | pairs) as $named | host($event)
  | if $event.event == "poll" then
      .packages = [$event.rows[] | select(.[0] == "packages")[1]]
      | .tags = ([$event.rows[] | select(.[0] == "suite") | {key: .[1], value: .[2]}] | from_entries)
      | .patience = ($named.patience | tonumber)
      | .tried = ([$event.rows[] | select(.[0] == "tried") | {key: .[1], value: .[2]}] | from_entries)
      | .installed = ([$event.rows[] | select(.[0] == "installed") | {key: .[1], value: .[2]}] | from_entries)
      | go("lists"; [["lists", ([.tags[]][1] // "")]])
    elif $event.event == "settings" then
      .settings = .want | .patience = 0 | get("read"; [control_key, orders_key, policy_key, verdict_key])
    elif $event.event == "boot" then go("lists"; [["lists", ""]])
    elif $event.event == "booted" then
      .boot = (.turn.boot // []) | .outcome = $named.outcome | .reason = ($named.reason // "") | .blamed = ($named.blamed // "") | .at = 0 | boot_end
    elif $event.event == "decide" then
      .packages = [$event.rows[] | select(.[0] == "packages")[1]] | .deciding = true | go("lists"; [["lists", ""]])
    elif $event.event == "resume" then resumed | get("resume"; [lease_key])
    elif $event.event == "leaving" then own_turn
      | .tags = (.turn.tags // {})
      | go("leaving"; [["get"] + [.tags | to_entries[] | .key, .value] + tagged([control_key, orders_key, policy_key, lease_key, (members[] as {$package, $version} | verdict_key($package; $version))])])
    elif $event.event == "failing" then own_turn | if .balanced then go("failing"; [["targets"]]) else over([]) end
    elif $event.event == "judge" then .recorded = (.turn | if (try .bake.seconds catch null | type) == "number" then . else del(.bake) end) | own_turn | .tags = (.recorded.tags // {})
      | .outcome = $named.outcome | .reason = (if $named.outcome == "failed" then $named.reason else null end)
      | .serving = ($named.serving == "yes") | .watching = ($named.watching == "yes") | .ending = ($named.ending == "yes")
      # What came along, as apt wanted it, is found good with the one that brought it; a failure is that one's alone.
      | .rest = (if $named.outcome == "ok" then [$event.rows[] | select(.[0] == "with") | {package: .[1], version: .[2]}] else .turn.set // [] end)
      | get("judge"; [verdict_key, trial_key, control_key, orders_key, policy_key]
          + [.rest[] as {$package, $version} | verdict_key($package; $version), trial_key($package; $version)])
      | if .state.outcome == "ok" and .state.turn != {} then .state.recorded.came = true | first_do([.state | bake_record]) else . end
    elif $event.event == "replace" then get("replace"; [control_key, orders_key, policy_key])
    elif $event.event == "release" then .patience = 0 | resumed | release("end")
    elif $event.event == "renew" then .mine = $named.nonce | .slot = ($named.nonce | split("@")[1] // "0" | tonumber? // 0) | get("renew"; [lease_key])
    else error("there is no event \($event.event)") end;
def found($event):
  # The index of a suite (docs/rollout.md): by its date an older one, which somebody has put back, is told from the newest that any host has seen.
  def index_seconds: try (rtrimstr(" UTC") | rtrimstr(" GMT") | . + " GMT" | seconds) catch null;
  .installed as $installed
  | .index = [$event.rows[] | select(.[0] == "index") | {key: .[1], date: (.[2] | index_seconds), served: (.[3] // "" | index_seconds)} | select(.date != null)]
  | .found = (reduce ($event.rows[] | select(.[0] == "version")) as [$_, $package, $suite, $version]
      (([$event.rows[] | select(.[0] == "package") | {key: .[1], value: {installed: (if .[2] == "" then null else .[2] end), channel: [], main: []}}] | from_entries);
        .[$package][$suite] += [$version]))
  | .found |= with_entries(if $installed[.key] then .value.installed = $installed[.key] else . end);

# For how many seconds it may be out for this change, where the policy says so.
def outing: policy.timeout // .turn.timeout | if type == "number" and . > 0 then ["\(floor)"] else [] end;
# Right before a host leaves, with everything read anew: what speaks against it.
def leaving: lease_key as $key
  | if lease_state != "mine" then over([["answer", "no", "the lease was lost to \(body($key).holder // "" | if . == "" then "nobody" else . end)"]])
    elif .moved then over([["answer", "no", "the repository has changed meanwhile"]])
    elif any(members[] as {$package, $version} | word($package; $version); usable | not) then
      over([["answer", "no", "\([members[] as {$package, $version} | select(word($package; $version) | usable | not) | $version][0]) is marked bad by now"]])
    elif hold_reason != "" and .turn.back != true then hold_reason as $hold | over([["answer", "no", $hold]])
    elif .balanced then go("leaving-floor"; [["targets"]])
    else over([["answer", "go"] + outing]) end;

# What follows on each answer.
def done($event): $event.rows[0][0] == "done";
# As long as the load balancer does not say who serves, nobody can be convicted: it is asked a few times.
def unsaid($event): (.step == "failing" or .step == "bake-others" or .step == "judge-floor") and $event.rows == [] and (.asked // 0) + 1 < attempts;
def step($event): $event.now as $now | . as $known | .step as $step
  | (if $event.event == "got" then learn($event) | learn_suites($event) | .moved = (.moved == true or .tags != $known.tags) else . end)
  | (if $event.event == "got" then outstanding else [] end) as $outstanding
  | if $outstanding != [] then get($step; $outstanding)
    elif unsaid($event) then .asked = (.asked // 0) + 1 | .asking = .step | go("asking"; [["wait", "2"]])
    elif $step == "asking" then .asking as $step | go($step; [["targets"]])
    elif $step == "lists" then found($event) | .trusted = false | if .packages then next($now) else boot end
    elif $step == "boot" then boot
    elif $step == "boot-marking" then boot_mark
    elif $step == "boot-ending" then boot_end
    elif $step == "boot-marked" then
      if done($event) then .boot[.at].marked = true | .at += 1 | .tries = 0 | boot_mark else boot_again | boot_mark end
    elif $step == "boot-ended" then if done($event) then .at += 1 | .tries = 0 | boot_end else boot_again | boot_end end
    elif $step == "read" then next($now)
    # Where it was not written, another has written one, or the next that is published is.
    elif $step == "seen" then next($now)
    elif $step == "able" then
      unasked as $one
      | if $event.rows[0][0] != "yes" then .unable += [$one] | if (.changes // [] | length) > 1 then next($now) else over([]) end
        else .able += [$one] | if unasked != null then next($now) else turn($now) end end
    elif $step == "lease" then turn($now)
    elif $step == "floor" then
      .size = ([$event.rows[] | select(.[1] != "unused")] | length) | .group_size = ([.group_size // 0, .size] | max)
      | .width = (if alone then 1 else width(.size) end) | .width as $width | (.slot // 0) as $slot
      | lease_key as $key
      | (if lease_state == "expired" then body($key) + {age: .objects[$key].age} | .size //= 0 else null end) as $lost
      | floor_reason($event.rows; $slot; $width) as $reason
      | if $reason == "" and $lost != null and vanished($event.rows; $lost; $width) then
          # Where further slots are open, it takes another.
          if ($slot > 0 or .want.back == true or (same and ($lost.done // 0) > 0)) and (.passed // 0) + 1 < $width then .passed = (.passed // 0) + 1 | turn($now)
          else wait("\($lost.holder) vanished with the lease, and nothing has taken its place") end
        elif $reason == "" then take($now)
        # The group has shrunk since the lease told its size: there is no such slot any more, and this host has another.
        elif $slot + 1 > $width and .group_size != .size then .group_size = .size | turn($now)
        else wait($reason) end
    elif $step == "taken" then if done($event) then taken else lease_key as $key | again($event; $key; "lease") end
    elif $step == "held" then over([["answer", "held"]])
    elif $step == "waited" then .tries = 0 | .well = false | [control_key, lease_key] as $keys | look($keys)
    elif $step == "looked" then
      if .found == null and (.settings | not) then go("lists"; [["lists", ([.tags[]][1] // "")]]) else next($now) end
    elif $step == "marked" then .marking as {$package, $version} | trial_key($package; $version) as $key | .marked as $nonce | .instance as $me
      | if done($event) then .tries = 0 | .objects[$key].body = body($key) + {nonce: $nonce, canary: $me} | mark($now)
        else again($event; $key; "read") end
    elif $step == "convicted" then look
    elif $step == "changed" then 
      if done($event) | not then over([["answer", "unchanged"]])
      elif $event.rows[1][1] != .want.version then over([["answer", "changed"]])
      else
        # What came along has been judged as well.
        reduce $event.rows[1:][] as [$package, $version] (.; verdict_key($package; $version) as $key
          | .found[$package].installed = $version | forget([$key]))
        | .fault = null | .changed = true | .well = ($event.rows[0][1] == "yes") | .mine = null | .taking = null | .stale = false | forget([lease_key, (members[] as {$package, $version} | trial_key($package; $version))]) | .slot = 0
        | [control_key, verdict_key] as $keys | look($keys)
      end
    elif $step == "confirmed" then
      if $event.rows[0][0] == "yes" then .well = true | put("confirming"; verdict_key; verdict($now; "ok"; "")) else over([["answer", "unproven"]]) end
    elif $step == "confirming" then verdict_key as $key | if done($event) then .tries = 0 | get("read"; [$key]) else again($event; $key; "read") end
    elif $step == "release" then
      release_put($now) as $put
      | if $put != null then $put
        elif .after == "next" then .mine = null | next($now)
        else over(if .tries > 0 then [] else [["log", "the lease is no longer this host's: nothing to release"]] end) end
    elif $step == "released" then lease_key as $key
      | if done($event) | not then again($event; $key; "release")
        elif .after == "next" then .mine = null | forget([$key]) | next($now)
        else over([]) end
    elif $step == "resume" then lease_key as $key
      | if .taking != null and body($key).nonce == .taking then over([["renew", .taking], ["answer", "taken"] + outing])
        elif lease_state == "held" then
          over([["log", "\(body($key).holder) holds the lease by now: this host only comes back to service"], ["answer", "held"] + outing])
        else take($now) | .state.step = "resuming" end
    elif $step == "resuming" then
      if done($event) then over([["renew", .taking], ["answer", "taken"] + outing]) else lease_key as $key | again($event; $key; "resume") end
    elif $step == "zones" then frozen($event.rows; $now) | next($now)
    elif $step == "leaving-zones" then frozen($event.rows; $now) | leaving
    elif $step == "leaving" then
      if zones_wanted($now) then go("leaving-zones"; [zones($now)]) else leaving end
    elif $step == "leaving-floor" then (.turn.slot // 0) as $slot | (.turn.width // 1) as $width
      | floor_reason($event.rows; $slot; $width) as $reason
      | over([if $reason == "" then ["answer", "go"] + outing else ["answer", "no", $reason] end])
    elif $step == "judge" then judge($now)
    elif $step == "bake-waited" then go("watched"; [["confirm"]])
    elif $step == "watched" then watched($event.rows; $now) | bake_look
    elif $step == "bake-others" then .others = ill($event.rows)
      | (if .others == "" then [] else [["log", "not this version's fault alone: \(.others)"], ["record", ($known.recorded + {ill: true} | tojson)]] end) as $effects
      | judge($now) | first_do($effects)
    elif $step == "bake-lists" then found($event) | judge($now)
    elif $step == "bake-zones" then frozen($event.rows; $now) | judge($now)
    elif $step == "bake-lease" then lease_key as $key
      | if lease_state == "mine" then put("bake-kept"; $key; body($key) + {expires: ($now + .span | todate)}) else bake_paused end
    elif $step == "bake-kept" then bake_paused
    # What boots in its place takes nothing new, so that no freeze stands against it.
    elif $step == "replace" then .frozen = null | hold_reason as $reason
      | over([if $reason == "" then ["answer", "go"] else ["answer", "no", $reason] end])
    elif $step == "failing" then ill($event.rows) as $ill
      | if $ill == "" then over([])
        else [members[] as {$package, $version} | trial_key($package; $version)] as $keys
          # Where it cannot come back soon, its mark says nothing of the version.
          | .turn.ill = true | get("unmark"; $keys) | first_do([["log", "not this version's fault alone: \($ill)"], ["record", ($known.want + $known.turn + {ill: true} | tojson)]]) end
    elif $step == "unmark" then .instance as $me
      | [members[] as {$package, $version} | trial_key($package; $version) as $key | select(body($key).canary == $me) | $key][0] as $key
      | if $key == null or .tries >= attempts then over([]) else .marked = $key | put("unmarked"; $key; body($key) + {canary: ""}) end
    elif $step == "unmarked" then .marked as $key | .tries = (if done($event) then 0 else .tries + 1 end) | forget([$key]) | get("unmark"; [$key])
    elif $step == "judge-floor" then ill($event.rows) as $ill
      | if $ill == "" then convict($now) else close("own") | first_do([["log", "not this version's fault alone: \($ill)"]]) end
    # Whatever came of that, what all of them say now counts.
    elif $step == "spoken" then voices_key(.want.package; .want.version) as $key | forget([$key]) | get("judge"; [$key])
    elif $step == "vouching" then
      if $event.rows[0][0] == "yes" then .well = true else .silent = true end | next($now)
    elif $step == "vouched" then
      if done($event) then .vouched += [.vouching | named] else .silent = true end | next($now)
    elif $step == "judged" then verdict_key as $key | trial_key as $trial | control_key as $control
      | if done($event) | not then .tries += 1
          | if .tries >= attempts then again($event; $key; "judge") else forget([$key, $trial, $control]) | get("judge"; [$key, $trial, $control]) end
        elif .outcome == "failed" and .convicted then .tries = 0 | recall($now)
        else judge_on(if .outcome == "ok" then "ok" else "bad" end; $now) end
    elif $step == "recalled" then control_key as $key | if done($event) then over([["answer", "bad"]]) else again($event; $key; "recall") end
    elif $step == "recall" then recall($now)
    elif $step == "closed" then trial_key as $key | .answer as $answer
      | if done($event) then judge_on($answer; $now) else again($event; $key; "close") end
    elif $step == "close" then .answer as $answer | close($answer)
    elif $step == "renew" then lease_key as $key | .mine as $mine
      | if body($key).nonce != $mine then over([["answer", "lost"]])
        else put("renewed"; $key; body($key) + {expires: ($now + .span | todate)}) end
    elif $step == "renewed" then lease_key as $key | if done($event) then over([]) else again($event; $key; "renew") end
    else error("nothing follows on \(.step)") end;

.event as $event
| if $event.event == "failed" then {state: null, do: [["fail", $event.rows[0][0]]]}
  elif .state == null then {} | begin($event)
  else .state | step($event) end
