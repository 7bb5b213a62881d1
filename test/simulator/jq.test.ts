import { Core } from "../../simulator/core";
import { compile } from "../../simulator/jq/compile";
import { answersOfJq } from "../../simulator/jq/reference";
import { SCENARIOS } from "../../simulator/scenarios";
import { play, schedule } from "../../simulator/schedule";
import { answeredOtherwise } from "./as-jq";

/** The simulator runs core.jq without jq: that both answer alike is held here, with the jq of this machine. */
const INPUT = {
  n: null,
  t: true,
  i: 7,
  f: 2.5,
  s: "a b\tc",
  list: [3, 1, 2, 1, null, "x"],
  rows: [
    ["k", "v"],
    ["l", "w", "z"],
  ],
  deep: { a: { b: [1, { c: 2 }] }, "x y": 1 },
  named: [
    { key: "p", value: 1 },
    { key: "q", value: false },
  ],
};

const PROGRAMS = [
  '.n.x.y, .deep.a.b[1].c, .list[-1], .list[10], .deep["x y"], .s[0:3], .list[1:3], .list[:-2]',
  ".deep | .a.b[0] = 5, .a.new.er = 1, .a.b[3] = 9, (.a.b |= length), (.a.b += [7]), (.z //= 3), (.a // 4)",
  "del(.deep.a), del(.list[0, 2]), del(.rows[][0]), (.deep | del(.a.b[1].c))",
  '[.list[] | select(type == "number" and . > 1)], (.list | map(. == 1 or . == null)), any(.list[]; . == "x"), all(.list[]; . == 1)',
  '[.rows[] as [$a, $b] | {$a, "b\\($b)": $b, c: ($a | length)}], (reduce .rows[] as [$k, $v] ({}; .[$k] = $v)), [foreach .list[] as $x (0; . + 1; [., $x])]',
  '(.list | sort, unique, (map(numbers_or_zero) | min, max, add), length, reverse), ([.rows[][]] | join(","))',
  '(.s | split(" "), explode, length, startswith("a"), endswith("c"), contains("b"), ltrimstr("a "), ascii_upcase, tojson), (.list | tojson), (.s | tojson | fromjson)',
  '(try error("no") catch "caught \\(.)"), (try error catch .s), [.list[] | (.a? // "none")], (.n.x // empty, 1), (try ("x" | fromjson) catch "not JSON"), [.[]? | numbers_or_zero]',
  '(.deep | to_entries, keys, keys_unsorted, has("a"), with_entries(.value |= type)), (.named | from_entries), (.list | index(1), indices(1), contains([3]))',
  '1 + 2 * 3 - 4 / 2 % 3, -(.i), (.i | tostring), ("12" | tonumber), (.f | floor, ceil), ([1, 2] - [2]), ({a: 1} + {b: 2}), ({a: {b: 1}} * {a: {c: 2}}), "a" + "b", ("a,b" / ",")',
  'def f($x; g): $x + (. | g); def two: 2; (.i | f(two; . * 10)), [range(3)], [limit(2; .list[])], first(.list[]), isempty(empty), [.list[] | if . == 1 then "one" elif . == null then "nothing" else . end]',
  '"2027-01-15T08:07:23Z" | fromdateiso8601, (fromdateiso8601 | todate), ("Fri, 15 Jan 2027 08:10:10 GMT" | strptime("%a, %d %b %Y %H:%M:%S GMT") | mktime, .), (1800000244 | gmtime | mktime)',
  '([.. | numbers_or_zero] | length), ([1, [2]] | flatten), ([[2, 1], [1, 2]] | sort_by(.[0]), group_by(.[1]), max_by(.[1])), ([paths] | length), path(.deep.a["b"])',
  '"\\(1, 2)-\\(3, 4)", {a: (1, 2), b: (3, 4)}, [.list[0, 1] + (10, 20)], (.i | -(., 1)), [range(0, 1; 3, 4)]',
  // What ends a search stands behind branches, calls and other searches.
  '[first((.list[] | if . == 1 then ., 5 else empty end), error("late"))], first(empty), [limit(3; .list[], (.rows[] | first(.[])))]',
  "any((.list[], (1 | error)) | (., not); . == 3), all(.list[]; first(., error)), isempty(.list[] | select(. == 9)), isempty(1, error)",
  "def many: .list[], (.rows[] | .[0]); [many] | length, ([.[] | first((., 1) | select(. != null))] | length)",
  'def down: if . > 0 then ., (. - 1 | down) else empty end; def last_of: if . > 0 then . - 1 | last_of else "end" end; [3 | down], (3 | last_of)',
  'def f(g): def g: "inner"; g; def h($x): def x: "shadow"; [$x, x]; f(1), h(2), (3 as $a | def a: 4; [$a, a])',
  "def outer($a): def inner($b): $a + $b; inner(1) + inner(10); outer(.i), (def f(g): def h: g | g; h; 1 | f(. + 1, . * 2))",
  '(.list[] // empty), (.nothing // (1, 2)), [.list[] // 9], ((empty // 3), (try (error("a") // 4) catch .), (try ((null, error("b")) // 5) catch .)), (first(.list[]) // 0)',
  '[.list[] | try (if . == "x" then error("it is x") else . end) catch ., 1], [.list[] | (tonumber? // "none")], (try (1, error("a"), 2) catch .), [(1, error)?, 3]',
  'try ("a" | -.) catch "no", try ([] | .a) catch "no", try ({} | .[0]) catch ., try (1 | .[]) catch "no", try ({(1 | tostring): 2} | {(.a | tojson): 3}) catch "no"',
  "([.rows[] | . as [$a] | $a] | length), (. as {i: $i, $s, deep: {a: $a}} | [$i, $s, $a.b[0]]), [foreach .rows[] as [$k, $v] (0; . + 1)]",
  "(.list | map_values(. // empty)), (.deep.a.b[0] |= empty), ((.list[0, 1], .i) |= [.]), (.rows[][0] |= (., 1)), (.deep | .a |= (.b, .c)), (.named |= map(select(.value)))",
  "(.i = (1, 2) | .i), (.i += (1, 2) | .i), (.list[(0, 1)] = 5 | .list), (.constructor = 1 | .constructor), .toString, {__proto__: 1}",
  "[path(.a, .deep[], (.list | first, last), (.nothing // .i), (if .t then .s else .i end), (.s | .a?))], del(.deep, .named[] | select(. != 1)), (to_entries | map(.key) | sort)",
  "reduce .list[] as $x (0; empty), reduce empty as $x (3; . + 1), reduce (1, 2) as $x ((0, 10); . + $x), [.list[] as $x | select($x != null and ($x == 1 or $x == 2)) | $x]",
  // Lists that are only counted, and functions of that name.
  '([.list[] | select(. == 1)] | length), ([empty] | length), ([.list[], 9] | length + 1), (try ([1, error("a")] | length) catch .), [.rows[] | [.[]] | length], (def length: "own"; [1, 2] | length)',
  '[(null, false, 0, "a", [1], {a: 1}) as $x | (null, false, 0, "a", [1], {a: 1}) as $y | [$x == $y, $x != $y]], (.deep == .deep), (.rows[0] != ["k", "v"]), ({a: [null]} == {a: [null]})',
  '[(null, .rows[], .list) as [$a, [$b]] | $a]?, [(null, {a: 1}, .deep) as {a: $a} | $a], (try ("text" as [$a] | $a) catch "no"), (try ([1] as {a: $a} | $a) catch "no"), ({constructor: 1} as {constructor: $c, toString: $t} | $c, $t)',
  '([3, 1, 3] | min, max, index(3), indices(3)), ([[2], [1]] | min, max, index([1])), (["b", 1, null] | min, max, index(null)), ([] | min, max, index(1)), ([{key: "a", value: null}, {key: "c"}] | from_entries)',
  "1, null | [., not], [.] as [$one] | $one, ({} | .a = null // 1), (1 as $x | 2 as $y | [$x, $y]) // 0",
].map((program) => `def numbers_or_zero: if type == "number" then . else 0 end; ${program}`);

test.each(PROGRAMS)("the language: %s", async (program) => {
  const mine = compile(program)(INPUT).map((value) => JSON.stringify(value));
  expect(mine).toEqual(await answersOfJq(program, [JSON.stringify(INPUT)]));
});

test("what is not known of the language is refused when the program is compiled", () => {
  expect(() => compile("input_line_number")).toThrow("input_line_number/0, which simulator/jq does not know");
  expect(() => compile("if . then 1")).toThrow("not understood");
  expect(() => compile('"\\(.a"')).toThrow("does not end");
  expect(() => compile("$nowhere")).toThrow("no $nowhere");
  expect(() => compile("error")("why")).toThrow("the program failed: why");
});

/** Of all scenarios some of the steps, and of some schedules all. */
test.each([
  ["scenarios", 23, (core: Core) => SCENARIOS.map((scenario) => scenario.make(1).run(core, scenario.until))],
  ["schedules", 1, (core: Core) => [1, 2, 3, 5, 8, 13].map((seed) => play(core, schedule(seed)))],
] as const)("core.jq answers as jq has it, in %s", async (_, keep, steps) => {
  const core = new Core(undefined, keep);
  steps(core);
  expect(await answeredOtherwise(core)).toEqual([]);
});
