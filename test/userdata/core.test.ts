import { Conversation, Core } from "../../simulator/core";
import { answeredOtherwise } from "../simulator/as-jq";

type Rows = string[][];
interface Step {
  readonly state: object | null;
  readonly event: { readonly event: string; readonly rows: Rows; readonly now: number };
}
interface Answer {
  readonly state: Record<string, unknown> | null;
  readonly do: Rows;
}

/** Answers without a start of jq, which takes longer than all steps of a test. The last test puts them all to jq itself. */
const CORE = new Core(undefined, 1);

function core(steps: readonly Step[]): Answer[] {
  return steps.map(({ state, event }) => {
    const conversation = new Conversation();
    conversation.state = state;
    const effects = CORE.answer(conversation, event);
    return { state: conversation.state as Answer["state"], do: effects as Rows };
  });
}

const NOW = Date.parse("2026-01-31T12:00:00Z") / 1000;
const CONTROL = "rollout/web/control.json";
const POLICY = "rollout/web/policy.json";
const ORDERS = "rollout/web/orders.json";
const LEASE = "rollout/web/lease.json";
const verdictKey = (version: string) => `rollout/web/verdicts/hello/${version}.json`;
const object = (body: object) => ({ tag: '"t"', age: 0, there: true, body });
const ABSENT = { tag: "", age: 0, there: false, body: null };

/** Objects as they were read, with what has to be read beside them: people's orders, and what hosts say of versions, which here is nothing. */
function read(objects: Record<string, object>): { objects: Record<string, object>; rung: string } {
  const voices = Object.keys(objects)
    .filter((key) => key.includes("/verdicts/"))
    .map((key) => [voicesKey(key), object({ ok: {}, bad: {} })]);
  const { tag = "" } = (objects[CONTROL] ?? {}) as { tag?: string };
  return { objects: { [ORDERS]: ABSENT, ...Object.fromEntries(voices), ...objects }, rung: tag };
}
const voicesKey = (verdict: string) => verdict.replace("/verdicts/", "/voices/").replace(/\.json$/, "/");

/** A poll of i-0a in the group web that has read these objects. */
function poll(
  found: { installed: string | null; main: string[]; channel?: string[] },
  objects: Record<string, object>,
): Record<string, unknown> {
  const { installed, main, channel = [] } = found;
  return {
    ...{
      instance: "i-0a",
      group: "web",
      balanced: false,
      nonce: "n",
      span: 900,
      writes: 0,
      looks: 0,
      waited: 0,
      tries: 0,
    },
    ...{ packages: ["hello"], patience: 600, tags: { "dists/stable/InRelease": '"r"' }, step: "read" },
    found: { hello: { installed, main, channel } },
    trusted: true,
    ...read({ [CONTROL]: ABSENT, [POLICY]: ABSENT, ...objects }),
  };
}

const got = (rows: Rows = []) => ({ event: "got", rows, now: NOW });

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
  const answers = core(
    cases.map(([, { verdicts, ...found }]) => {
      const versions = [...found.main, ...(found.channel ?? [])];
      // What is the newest and good has proven it: what has not is a case of its own.
      const known = versions.map((version) => {
        const word = verdicts[version] ?? (version === found.installed ? "ok" : undefined);
        return [verdictKey(version), word === undefined ? ABSENT : object({ verdict: word })];
      });
      return { state: poll(found, Object.fromEntries(known)), event: got() };
    }),
  );
  test.each(cases.map((row, i) => [...row, answers[i]] as const))(
    "%s",
    (_name, { installed }, action, version, reason, answer) => {
      if (action === "none") {
        expect(answer?.state).toBeNull();
        expect(answer?.do[1]).toEqual(["log", `nothing left to do: ${reason}`]);
      } else {
        expect(answer?.do).toEqual([
          ["fault", ""],
          ["able", "hello", version],
        ]);
        expect(answer?.state?.want).toMatchObject({ action, version, reason, previous: installed ?? "" });
      }
    },
  );
});

describe("whether the lease may be taken", () => {
  const lease = (fields: object) => ({
    ...{ holder: "i-0b", package: "hello", version: "1.1.0" },
    ...{ since: "2026-01-31T11:50:00Z", expires: "2026-01-31T12:05:00Z" },
    ...fields,
  });
  // The age by S3's clock, in seconds.
  const cases: [string, object | null, number, "taken" | "taken over" | "waited for"][] = [
    ["absent: taken", null, 0, "taken"],
    ["released: taken", lease({ holder: "" }), 0, "taken"],
    ["an object without a holder: taken", {}, 0, "taken"],
    ["this host's: taken", lease({ holder: "i-0a", nonce: "x" }), 5, "taken"],
    [
      "another's, renewed 89 s ago, whatever its end: waited for",
      lease({ nonce: "x", expires: "2020-01-01T00:00:00Z" }),
      89,
      "waited for",
    ],
    [
      "another's, renewed 90 s ago, whatever its end: taken over",
      lease({ nonce: "x", expires: "2999-01-01T00:00:00Z" }),
      90,
      "taken over",
    ],
    ["an older agent's, 900 s long and written 899 s ago: waited for", lease({}), 899, "waited for"],
    ["an older agent's, 900 s long and written 900 s ago: taken over", lease({}), 900, "taken over"],
    [
      "an older agent's, written at a clock 10 years behind: waited for",
      lease({ since: "2016-01-31T11:50:00Z", expires: "2016-01-31T12:05:00Z" }),
      800,
      "waited for",
    ],
    ["an older agent's without an end, written 89 s ago: waited for", lease({ expires: null }), 89, "waited for"],
    ["an older agent's without an end, written 90 s ago: taken over", lease({ expires: null }), 90, "taken over"],
    [
      "an older agent's that lasts for years: taken over after an hour",
      lease({ expires: "2036-01-31T11:50:00Z" }),
      3600,
      "taken over",
    ],
  ];
  const facts = { installed: "1.0.0", main: ["1.1.0", "1.0.0"] };
  const answers = core(
    cases.map(([, body, age]) => ({
      state: {
        ...poll(facts, { [verdictKey("1.1.0")]: ABSENT }),
        want: { package: "hello", version: "1.1.0" },
        step: "lease",
      },
      event: got([
        [LEASE, body ? "200" : "404", body ? '"l"' : "", date(age), date(0), body ? JSON.stringify(body) : ""],
      ]),
    })),
  );
  function date(seconds: number): string {
    return new Date((NOW + seconds) * 1000).toUTCString();
  }
  test.each(cases.map((row, i) => [...row, answers[i]] as const))("%s", (_name, _body, _age, outcome, answer) => {
    const effects = answer?.do.map(([effect]) => effect);
    const expected = { taken: ["put"], "taken over": ["log", "put"], "waited for": ["waiting", "wait"] };
    expect(effects).toEqual(expected[outcome]);
    // A pause of no time, or less, would have the host ask again and again until the lease ends.
    const [, pause] = answer?.do.find(([effect]) => effect === "wait") ?? ["", "1"];
    expect(Number(pause)).toBeGreaterThan(0);
  });
});

describe("what people say of a group", () => {
  const repository = { installed: "1.0.0", main: ["1.1.0", "1.0.0"] };
  const proven = { [verdictKey("1.1.0")]: object({ verdict: "ok" }), [verdictKey("1.0.0")]: object({ verdict: "ok" }) };
  const [held, nonsense, heldOnBad, recalled, otherWord, remembered] = core(
    [
      poll(repository, { ...proven, [CONTROL]: object({ hold: { reason: "the sale" } }) }),
      poll(repository, { ...proven, [CONTROL]: { ...object({}), body: null } }),
      poll(
        { ...repository, installed: "1.1.0" },
        { ...proven, [CONTROL]: object({ hold: { reason: "the sale" }, recalled: { hello: { "1.1.0": {} } } }) },
      ),
      poll(
        { ...repository, installed: "1.1.0" },
        { ...proven, [CONTROL]: object({ recalled: { hello: { "1.1.0": {} } } }) },
      ),
      poll(repository, { ...proven, [verdictKey("1.1.0")]: object({ verdict: "suspended" }) }),
      poll({ ...repository, installed: "1.1.0" }, { ...proven, [CONTROL]: { ...object({}), tag: '"c"' } }),
    ].map((state) => ({ state, event: got() })),
  );

  test("a hold keeps new versions away, and says why", () => {
    expect(held?.do).toContainEqual(["log", "nothing left to do: held: the sale"]);
  });

  test("control.json that is no JSON object may be a hold", () => {
    expect(nonsense?.do).toContainEqual(["log", `nothing left to do: held: ${CONTROL} is not a JSON object`]);
  });

  test("a recalled version goes, though it was found good, also from a held group", () => {
    for (const answer of [heldOnBad, recalled]) {
      expect(answer?.state?.want).toMatchObject({
        action: "replace",
        version: "1.0.0",
        reason: "the installed 1.1.0 is marked bad",
        back: true,
      });
    }
  });

  test("a verdict in a word that this agent does not know counts as none, and is reported", () => {
    const fault = `${verdictKey("1.1.0")} holds the verdict "suspended", not ok or bad, and counts as none: correct or delete it`;
    expect(otherWord?.do[0]).toEqual(["fault", fault]);
    expect(otherWord?.state?.want).toMatchObject({ action: "upgrade", version: "1.1.0" });
  });

  test("a host that cannot take a version until somebody changes the host takes no lease for it", () => {
    const state = { ...poll(repository, proven), want: { package: "hello", version: "1.1.0" }, step: "able" };
    const [unable, able] = core(
      ["no", "yes"].map((word) => ({ state, event: { event: "able", rows: [[word]], now: NOW } })),
    );
    expect(unable).toEqual({ state: null, do: [] });
    expect(able?.do).toEqual([["get", LEASE, ""]]);
  });

  test("a host with nothing left to do looks at control.json and policy.json from then on, beside InRelease", () => {
    expect(remembered?.do).toContainEqual(["remember", "dists/stable/InRelease", '"r"', CONTROL, '"c"', POLICY, ""]);
  });
});

describe("a freeze of the policy", () => {
  const repository = { installed: "1.0.0", main: ["1.1.0", "1.0.0"] };
  const proven = { [verdictKey("1.1.0")]: object({ verdict: "ok" }), [verdictKey("1.0.0")]: object({ verdict: "ok" }) };
  const policy = (...freeze: object[]) => object({ freeze });
  // Saturday noon in UTC is 13:00 in Berlin.
  const weekend = { cron: "0 13 * * SAT", timeZone: "Europe/Berlin", hours: 2 };
  const spans = [["Europe/Berlin", String(NOW - 7200), "3600"]];
  const answer = (state: object, rows: Rows, now = NOW) =>
    core([{ state: { ...state, step: "zones" }, event: { event: "zones", rows, now } }])[0];
  const held = poll(repository, { ...proven, [POLICY]: policy(weekend) });

  test("has a host ask for its time zones, over the hours that it looks back", () => {
    const [asked] = core([{ state: held, event: got() }]);
    expect(asked?.do).toEqual([["zones", String(NOW - 7200), String(NOW), "Europe/Berlin"]]);
  });

  test("keeps new versions away, says until when, and wakes the host then", () => {
    const effects = answer(held, spans)?.do;
    expect(effects).toContainEqual(["log", "nothing left to do: frozen until 2026-01-31T14:00:00Z"]);
    const keys = ["dists/stable/InRelease", '"r"', CONTROL, "", POLICY, '"t"'];
    expect(effects).toContainEqual(["remember", ...keys, "wake", String(NOW + 7200)]);
  });

  test.each([
    ["a second before it begins", NOW - 1],
    ["once it has ended", NOW + 7200],
  ])("keeps nothing away %s", (_, now) => {
    expect(answer(held, spans, now)?.state?.want).toMatchObject({ action: "upgrade", version: "1.1.0" });
  });

  test("keeps no host on what is recalled", () => {
    const control = { [CONTROL]: object({ recalled: { hello: { "1.1.0": {} } } }) };
    const recalled = poll({ ...repository, installed: "1.1.0" }, { ...proven, ...control, [POLICY]: policy(weekend) });
    expect(answer(recalled, spans)?.state?.want).toMatchObject({ action: "replace", version: "1.0.0" });
  });

  test("in a zone that this host does not know keeps new versions away, and is reported", () => {
    const effects = answer(held, [["Europe/Berlin", "unknown"]])?.do;
    expect(effects?.[0]).toEqual([
      "fault",
      "the time zone Europe/Berlin of the policy is not known here, and counts as frozen",
    ]);
    expect(effects?.[1]?.[1]).toMatch(
      /^nothing left to do: frozen, since this host does not know the time zone Europe\/Berlin/,
    );
    expect(effects?.[2]?.slice(-2)).toEqual(["wake", String(NOW + 600)]);
  });

  test.each([
    { cron: "0 25 * * *", hours: 1 },
    { cron: "0 1 * * *" },
    { cron: "0 1 * * *", hours: 200 },
    "weekend",
    {},
  ])("that is not of its form makes the policy count as absent, and is reported: %j", (freeze) => {
    const key = [POLICY, "200", '"p"', "", "", JSON.stringify({ maxUnavailable: 5, freeze: [freeze] })];
    const { [POLICY]: _, ...objects } = held.objects as Record<string, object>;
    const [read] = core([{ state: { ...held, objects }, event: got([key]) }]);
    expect(read?.do[0]).toEqual(["fault", "policy.json is not of its form, and counts as absent: run pulumi up"]);
    expect(read?.state?.want).toMatchObject({ action: "upgrade", version: "1.1.0" });
  });
});

describe("a canary that bakes for 100 s", () => {
  const turn = { package: "hello", version: "1.1.0", tags: { "dists/stable/InRelease": '"r"' } };
  const trial = "rollout/web/trials/hello/1.1.0.json";
  /** After its first look, of which this is put down. */
  const baking = (bake: object, objects: Record<string, object> = {}, fields: object = {}) => ({
    ...poll({ installed: "1.1.0", main: ["1.1.0", "1.0.0"] }, {}),
    ...{
      want: { package: "hello", version: "1.1.0" },
      turn,
      recorded: { ...turn, bake },
      outcome: "ok",
      watching: true,
      rest: [],
    },
    ...read({
      ...{ [POLICY]: object({ bake: 100 }), [CONTROL]: ABSENT, [verdictKey("1.1.0")]: ABSENT },
      ...{ [trial]: object({ canary: "i-0a" }), [LEASE]: object({ holder: "i-0a" }), ...objects },
    }),
    ...fields,
  });
  const look = (bake: object, rows: Rows, now = NOW) =>
    core([{ state: { ...baking(bake), step: "watched" }, event: { event: "confirmed", rows, now } }])[0];
  const recorded = (answer: Answer | undefined) => JSON.parse(answer?.do[0]?.[1] ?? "") as { bake: object };
  const judged = (bake: object, fields: object, objects: Record<string, object> = {}) =>
    core([{ state: { ...baking(bake, objects, fields), step: "judge" }, event: got() }])[0]?.do;

  test.each([
    ["the seconds since the last good look", 12, 42],
    ["90 of them at most, since nobody looked meanwhile", 3600, 120],
    ["none where a clock was put back", -50, 30],
  ])("counts %s", (_, passed, seconds) => {
    const answer = look({ seconds: 30, looked: NOW - passed, restarts: 0 }, [
      ["yes", ""],
      ["restarts", "0"],
    ]);
    expect(recorded(answer).bake).toEqual({ seconds, looked: NOW, restarts: 0 });
  });

  test("counts nothing where AWS does not say how its target is, nor up to the next look", () => {
    const answer = look({ seconds: 30, looked: NOW - 10 }, [["unknown", "HTTP 503"]]);
    expect(recorded(answer).bake).toEqual({ seconds: 30, looked: null });
    const next = look({ seconds: 30, looked: null }, [["yes", ""]]);
    expect(recorded(next).bake).toMatchObject({ seconds: 30, looked: NOW });
  });

  test("is bad once a process was started again, and not where a reboot began the count anew", () => {
    const known = { seconds: 30, looked: NOW, restarts: 2 };
    expect(
      look(known, [
        ["yes", ""],
        ["restarts", "3"],
      ])?.state?.ill,
    ).toContain("was started again");
    expect(
      look(known, [
        ["yes", ""],
        ["restarts", "0"],
      ])?.state?.ill,
    ).toBeUndefined();
    expect(look(known, [["yes", ""]])?.state?.ill).toBeUndefined();
  });

  test("writes ok once it has baked, after a look of this run", () => {
    const ok = expect.arrayContaining([
      ["put", verdictKey("1.1.0"), "If-None-Match: *", expect.stringContaining('"ok"')],
    ]);
    expect(judged({ seconds: 100 }, { sure: true })).toEqual(ok);
    expect(judged({ seconds: 100 }, { sure: false })).toEqual([["wait", "1"]]);
    expect(judged({ seconds: 100 }, {})).toEqual([["confirm"]]);
    expect(judged({ seconds: 93 }, { sure: true })).toEqual([["wait", "7"]]);
  });

  test("ends its run after some minutes, with the lease as fresh as can be", () => {
    expect(judged({ seconds: 50 }, { sure: true, waited: 240 })).toEqual([
      ["record", expect.any(String)],
      ["get", LEASE, ""],
    ]);
    const [kept, lost] = core(
      ["i-0a", "i-0b"].map((holder) => ({
        state: { ...baking({ seconds: 50 }), step: "bake-lease" },
        event: got([[LEASE, "200", '"l"', "", "", JSON.stringify({ holder, nonce: "n" })]]),
      })),
    );
    expect(kept?.do).toEqual([["put", LEASE, 'If-Match: "l"', expect.stringContaining('"holder":"i-0a"')]]);
    expect(lost?.do).toEqual([["answer", "bake", "50"]]);
  });

  test("ends its bake, and takes its mark back, where another host has the lease", () => {
    const effects = judged({ seconds: 50 }, { sure: true }, { [LEASE]: object({ holder: "i-0b", nonce: "n" }) });
    expect(effects).toEqual([
      ["log", "the bake of hello 1.1.0 ends: i-0b has the lease"],
      ["put", trial, 'If-Match: "t"', expect.stringContaining('"canary":""')],
    ]);
  });

  test.each([
    [
      "goes on while a newer version is held",
      { [CONTROL]: object({ hold: { reason: "the sale" } }) },
      [["wait", "10"]],
    ],
    ["ends where a newer version is wanted", {}, [["log", "the bake of hello 1.1.0 ends: hello 1.2.0 is wanted now"]]],
    ["goes on where the newer one is bad", { [verdictKey("1.2.0")]: object({ verdict: "bad" }) }, [["wait", "10"]]],
  ])("%s", (_, objects, effects) => {
    const found = { hello: { installed: "1.1.0", main: ["1.2.0", "1.1.0", "1.0.0"], channel: [] } };
    const fields = { sure: true, found, tags: { "dists/stable/InRelease": '"new"' } };
    expect(judged({ seconds: 50 }, fields, { [verdictKey("1.2.0")]: ABSENT, ...objects })?.slice(0, 1)).toEqual(
      effects,
    );
  });

  test("with a damaged record begins its bake anew", () => {
    for (const bake of ["x", 7, null, { seconds: "many" }]) {
      const [asked] = core([
        {
          state: null,
          event: {
            ...{ event: "judge", now: NOW },
            rows: [
              ["instance", "i-0a"],
              ["group", "web"],
              ["package", "hello"],
              ["version", "1.1.0"],
              ["outcome", "ok"],
              ["turn", JSON.stringify({ ...turn, bake })],
            ],
          },
        },
      ]);
      expect(asked?.state?.recorded).toEqual({ ...turn, came: true });
    }
  });
});

describe("an object of the bucket that is not of its form", () => {
  const facts = { installed: "1.0.0", main: ["1.1.0", "1.0.0"] };
  const TRIAL = "rollout/web/trials/hello/1.1.0.json";
  const forms = ["[]", '"text"', "7", "null", "<html>", "", "{}"];
  const damages: [string, string][] = [
    ...[LEASE, CONTROL, TRIAL, verdictKey("1.1.0")].flatMap((key) =>
      forms.map((form): [string, string] => [key, form]),
    ),
    [LEASE, '{"holder":7,"since":[],"expires":{},"nonce":1,"size":"x","done":"y"}'],
    [LEASE, '{"holder":"i-9","since":"yesterday","expires":"never","size":null}'],
    [CONTROL, '{"recalled":[],"generation":"x","hold":7}'],
    [CONTROL, '{"recalled":{"hello":"1.1.0"}}'],
    [TRIAL, '{"canary":{},"vanished":"i-1","failed":[],"size":"x"}'],
    [TRIAL, '{"canary":"i-9","vanished":[1,{}]}'],
    [verdictKey("1.1.0"), '{"verdict":{"a":[]}}'],
  ];
  const steps = ["read", "lease", "looked"];
  const answers = core(
    damages.flatMap(([key, text]) =>
      steps.map((step) => ({
        state: {
          ...poll(facts, { [verdictKey("1.1.0")]: ABSENT }),
          want: { package: "hello", version: "1.1.0" },
          step,
        },
        event: got([[key, "200", '"e"', "Sat, 31 Jan 2026 12:00:00 GMT", "Sat, 31 Jan 2026 12:00:00 GMT", text]]),
      })),
    ),
  );

  test.each(
    damages.map(([key, text], i) => [key, text, answers.slice(i * steps.length, (i + 1) * steps.length)] as const),
  )("stops no host: %s %s", (_key, _text, answered) => {
    for (const answer of answered) expect(answer?.do.length).toBeGreaterThan(0);
  });
});

test("what was seen of the others when a version failed is known when it is judged, also without a record of the turn", () => {
  const host = [
    ["instance", "i-0a"],
    ["group", "web"],
    ["balanced", "yes"],
    ["package", "hello"],
    ["version", "1.1.0"],
  ];
  const begin = (event: string, ...rows: Rows) => ({
    state: null,
    event: { event, rows: [...host, ...rows], now: NOW },
  });
  const [began] = core([begin("failing", ["turn", "{}"])]);
  const [failing] = core([
    { state: began?.state ?? null, event: { event: "targets", rows: [["i-0b", "unhealthy"]], now: NOW } },
  ]);
  const record = failing?.do.find(([effect]) => effect === "record")?.[1] ?? "";
  const [judge] = core([begin("judge", ["outcome", "failed"], ["reason", "not healthy"], ["turn", record])]);
  const TRIAL = "rollout/web/trials/hello/1.1.0.json";
  const rows = [verdictKey("1.1.0"), TRIAL, CONTROL, ORDERS].map((key) => [key, "404", "", "", "", ""]);
  const [judged] = core([{ state: judge?.state ?? null, event: got(rows) }]);
  expect(judged?.do.map(([effect, key]) => [effect, key])).toEqual([["put", TRIAL]]);
});

test("a host that may not come back soon, and not through the version's fault, takes its mark back, which would count as one that vanished", () => {
  const rows = Object.entries({ instance: "i-0a", group: "web", balanced: "yes", package: "hello", version: "1.1.0" });
  const [began] = core([{ state: null, event: { event: "failing", rows: [...rows, ["turn", "{}"]], now: NOW } }]);
  const TRIAL = "rollout/web/trials/hello/1.1.0.json";
  const others = (word: string) =>
    core([{ state: began?.state ?? null, event: { event: "targets", rows: [["i-0b", word]], now: NOW } }])[0];
  expect(others("healthy")?.state).toBeNull();
  const ill = others("unhealthy");
  expect(ill?.do.at(-1)).toEqual(["get", TRIAL, ""]);
  const marked = (canary: string) =>
    core([
      {
        state: ill?.state ?? null,
        event: got([[TRIAL, "200", '"t"', "", "", JSON.stringify({ canary, vanished: ["i-0c"] })]]),
      },
    ])[0];
  expect(marked("i-0a")?.do).toEqual([["put", TRIAL, 'If-Match: "t"', '{"canary":"","vanished":["i-0c"]}']]);
  expect(marked("i-0d")?.state).toBeNull();
});

describe("which slot a host waits for", () => {
  const facts = { installed: "1.0.0", main: ["1.1.0", "1.0.0"] };
  const slot = (n: number) => `rollout/web/slots/${n}.json`;
  const want = { package: "hello", version: "1.1.0" };
  const through = { ...want, holder: "", size: 40, done: 1, took: 30 };
  const row = (key: string, body: object | null) => [
    key,
    body ? "200" : "404",
    "e",
    "",
    "",
    body ? JSON.stringify(body) : "",
  ];
  function ask(policy: object, word: string, read: object, at = 0, back = false): Answer | undefined {
    const known = { [verdictKey("1.1.0")]: object({ verdict: word }), [POLICY]: object(policy) };
    const state = { ...poll(facts, known), want: { ...want, back }, slot: at, step: "lease", able: "hello 1.1.0" };
    return core([{ state, event: got([row(at === 0 ? LEASE : slot(at), read)]) }])[0];
  }
  const TEN = { maxUnavailable: "25%" };

  test("slot 0 while nobody has proven the version", () => {
    expect(ask(TEN, "other", through)?.do[0]?.slice(0, 2)).toEqual(["put", LEASE]);
  });

  test("slot 0 until a host has come through there", () => {
    expect(ask(TEN, "ok", { ...through, done: 0 })?.do[0]?.slice(0, 2)).toEqual(["put", LEASE]);
  });

  test("slot 0 of a release, whatever came through of another", () => {
    expect(ask(TEN, "ok", { ...through, version: "1.0.9" })?.do[0]?.slice(0, 2)).toEqual(["put", LEASE]);
  });

  test("one further each time, down to its own, which is one of those that the policy gives", () => {
    const way: string[] = [];
    let at = 0;
    for (;;) {
      const [effect, key = ""] = ask(TEN, "ok", through, at)?.do[0] ?? [];
      if (effect !== "get") break;
      const next = Number(/(\d+)\.json$/.exec(key)?.[1]);
      expect(Math.floor((next - 1) / 2)).toBe(at);
      at = next;
      way.push(key);
    }
    expect(way.length).toBeGreaterThan(0);
    expect(at).toBeLessThan(10);
  });

  test("its own at once on the way back to what is proven", () => {
    const [effect, key] = ask(TEN, "ok", { ...through, done: 0 }, 0, true)?.do[0] ?? [];
    expect([effect, key]).toEqual(["get", expect.stringMatching(/slots\/[1-9]\.json$/)]);
  });

  test.each([
    [{ maxUnavailable: 0 }],
    [{ maxUnavailable: 1.5 }],
    [{ maxUnavailable: "0%" }],
    [{ maxUnavailable: "101%" }],
    [{ maxUnavailable: [] }],
    [{ maxUnavailable: 4, bake: "x" }],
    [{ maxUnavailable: 4, freeze: {} }],
  ])("slot 0 alone by a policy that is not of its form, which is reported: %j", (policy) => {
    const state = { ...poll(facts, { [verdictKey("1.1.0")]: object({ verdict: "ok" }) }), objects: {} };
    const rows = [
      row(POLICY, policy),
      row(CONTROL, null),
      row(ORDERS, null),
      row(verdictKey("1.1.0"), { verdict: "ok" }),
    ];
    const [answer] = core([{ state, event: got(rows) }]);
    expect(answer?.do[0]).toEqual(["fault", expect.stringContaining("policy.json is not of its form")]);
    const [next] = core([
      {
        state: { ...answer?.state, step: "lease", balanced: false, able: "hello 1.1.0" },
        event: got([row(LEASE, through)]),
      },
    ]);
    expect(next?.do[0]?.slice(0, 2)).toEqual(["put", LEASE]);
  });
});

describe("what hosts say of a version that an object calls bad", () => {
  const repository = { installed: "1.1.0", main: ["1.1.0", "1.0.0"] };
  const ARN = "arn:aws:ec2:eu-west-1:123456789012:instance/";
  const VOICES = voicesKey(verdictKey("1.1.0"));
  const at = (minute: number, day = 31) => `2026-01-${day}T11:${String(minute).padStart(2, "0")}:00.000Z`;
  const ok = (id: string, when = at(0)) => `${VOICES}ok/${ARN}${id}.json ${when}`;
  const bad = (id: string, size = 8, when = at(10)) => `${VOICES}bad/${size}/${ARN}${id}.json ${when}`;
  const verdict = { verdict: "bad", instance: "i-0b", reason: "?" };

  /** Whether 1.1.0 goes, by a listing, where the verdict or control.json calls it bad. */
  function goes(listing: readonly string[], orders: object | null = null, policy: object | null = null): boolean {
    const calls = [
      { [verdictKey("1.1.0")]: object(verdict) },
      { [verdictKey("1.1.0")]: object({ verdict: "ok" }), [CONTROL]: object({ recalled: { hello: { "1.1.0": {} } } }) },
    ].map((said) => {
      const { objects, ...state } = poll(repository, { ...said, [verdictKey("1.0.0")]: object({ verdict: "ok" }) });
      const { [VOICES]: _, ...others } = objects as Record<string, object>;
      const known = { [ORDERS]: orders ? object(orders) : ABSENT, [POLICY]: policy ? object(policy) : ABSENT };
      const [asks] = core([{ state: { ...state, objects: { ...others, ...known } }, event: got() }]);
      expect(asks?.do).toEqual([["get", VOICES, ""]]);
      const row = [VOICES, "200", "", "", "", listing.join(" ")];
      const [answer] = core([{ state: asks?.state ?? null, event: got([row]) }]);
      return answer?.do.some(([effect, , version]) => effect === "able" && version === "1.0.0") ?? false;
    });
    expect(new Set(calls).size).toBe(1);
    return calls[0] as boolean;
  }

  test("is asked for, and nobody's word makes one that was tried by one host alone bad", () => {
    expect(goes([])).toBe(true);
    expect(goes([ok("i-0c")])).toBe(true);
  });

  test("keeps it where two hosts serve with it, or this one does, and fewer than two others fail", () => {
    expect(goes([ok("i-0b"), ok("i-0c")])).toBe(false);
    expect(goes([ok("i-0a")])).toBe(false);
    expect(goes([bad("i-0d"), ok("i-0a")])).toBe(false);
    expect(goes([bad("i-0d"), bad("i-0d", 3), ok("i-0a")])).toBe(false);
    expect(goes([bad("i-0d"), bad("i-0e"), ok("i-0a"), ok("i-0b")])).toBe(true);
  });

  test("takes of each as many as those say that failed, in whichever order they are listed", () => {
    const many = (count: number, size: number) => Array.from({ length: count }, (_, i) => bad(`i-f${i}`, size));
    expect(goes([...many(2, 41), ok("i-0a")])).toBe(false);
    expect(goes([...many(3, 41), ok("i-0a")])).toBe(true);
    expect(goes([bad("i-0d", 0), bad("i-0e", 41), ok("i-0a")])).toBe(false);
    expect(goes([bad("i-0d", 999_999), ...many(3, 41), ok("i-0a")])).toBe(true);
    expect(goes([bad("i-0d", 1_000_000), bad("i-0e"), ok("i-0a")])).toBe(false);
  });

  test("counts nobody who serves with it since, and nobody who failed in another week", () => {
    expect(goes([bad("i-0d"), bad("i-0e"), ok("i-0a"), ok("i-0e", at(20))])).toBe(false);
    expect(goes([bad("i-0d", 8, at(0, 10)), bad("i-0e"), ok("i-0a")])).toBe(false);
    expect(goes([bad("i-0d", 8, at(11, 24)), bad("i-0e"), ok("i-0a")])).toBe(true);
  });

  test.each([
    ["below another's name", `${VOICES}bad/8/${ARN}i-0e.json/${ARN}i-0d.json ${at(1)}`],
    ["with another's name in front", `${VOICES}${ARN}i-0e/bad/8/${ARN}i-0d.json ${at(1)}`],
    ["in no word that there is", `${VOICES}worse/8/${ARN}i-0e.json ${at(1)}`],
    ["of a number that is none", `${VOICES}bad/-1/${ARN}i-0e.json ${at(1)}`],
    ["without a number", `${VOICES}bad/${ARN}i-0e.json ${at(1)}`],
    ["without an instance", `${VOICES}bad/8/i-0e.json ${at(1)}`],
    ["without a time", `${VOICES}bad/8/${ARN}i-0e.json`],
  ])("counts no voice %s", (_, voice) => {
    expect(goes([bad("i-0d"), ok("i-0a"), voice])).toBe(false);
  });

  test("needs no more than one where the function of alarms, and no host, says that one is on", () => {
    const alarms = { alarms: { errors: { reason: "many" } } };
    const policy = { alarms: ["errors"] };
    expect(goes([bad("i-0a"), ok("i-0b"), ok("i-0c")], alarms, policy)).toBe(true);
    expect(goes([bad("i-0a"), ok("i-0b"), ok("i-0c")], alarms, null)).toBe(false);
    expect(goes([ok("i-0b"), ok("i-0c")], alarms, policy)).toBe(false);
  });

  test("is not asked for where people have recalled it", () => {
    const known = {
      [verdictKey("1.1.0")]: object({ verdict: "ok" }),
      [verdictKey("1.0.0")]: object({ verdict: "ok" }),
    };
    const orders = { [ORDERS]: object({ recalled: { hello: { "1.1.0": { reason: "customers complain" } } } }) };
    const [answer] = core([{ state: poll(repository, { ...known, ...orders }), event: got() }]);
    expect(answer?.do).toContainEqual(["able", "hello", "1.0.0"]);
  });

  test("is said to people where it is not believed", () => {
    const listing = [bad("i-0d"), ok("i-0a")].join(" ");
    const { objects, ...state } = poll(repository, { [verdictKey("1.1.0")]: object(verdict) });
    const { [VOICES]: _, ...others } = objects as Record<string, object>;
    const [answer] = core([
      { state: { ...state, objects: others }, event: got([[VOICES, "200", "", "", "", listing]]) },
    ]);
    expect(answer?.do[0]).toEqual([
      "fault",
      "hello 1.1.0 is called bad, but of its hosts 1 say so, and 1 that it is ok: see towline rollout",
    ]);
  });
});

describe("what this host says of what it runs", () => {
  const runs = { installed: "1.1.0", main: ["1.1.0", "1.0.0"] };
  const known = { [verdictKey("1.1.0")]: object({ verdict: "ok" }) };
  const arn = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a";
  const VOICE = `rollout/web/voices/hello/1.1.0/ok/${arn}.json`;
  const asked = (vouched: string[]) =>
    core([{ state: { ...poll(runs, known), arn, vouched, noted: vouched }, event: got() }])[0];
  const answered = (state: object | null | undefined, event: string, rows: Rows) =>
    core([{ state: state ?? null, event: { event, rows, now: NOW } }])[0];

  test("is that it is ok, once it serves with it, over what it may have said before, and no more than once", () => {
    const confirm = asked([]);
    expect(confirm?.do.at(-1)).toEqual(["confirm"]);
    const says = answered(confirm?.state, "confirmed", [["yes", ""]]);
    expect(says?.do).toEqual([["put", VOICE, "", expect.stringContaining('"verdict":"ok"')]]);
    const end = answered(says?.state, "put", [["done"]]);
    expect(end?.do[0]).toEqual(["vouched", "hello 1.1.0"]);
    expect(end?.state).toBeNull();
    expect(asked(["hello 1.1.0"])?.state).toBeNull();
    expect(asked(["hello 1.1.0"])?.do.map(([effect]) => effect)).not.toContain("vouched");
  });

  test("is forgotten once it runs another, so that it is said again should that come back", () => {
    const end = asked(["hello 1.0.0", "hello 1.1.0"]);
    expect(end?.do).toContainEqual(["vouched", "hello 1.1.0"]);
  });

  test.each([
    ["it does not serve", "confirmed", [["no", "not healthy"]]],
    ["the stack's policies know no voices yet", "put", [["unknown", "HTTP 403"]]],
  ] as [string, string, Rows][])("is nothing where %s, and all goes on", (_, event, rows) => {
    const confirm = asked([]);
    const before = event === "put" ? answered(confirm?.state, "confirmed", [["yes", ""]]) : confirm;
    const end = answered(before?.state, event, rows);
    expect(end?.do.map(([effect]) => effect)).not.toContain("put");
    expect(end?.state).toBeNull();
  });
});

test("people's orders are read once where an answer says no more than that there is nothing, as in the agent's self-test", () => {
  const { objects: _, rung: __, ...state } = poll({ installed: "1.0.0", main: ["1.1.0", "1.0.0"] }, {});
  const rows = [CONTROL, ORDERS].map((key) => [key, "404"]);
  const [answer] = core([{ state: { ...state, objects: {} }, event: got(rows) }]);
  expect(answer?.do.filter(([effect]) => effect === "get").flat()).not.toContain(ORDERS);
});

test("jq itself answers every step above alike", async () => {
  expect(await answeredOtherwise(CORE)).toEqual([]);
});
