import type { History } from "../../cli/rollout/event";
import { readHistories } from "../../cli/rollout/read";
import { tellStory } from "../../cli/rollout/story";

const WANTED = { group: "web", name: "hello", version: "1.2.0" };
const PUBLISHED = { at: "2026-01-31T12:00:00Z", by: "ada" };
/** So many seconds after it was published. */
const at = (seconds: number) => new Date(Date.parse(PUBLISHED.at) + seconds * 1000);

/** Versions of an object: what it held from how many seconds after the publication on; undefined where it was deleted. */
function history(key: string, ...versions: [seconds: number, body: unknown][]): History {
  return {
    key,
    versions: versions.map(([seconds, body]) => ({
      at: at(seconds),
      text: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    })),
  };
}

const slot = (holder: string, since = "s", nonce = "n") => ({
  holder,
  package: "hello",
  version: "1.2.0",
  since,
  nonce,
});
const host = (instance: string, state: string, hello: string, more: object = {}) => ({
  ...{ instance, group: "web", state, packages: { hello }, error: "" },
  ...more,
});
const HOST = (instance: string) => `hosts/web/arn:aws:ec2:eu-west-1:123456789012:instance/${instance}.json`;

/** The story as "seconds what host took: why". */
function told(...histories: History[]): string[] {
  return tellStory(WANTED, PUBLISHED, histories, false).events.map(({ after, what, instance, seconds, detail }) =>
    [after, what, instance, seconds === null ? "" : `(${seconds} s)`, detail].filter((part) => part !== "").join(" "),
  );
}

it("tells how a version went from host to host, renewals left out", () => {
  const waiting = { package: "hello", version: "1.2.0", reason: "i-1 is out", since: "w" };
  expect(
    told(
      history(
        "rollout/web/lease.json",
        [-50, { ...slot("i-9"), version: "1.1.0" }],
        [10, slot("i-1")],
        [40, slot("i-1", "s", "n2")],
        [62, { ...slot(""), done: 1 }],
        [70, slot("i-2", "t")],
        [95, { ...slot("i-1"), package: "other" }],
      ),
      history(
        "rollout/web/trials/hello/1.2.0.json",
        [12, { canary: "i-1", nonce: "a" }],
        [60, { canary: "", nonce: "a" }],
      ),
      history(
        HOST("i-1"),
        [-900, host("i-1", "serving", "1.1.0")],
        [14, host("i-1", "upgrading", "1.1.0")],
        [58, host("i-1", "serving", "1.2.0")],
        [800, host("i-1", "serving", "1.2.0")],
      ),
      history(
        HOST("i-2"),
        [20, host("i-2", "serving", "1.1.0", { waiting })],
        [71, host("i-2", "upgrading", "1.1.0")],
        [93, host("i-2", "serving", "1.2.0")],
      ),
      history(HOST("i-3"), [200, host("i-3", "booting", "")], [220, host("i-3", "serving", "1.2.0")]),
      history("rollout/web/verdicts/hello/1.2.0.json", [59, { verdict: "ok", instance: "i-1", reason: "" }]),
    ),
  ).toEqual([
    "0 published by ada",
    "10 takes slot i-1 slot 0",
    "12 marked i-1 tries it first",
    "20 waits i-2 i-1 is out",
    "58 serves i-1 (44 s)",
    "59 ok i-1",
    "62 leaves slot i-1 (52 s) slot 0",
    "70 takes slot i-2 slot 0",
    "93 serves i-2 (22 s)",
    "95 leaves slot i-2 (25 s) slot 0",
    "220 serves i-3 booted with it",
  ]);
});

it("tells of a version that came with another one, whose name the slot has", () => {
  const back = "other 2.0.0 and hello 1.2.0 were rolled back, each to be tried alone: no database";
  const off = "the upgrades of other to 2.0.0 and hello to 1.2.0 were put off: the lease was lost";
  const both = { ...slot("i-1"), package: "other", version: "2.0.0", set: ["hello 1.2.0"] };
  expect(
    told(
      history("rollout/web/lease.json", [10, both], [62, { ...both, holder: "" }]),
      history(
        "rollout/web/trials/hello/1.2.0.json",
        [12, { canary: "i-1", nonce: "a", together: true }],
        [60, { canary: "", nonce: "a", together: true, apart: ["i-1"] }],
      ),
      history(
        HOST("i-1"),
        [14, host("i-1", "upgrading", "1.1.0")],
        [59, host("i-1", "serving", "1.1.0", { error: back })],
        [80, host("i-1", "upgrading", "1.1.0")],
        [90, host("i-1", "serving", "1.1.0", { error: off })],
      ),
    ).slice(1),
  ).toEqual([
    "10 takes slot i-1 slot 0",
    "12 marked i-1 tries it first",
    "59 went back i-1 (45 s) no database",
    "60 failed i-1 together with what came with it: each is tried alone",
    "62 leaves slot i-1 (52 s) slot 0",
    `90 went back i-1 (10 s) ${off}`,
  ]);
});

it("tells how it failed: who vanished with it, who went back and why, and that it was recalled", () => {
  const back = "hello 1.2.0 was rolled back: no database";
  expect(
    told(
      history(
        "rollout/web/trials/hello/1.2.0.json",
        [5, { canary: "i-1", nonce: "a" }],
        [100, { canary: "i-2", nonce: "b", vanished: ["i-1"] }],
        [150, { canary: "", nonce: "b", vanished: ["i-1"], failed: { "i-2": "no database" } }],
        [160, { vanished: ["i-1"], failed: { "i-2": "no database" }, boots: { failed: { "i-4": "no disk" } } }],
      ),
      history(
        HOST("i-2"),
        [101, host("i-2", "upgrading", "1.1.0")],
        [149, host("i-2", "serving", "1.1.0", { error: back })],
        [1000, host("i-2", "serving", "1.1.0", { error: back })],
      ),
      history(
        HOST("i-3"),
        [130, host("i-3", "upgrading", "1.1.0")],
        [180, host("i-3", "failed", "1.2.0", { error: "hello does not start" })],
      ),
      history(
        "rollout/web/verdicts/hello/1.2.0.json",
        [150, { verdict: "bad", instance: "i-2", reason: "no database" }],
        [300, undefined],
      ),
      history(
        "rollout/web/control.json",
        [200, { recalled: { hello: { "1.2.0": { reason: "loses sessions", by: "ada" } } } }],
        [301, { recalled: { hello: {} } }],
      ),
    ).slice(1),
  ).toEqual([
    "5 marked i-1 tries it first",
    "100 marked i-2 tries it first",
    "100 vanished i-1 took it and did not come back",
    "149 went back i-2 (48 s) no database",
    "150 failed i-2 no database",
    "150 bad i-2 no database",
    "160 failed i-4 at its boot: no disk",
    "180 stuck i-3 (50 s) hello does not start",
    "200 recalled loses sessions (ada)",
    "301 retried",
  ]);
});

it("tells of holds and alarms from its publication on, and of those before only what still held then", () => {
  const hold = { reason: "the sale", by: "ada" };
  expect(
    told(
      history(
        "rollout/web/control.json",
        [-90, { alarms: { "5xx": { reason: "12 > 5" } } }],
        [-80, {}],
        [-70, { hold }],
        [30, {}],
        [40, { alarms: { "5xx": { reason: "9 > 5" } } }],
        [50, { alarms: {} }],
      ),
    ).slice(1),
  ).toEqual(["0 held the sale (ada)", "30 resumed", "40 alarm 5xx: 9 > 5", "50 alarm over 5xx"]);
});

it.each(["", "[]", "null", "7", '{"state":7,"packages":[],"waiting":"x","holder":{},"hold":null}'])(
  "makes nothing of objects that hold %j",
  (text) => {
    const keys = ["control.json", "lease.json", "slots/1.json", "trials/hello/1.2.0.json", "verdicts/hello/1.2.0.json"];
    expect(
      told(...[...keys.map((key) => `rollout/web/${key}`), HOST("i-1")].map((key) => history(key, [5, text]))),
    ).toEqual(["0 published by ada"]);
  },
);

it("says what is not known any more", () => {
  const verdict = history("rollout/web/verdicts/hello/1.2.0.json", [
    59,
    { verdict: "ok", instance: "i-1", reason: "" },
  ]);
  const { published, events, unknown } = tellStory(WANTED, undefined, [verdict], true);
  expect(published).toBeNull();
  expect(events).toMatchObject([{ after: 0, what: "ok" }]);
  expect(unknown).toEqual([
    "when it was published",
    "who tried it first, or nobody left a mark",
    "who held which slot for it",
    "which hosts took it, and how long they were out",
    "what came later: there are more versions of its objects than are read",
  ]);
});

it("reads the versions since the publication, and the last one before", async () => {
  const read: string[] = [];
  const version = (key: string, seconds: number) => ({
    key,
    id: `${key} ${seconds}`,
    at: at(seconds),
    deleted: seconds === 7,
  });
  const versions = {
    name: "b",
    list: async () => [],
    below: async (prefix: string) =>
      prefix === "hosts/web/"
        ? [version("hosts/web/i-1.json", 9), version("hosts/web/i-1.json", -9), version("hosts/web/i-1.json", -99)]
        : [
            version("rollout/web/lease.json", 7),
            version("rollout/web/trials/hello/1.3.0.json", 5),
            version("rollout/web/policy.json", 5),
          ],
    get: async (_: string, id: string) => {
      read.push(id);
      return { content: Buffer.from("{}"), metadata: {} };
    },
  };
  const { histories, cut } = await readHistories(versions, WANTED, at(0));
  expect(read.sort()).toEqual(["hosts/web/i-1.json -9", "hosts/web/i-1.json 9"]);
  expect(histories.map(({ key, versions }) => [key, versions.map(({ text }) => text)])).toEqual([
    ["hosts/web/i-1.json", ["{}", "{}"]],
    ["rollout/web/lease.json", [undefined]],
  ]);
  expect(cut).toBe(false);
});

it("tells who says bad, how many do, and that the others do not believe it", () => {
  const voice = (word: string, instance: string) =>
    `rollout/web/voices/hello/1.2.0/${word}/arn:aws:ec2:eu-west-1:123456789012:instance/${instance}.json`;
  const ok = ["i-1", "i-2"].map((instance) => history(voice("ok", instance), [50, ""]));
  const bad = (instance: string, seconds: number) => history(voice("bad/4", instance), [seconds, ""]);
  const verdict = history(
    "rollout/web/verdicts/hello/1.2.0.json",
    [49, { verdict: "ok", instance: "i-1", reason: "" }],
    [101, { verdict: "bad", instance: "i-3", reason: "no database" }],
    [201, { verdict: "bad", instance: "i-4", reason: "none here" }],
  );
  expect(told(...ok, bad("i-3", 100), bad("i-4", 200), verdict)).toEqual([
    "0 published by ada",
    "49 ok i-1",
    "100 says bad i-3 1 host says bad, 2 ok",
    "101 bad i-3 not believed, as 1 of its hosts say bad and 2 ok: no database",
    "200 says bad i-4 2 hosts say bad, 2 ok",
    "201 bad i-4 none here",
  ]);
});

it("tells what people say once, though it is written twice", () => {
  const hold = { hold: { reason: "the sale", by: "ada" } };
  expect(
    told(
      history("rollout/web/orders.json", [10, hold], [90, {}]),
      history("rollout/web/control.json", [11, hold], [91, {}]),
    ),
  ).toEqual(["0 published by ada", "10 held the sale (ada)", "90 resumed"]);
});
