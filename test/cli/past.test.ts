import { InputError } from "../../cli/errors";
import { lookBack } from "../../cli/past/look-back";
import { momentOf, told } from "../../cli/past/moment";
import { pastBucket } from "../../cli/past/past-bucket";
import { pastFleet } from "../../cli/past/past-fleet";
import type { KeyedVersion, Versions } from "../../cli/repository/versions";

const NOW = new Date("2026-01-31T14:30:00Z");

/** Versions of objects: key, second of 2026-01-31T12:00, content; undefined where it was deleted. */
function kept(...all: [key: string, second: number, body: unknown][]): Versions {
  const versions = all.map(([key, second, body], id) => ({
    ...{ key, id: String(id), at: new Date(Date.UTC(2026, 0, 31, 12, 0, second)), deleted: body === undefined },
    body: JSON.stringify(body),
  }));
  const below = (prefix: string): KeyedVersion[] => versions.filter(({ key }) => key.startsWith(prefix)).toReversed();
  return {
    name: "bucket",
    below: async (prefix) => below(prefix),
    list: async (key) => below(key).filter((one) => one.key === key),
    get: async (key, id) => {
      const found = versions.find((one) => one.key === key && one.id === id && !one.deleted);
      return found && { content: Buffer.from(found.body), metadata: {} };
    },
  };
}

describe("--at", () => {
  it.each([
    ["2026-01-31T14:03:00Z", "2026-01-31T14:03:00.000Z"],
    ["2026-01-31T14:03Z", "2026-01-31T14:03:00.000Z"],
    ["2026-01-31 15:03:20+01:00", "2026-01-31T14:03:20.000Z"],
  ])("takes %s", (text, moment) => expect(momentOf(text, NOW).toISOString()).toBe(moment));

  it("takes a time of today by this machine's clock, and says which zone that is", () => {
    const now = new Date(2026, 0, 31, 14, 30);
    expect(momentOf("14:03", now)).toEqual(new Date(2026, 0, 31, 14, 3));
    expect(momentOf("9:03:07", now)).toEqual(new Date(2026, 0, 31, 9, 3, 7));
    expect(momentOf("2026-01-30", now)).toEqual(new Date(2026, 0, 30));
    expect(told(momentOf("14:03", now))).toContain(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  it.each([
    ["yesterday", /is no time; give one of today such as 14:03/],
    ["25:00", /is no time/],
    ["14", /is no time/],
    ["2026-02-30T14:03:00X", /is no time/],
    ["2026-13-30T14:03:00Z", /is no time/],
    ["2026-01-31T23:00:00Z", /is still to come; give a time that has passed/],
    ["2025-12-31T14:03:00Z", /is over 30 days ago, and the bucket keeps old versions of its objects no longer/],
  ])("refuses %s", (text, message) => {
    expect(() => momentOf(text, NOW)).toThrow(message);
    expect(() => momentOf(text, NOW)).toThrow(InputError);
  });
});

describe("a bucket of the past", () => {
  const versions = kept(
    ["rollout/web/control.json", 1, { hold: { reason: "a" } }],
    ["rollout/web/control.json", 5, {}],
    ["rollout/web/verdicts/hello/1.json", 2, { verdict: "bad" }],
    ["rollout/web/verdicts/hello/1.json", 4, undefined],
    ["rollout/web/verdicts/hello/1.json.old", 1, {}],
  );
  const at = (second: number, part = 0) => pastBucket(versions, new Date(Date.UTC(2026, 0, 31, 12, 0, second, part)));
  const held = async (second: number, part?: number) =>
    [...(await at(second, part).snapshot(["rollout/"], (key) => key.endsWith(".json"))).entries()].map(
      ([key, { text, modified }]) => `${modified.getUTCSeconds()} ${key.split("/").at(-1)} ${text}`,
    );

  it("holds what was there, and nothing that came later or had gone", async () => {
    expect(await held(0)).toEqual([]);
    expect(await held(1)).toEqual(['1 control.json {"hold":{"reason":"a"}}']);
    expect(await held(3)).toEqual(['2 1.json {"verdict":"bad"}', '1 control.json {"hold":{"reason":"a"}}']);
    expect(await held(4)).toEqual(['1 control.json {"hold":{"reason":"a"}}']);
    expect(await held(5, 999)).toEqual(["5 control.json {}"]);
  });

  it("gives single objects in the same way", async () => {
    expect((await at(3).get("rollout/web/verdicts/hello/1.json"))?.content.toString()).toBe('{"verdict":"bad"}');
    expect(await at(4).get("rollout/web/verdicts/hello/1.json")).toBeUndefined();
    expect(await at(9).get("rollout/web/verdicts/hello/1")).toBeUndefined();
  });
});

describe("a fleet of the past", () => {
  const key = (instance: string) => `hosts/web/arn:aws:ec2:eu-west-1:123456789012:instance/${instance}.json`;
  const report = (instance: string, state: string, reported: string, agent = "0.9.0") => ({
    ...{ instance, group: "web", state, health: "healthy", since: reported, reported, error: "" },
    packages: { "towline-agent": agent },
  });

  it("has the hosts that had reported within 35 minutes, and says what they are by what they said", () => {
    const objects = new Map(
      [
        report("i-1", "serving", "2026-01-31T14:10:00Z"),
        report("i-2", "serving", "2026-01-31T13:50:00Z"),
        report("i-3", "leaving", "2026-01-31T14:29:00Z"),
        report("i-4", "serving", "2026-01-30T13:50:00Z", "0.6.0"),
      ].map((one) => [key(one.instance), { text: JSON.stringify(one), modified: NOW }] as const),
    );
    objects.set(key("i-5"), { text: "nonsense", modified: NOW });
    objects.set("hosts/gone/i-6.json", { text: "{}", modified: NOW });
    expect(
      pastFleet(["web"], objects, NOW).instances.map(({ instance, lifecycle }) => `${instance} ${lifecycle}`),
    ).toEqual(["i-1 InService", "i-3 Terminating", "i-4 InService"]);
  });

  it("is shown with what held for its groups then", async () => {
    const versions = kept(
      [key("i-1"), 0, report("i-1", "serving", "2026-01-31T12:00:00Z")],
      ["rollout/web/control.json", 1, { hold: { reason: "the sale", by: "ada", at: "x" } }],
      ["rollout/web/control.json", 9, {}],
    );
    const stack = { config: { groups: { web: {} }, repository: { bucket: "bucket" } } } as never;
    const look = (second: number) =>
      lookBack(stack, pastBucket(versions, new Date(Date.UTC(2026, 0, 31, 12, 0, second))));
    expect((await look(5)).groups[0]?.held?.reason).toBe("the sale");
    expect((await look(5)).rows.map(({ instance }) => instance)).toEqual(["i-1"]);
    expect((await look(9)).groups[0]?.held).toBeNull();
  });
});
