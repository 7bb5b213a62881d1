import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { USERDATA } from "./host";

const LIBRARY = join(USERDATA, "agent/usr/lib/towline");

/** What a program makes of each input, with a single start of jq. */
function jq(program: string, inputs: object[]): unknown[] {
  const each = `map(\n${readFileSync(join(LIBRARY, program), "utf8")}\n)`;
  return JSON.parse(execFileSync("jq", ["-c", each], { input: JSON.stringify(inputs), encoding: "utf8" })) as unknown[];
}

describe("what to do about a package", () => {
  const repository = ["1.2.0", "1.1.0", "1.0.0"];
  const cases: [
    string,
    { installed: string | null; main: string[]; channel?: string[]; verdicts: Record<string, string> },
    string,
    string | null,
    string,
  ][] = [
    [
      "a higher version is installed",
      { installed: "1.1.0", main: repository, verdicts: {} },
      "upgrade",
      "1.2.0",
      "newer than the installed 1.1.0",
    ],
    [
      "a version with an ok is installed",
      { installed: "1.1.0", main: repository, verdicts: { "1.2.0": "ok" } },
      "upgrade",
      "1.2.0",
      "newer than the installed 1.1.0",
    ],
    [
      "a bad version is passed over",
      { installed: "1.0.0", main: repository, verdicts: { "1.2.0": "bad" } },
      "upgrade",
      "1.1.0",
      "newer than the installed 1.0.0",
    ],
    [
      "a host stays below a bad version",
      { installed: "1.1.0", main: repository, verdicts: { "1.2.0": "bad" } },
      "none",
      "1.1.0",
      "1.1.0 is the highest version that is not marked bad",
    ],
    [
      "the highest version stays",
      { installed: "1.2.0", main: repository, verdicts: {} },
      "none",
      "1.2.0",
      "1.2.0 is the highest version that is not marked bad",
    ],
    [
      "a new host gets the highest version",
      { installed: null, main: repository, verdicts: {} },
      "install",
      "1.2.0",
      "not installed yet",
    ],
    [
      "a new host never gets a bad version",
      { installed: null, main: repository, verdicts: { "1.2.0": "bad" } },
      "install",
      "1.1.0",
      "not installed yet",
    ],
    [
      "an installed bad version goes",
      { installed: "1.2.0", main: repository, verdicts: { "1.2.0": "bad" } },
      "replace",
      "1.1.0",
      "the installed 1.2.0 is marked bad",
    ],
    [
      "a version taken out of the repository goes",
      { installed: "1.3.0", main: repository, verdicts: {} },
      "replace",
      "1.2.0",
      "the installed 1.3.0 is withdrawn: the repository no longer lists it",
    ],
    [
      "all bad: what runs stays",
      { installed: "0.9.0", main: ["1.0.0"], verdicts: { "1.0.0": "bad" } },
      "none",
      "0.9.0",
      "every version of hello in the repository is marked bad",
    ],
    [
      "all bad: a new host has nothing",
      { installed: null, main: ["1.0.0"], verdicts: { "1.0.0": "bad" } },
      "none",
      null,
      "every version of hello in the repository is marked bad",
    ],
    [
      "an empty repository changes nothing",
      { installed: "1.0.0", main: [], verdicts: {} },
      "none",
      "1.0.0",
      "the repository holds no version of hello",
    ],
    [
      "a version of the channel is preferred to a higher one of the main suite",
      { installed: "1.2.0", main: repository, channel: ["1.1.0.7", "1.1.0.6"], verdicts: {} },
      "replace",
      "1.1.0.7",
      "the group's channel has its own version of hello",
    ],
    [
      "a version of the channel gives way to a higher one of the channel",
      { installed: "1.1.0.6", main: repository, channel: ["1.1.0.7", "1.1.0.6"], verdicts: {} },
      "upgrade",
      "1.1.0.7",
      "newer than the installed 1.1.0.6",
    ],
    [
      "a version of the channel stays, whatever the main suite has",
      { installed: "1.1.0.7", main: repository, channel: ["1.1.0.7"], verdicts: {} },
      "none",
      "1.1.0.7",
      "1.1.0.7 is the highest version that is not marked bad",
    ],
    [
      "a bad version of the channel gives way to a lower one of the channel",
      { installed: "1.2.0", main: repository, channel: ["1.1.0.7", "1.1.0.6"], verdicts: { "1.1.0.7": "bad" } },
      "replace",
      "1.1.0.6",
      "the group's channel has its own version of hello",
    ],
    [
      "a channel with bad versions alone leaves it to the main suite",
      { installed: null, main: repository, channel: ["1.1.0.7"], verdicts: { "1.1.0.7": "bad" } },
      "install",
      "1.2.0",
      "not installed yet",
    ],
    [
      "a version of a channel that was removed goes back to the main suite's",
      { installed: "1.9.0.7", main: repository, verdicts: {} },
      "replace",
      "1.2.0",
      "the installed 1.9.0.7 is withdrawn: the repository no longer lists it",
    ],
    [
      "the channel alone has the package",
      { installed: null, main: [], channel: ["1.1.0.7"], verdicts: {} },
      "install",
      "1.1.0.7",
      "not installed yet",
    ],
    [
      "the order given is the order of versions",
      { installed: null, main: ["1.10.0", "1.9.0"], verdicts: {} },
      "install",
      "1.10.0",
      "not installed yet",
    ],
  ];
  const answers = jq(
    "decide.jq",
    cases.map(([, { installed, verdicts, main, channel = [] }]) => ({
      package: "hello",
      installed,
      verdicts,
      candidates: { main, channel },
    })),
  );
  test.each(cases.map((row, i) => [...row, answers[i]] as const))(
    "%s",
    (_name, _facts, action, version, reason, answer) => {
      expect(answer).toEqual({ action, package: "hello", version, reason });
    },
  );
});

describe("whether the lease may be taken", () => {
  const now = "2026-01-31T12:00:00Z";
  const lease = (holder: string, expires?: string) => ({
    holder,
    package: "hello",
    version: "1.1.0",
    since: "2026-01-31T11:50:00Z",
    expires,
  });
  const cases: [string, object | null, string, string][] = [
    ["absent: free", null, "free", ""],
    ["released: free", lease("", "2026-01-31T12:05:00Z"), "free", ""],
    ["another's: held", lease("i-0b", "2026-01-31T12:00:01Z"), "held", "i-0b"],
    ["another's, ended this second: expired", lease("i-0b", now), "expired", "i-0b"],
    ["another's, ended long ago: expired", lease("i-0b", "2025-12-31T23:59:59Z"), "expired", "i-0b"],
    ["another's, without an end: expired", lease("i-0b"), "expired", "i-0b"],
    ["this host's: mine", lease("i-0a", "2026-01-31T12:05:00Z"), "mine", "i-0a"],
    ["this host's, ended: mine", lease("i-0a", "2026-01-31T11:55:00Z"), "mine", "i-0a"],
    ["an object without a holder: free", {}, "free", ""],
  ];
  const answers = jq(
    "lease.jq",
    cases.map(([, value]) => ({ lease: value, instance: "i-0a", now })),
  );
  test.each(cases.map((row, i) => [...row, answers[i]] as const))("%s", (_name, _value, state, holder, answer) => {
    expect(answer).toMatchObject({ state, holder });
  });
});
