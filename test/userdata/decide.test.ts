import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { USERDATA } from "./host";

const LIBRARY = join(USERDATA, "agent/usr/lib/towline");

function jq(program: string, input: object): unknown {
  return JSON.parse(
    execFileSync("jq", ["-c", "-f", join(LIBRARY, program)], { input: JSON.stringify(input), encoding: "utf8" }),
  );
}

describe("what to do about a package", () => {
  const repository = ["1.2.0", "1.1.0", "1.0.0"];
  const cases: [
    string,
    { installed: string | null; candidates: string[]; verdicts: Record<string, string> },
    string,
    string | null,
    string,
  ][] = [
    [
      "a higher version is installed",
      { installed: "1.1.0", candidates: repository, verdicts: {} },
      "install",
      "1.2.0",
      "newer than the installed 1.1.0",
    ],
    [
      "a version with an ok is installed",
      { installed: "1.1.0", candidates: repository, verdicts: { "1.2.0": "ok" } },
      "install",
      "1.2.0",
      "newer than the installed 1.1.0",
    ],
    [
      "a bad version is passed over",
      { installed: "1.0.0", candidates: repository, verdicts: { "1.2.0": "bad" } },
      "install",
      "1.1.0",
      "newer than the installed 1.0.0",
    ],
    [
      "a host stays below a bad version",
      { installed: "1.1.0", candidates: repository, verdicts: { "1.2.0": "bad" } },
      "none",
      "1.1.0",
      "1.1.0 is the highest version that is not marked bad",
    ],
    [
      "the highest version stays",
      { installed: "1.2.0", candidates: repository, verdicts: {} },
      "none",
      "1.2.0",
      "1.2.0 is the highest version that is not marked bad",
    ],
    [
      "a new host gets the highest version",
      { installed: null, candidates: repository, verdicts: {} },
      "install",
      "1.2.0",
      "not installed yet",
    ],
    [
      "a new host never gets a bad version",
      { installed: null, candidates: repository, verdicts: { "1.2.0": "bad" } },
      "install",
      "1.1.0",
      "not installed yet",
    ],
    [
      "an installed bad version goes",
      { installed: "1.2.0", candidates: repository, verdicts: { "1.2.0": "bad" } },
      "install",
      "1.1.0",
      "the installed 1.2.0 is marked bad",
    ],
    [
      "a version taken out of the repository goes",
      { installed: "1.3.0", candidates: repository, verdicts: {} },
      "install",
      "1.2.0",
      "the repository no longer holds the installed 1.3.0",
    ],
    [
      "all bad: what runs stays",
      { installed: "0.9.0", candidates: ["1.0.0"], verdicts: { "1.0.0": "bad" } },
      "none",
      "0.9.0",
      "every version of hello in the repository is marked bad",
    ],
    [
      "all bad: a new host has nothing",
      { installed: null, candidates: ["1.0.0"], verdicts: { "1.0.0": "bad" } },
      "none",
      null,
      "every version of hello in the repository is marked bad",
    ],
    [
      "an empty repository changes nothing",
      { installed: "1.0.0", candidates: [], verdicts: {} },
      "none",
      "1.0.0",
      "the repository holds no version of hello",
    ],
    [
      "the order given is the order of versions",
      { installed: null, candidates: ["1.10.0", "1.9.0"], verdicts: {} },
      "install",
      "1.10.0",
      "not installed yet",
    ],
  ];
  test.each(cases)("%s", (_name, facts, action, version, reason) => {
    expect(jq("decide.jq", { package: "hello", ...facts })).toEqual({ action, package: "hello", version, reason });
  });
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
  test.each(cases)("%s", (_name, value, state, holder) => {
    expect(jq("lease.jq", { lease: value, instance: "i-0a", now })).toMatchObject({ state, holder });
  });
});
