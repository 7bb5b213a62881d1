import { parseStackConfig, rolloutPolicyOf } from "../../infra/config";
import { errorsOf, type GroupRaw, type Raw, valid, web, withWeb } from "./config-fixtures";

const DEFAULTS = { maxUnavailable: 1, bake: 0, timeout: 900, freeze: [], alarms: [] };
const weekend = { cron: "0 18 * * FRI", hours: 62 };

/** The policy of the group web with a rollout, and one that it inherits. */
function policyOf(rollout: GroupRaw, base?: GroupRaw, change: GroupRaw = {}) {
  const { groups } = parseStackConfig("staging", withWeb({ ...change, rollout }, base && { rollout: base }));
  return groups.web && rolloutPolicyOf(groups.web);
}

describe("a group's rollout policy", () => {
  it("is one host at a time, without a bake, where nothing is said", () => {
    expect(policyOf({})).toEqual(DEFAULTS);
  });

  it.each([1, "1%", "25%", "99%"])("takes %s of the hosts", (maxUnavailable) => {
    expect(policyOf({ maxUnavailable })).toEqual({ ...DEFAULTS, maxUnavailable });
  });

  it("takes freezes, in UTC where they name no zone, and alarms of any name that CloudWatch has", () => {
    const freeze = [weekend, { cron: "0 0 24 12 *", timeZone: "Europe/Berlin", hours: 168 }];
    const alarms = ["shop errors: 5xx", "shop/latency"];
    expect(policyOf({ bake: 86_400, timeout: 7200, freeze, alarms })).toEqual({
      maxUnavailable: 1,
      bake: 86_400,
      timeout: 7200,
      freeze: [{ cron: "0 18 * * FRI", timeZone: "Etc/UTC", hours: 62 }, freeze[1]],
      alarms,
    });
  });

  it("is inherited key by key, and a list as a whole", () => {
    const base = { maxUnavailable: "50%", bake: 60, alarms: ["a"] };
    expect(policyOf({ bake: 0, alarms: ["b"] }, base)).toEqual({ ...DEFAULTS, maxUnavailable: "50%", alarms: ["b"] });
  });

  it("gives a host longer where its requests alone may take as long", () => {
    const http = { port: 6000, deregistrationDelay: 3600 };
    expect(policyOf({}, undefined, { http })).toMatchObject({ timeout: 3960 });
  });

  it("lets workers all go at once, and a single host be all of its group", () => {
    const single = { size: { min: 1, max: 1 } };
    const worker = { packages: ["hello"], size: { min: 3, max: 4 } };
    const groups = (group: GroupRaw) => valid({ "towline:groups": { web: group } });
    expect(errorsOf(withWeb({ ...single, rollout: { maxUnavailable: "100%" } }))).toEqual([]);
    expect(errorsOf(groups({ ...worker, rollout: { maxUnavailable: "100%" } }))).toEqual([]);
    expect(errorsOf(groups({ ...worker, rollout: { maxUnavailable: 3 } }))).toEqual([]);
  });
});

describe("a rollout that cannot be", () => {
  const at = (rollout: unknown, change: GroupRaw = {}): Raw => withWeb({ ...change, rollout });
  const share = "should be a whole number of hosts from 1 to 100, or a share of the group from 1% to 100%, but is";
  const shareFix = 'Write for example "maxUnavailable: 25%".';
  const cases: [name: string, raw: Raw, path: string, sentence: string][] = [
    ...[0, -1, 1.5, 101, "0%", "101%", "-5%", "2.5%", "25 %", "25", "%", true].map(
      (given): [string, Raw, string, string] => [
        `a maxUnavailable of ${JSON.stringify(given)}`,
        at({ maxUnavailable: given }),
        "maxUnavailable",
        `${share} ${JSON.stringify(given)}. ${shareFix}`,
      ],
    ),
    [
      "more hosts than there may be",
      at({ maxUnavailable: 4 }, { size: { min: 4, max: 8 } }),
      "maxUnavailable",
      "should be no more than 3 in web, whose size may be 4, but is 4: no host would be left to serve. Lower it, or write a " +
        'share of the group, for example "maxUnavailable: 25%".',
    ],
    [
      "more than there may be at night",
      at(
        { maxUnavailable: 3 },
        { size: { min: 4, max: 8 }, scaling: { schedule: { night: { cron: "0 0 * * *", min: 2, max: 2 } } } },
      ),
      "maxUnavailable",
      "should be no more than 1 in web, whose size may be 2, but is 3: no host would be left to serve. Lower it, or write a " +
        'share of the group, for example "maxUnavailable: 25%".',
    ],
    [
      "all hosts of a group that serves",
      at({ maxUnavailable: "100%" }),
      "maxUnavailable",
      "should be no more than 99% in web, whose size may be 2, but is all of them: no host would be left to serve. Lower it, or " +
        'write a share of the group, for example "maxUnavailable: 25%".',
    ],
    [
      "more workers than there may be",
      valid({
        "towline:groups": {
          web,
          jobs: { packages: ["hello"], size: { min: 0, max: 9 }, rollout: { maxUnavailable: 2 } },
        },
      }),
      "/jobs maxUnavailable",
      "should be no more than 1 in jobs, whose size may be 0, but is 2: there are no more hosts than that. Lower it.",
    ],
    [
      "a bake of longer than a day",
      at({ bake: 86_401 }),
      "bake",
      'should be a whole number of seconds from 0 to 86400, but is 86401. Write for example "bake: 120".',
    ],
    [
      "a bake with a unit",
      at({ bake: "5m" }),
      "bake",
      'should be a whole number of seconds from 0 to 86400, but is "5m". Write for example "bake: 120".',
    ],
    [
      "a timeout of less than a minute",
      at({ timeout: 59 }),
      "timeout",
      'should be a whole number of seconds from 60 to 7200, but is 59. Write for example "timeout: 900".',
    ],
    [
      "a timeout of more than two hours",
      at({ timeout: 7201 }),
      "timeout",
      'should be a whole number of seconds from 60 to 7200, but is 7201. Write for example "timeout: 900".',
    ],
    [
      "a timeout that a healthy host would miss",
      at({ timeout: 100 }, { health: { timeout: 300 } }),
      "timeout",
      "should be at least 330 in web, the seconds of its http/deregistrationDelay and health/timeout together, but is 100. Write " +
        'for example "timeout: 630", or lower those.',
    ],
    [
      "a freeze at no time",
      at({ freeze: [{ hours: 62 }] }),
      "freeze/0/cron",
      'is missing; it should be five fields of a Unix cron expression: minute, hour, day, month, day of the week. Write for example "cron: "0 18 * * FRI"".',
    ],
    [
      "a freeze at a time that never comes",
      at({ freeze: [weekend, { ...weekend, cron: "0 25 * * FRI" }] }),
      "freeze/1/cron",
      'should be five fields of a Unix cron expression: minute, hour, day, month, day of the week, but is "0 25 * * FRI". Write for example "cron: "0 18 * * FRI"".',
    ],
    [
      "a freeze in AWS's form of cron",
      at({ freeze: [{ ...weekend, cron: "0 22 ? * FRI *" }] }),
      "freeze/0/cron",
      'should be five fields of a Unix cron expression: minute, hour, day, month, day of the week, but is "0 22 ? * FRI *". Write for example "cron: "0 18 * * FRI"".',
    ],
    [
      "a freeze in a zone that nobody knows",
      at({ freeze: [{ ...weekend, timeZone: "Europe/Atlantis" }] }),
      "freeze/0/timeZone",
      'should be an IANA time zone, but is "Europe/Atlantis". Write for example "timeZone: Europe/Berlin".',
    ],
    ...[0, 169, 1.5].map((hours): [string, Raw, string, string] => [
      `a freeze of ${hours} hours`,
      at({ freeze: [{ ...weekend, hours }] }),
      "freeze/0/hours",
      `should be a whole number of hours from 1 to 168, but is ${hours}. Write for example "hours: 62".`,
    ]),
    ...[
      ["0 0 * * *", 24, 24],
      ["30 * * * *", 1, 1],
      ["0 9,17 * * *", 16, 16],
      ["0 0 * * MON", 168, 168],
      ["0 0 * * 1-5", 72, 72],
    ].map(([cron, pause, hours]): [string, Raw, string, string] => [
      `a freeze that never ends: ${cron}`,
      at({ freeze: [{ cron, hours }] }),
      "freeze/0/hours",
      `should be less than ${pause}, the hours from one beginning to the next at most, but is ${hours}: nothing new would ever be ` +
        'taken. Lower it; to keep everything away for now, there is "towline hold".',
    ]),
    [
      "a freeze that is no list",
      at({ freeze: weekend }),
      "freeze",
      'should be a list of at most 10 times, but is {"cron":"0 18 * * FRI","hours":62}. Write for example ' +
        '"freeze: [{cron: "0 18 * * FRI", timeZone: Europe/Berlin, hours: 62}]".',
    ],
    ...["", " errors", "errors ", "Ärger", "e".repeat(256)].map((name): [string, Raw, string, string] => [
      `an alarm called ${JSON.stringify(name.slice(0, 10))}`,
      at({ alarms: ["fine", name] }),
      "alarms/1",
      `should be the name of a CloudWatch alarm, but is ${cut(JSON.stringify(name))}. Write for example "alarms: [shop-errors]".`,
    ]),
    [
      "one alarm twice",
      at({ alarms: ["shop-errors", "shop-errors"] }),
      "alarms/1",
      'should be an alarm the list does not hold yet, but is "shop-errors" again. Remove one of the two.',
    ],
    [
      "an unknown key",
      at({ maxunavailable: 1 }),
      "maxunavailable",
      "is not a key towline knows; did you mean maxUnavailable? Allowed here: maxUnavailable, bake, timeout, freeze, alarms.",
    ],
    [
      "an unknown key of a freeze",
      at({ freeze: [{ ...weekend, until: "MON" }] }),
      "freeze/0/until",
      "is not a key towline knows. Allowed here: cron, timeZone, hours.",
    ],
    [
      "no map",
      at("25%"),
      "",
      'should be a map with maxUnavailable, bake, timeout, freeze or alarms, but is "25%". Write for example ' +
        '"rollout: {maxUnavailable: 25%, bake: 120}".',
    ],
  ];

  it.each(cases)("is named with its path, what is allowed and the fix: %s", (_, raw, path, sentence) => {
    const [place = "", group = "web"] = path.split(" ").reverse();
    const where = ["towline:groups", group.replace("/", ""), "rollout", ...(place ? [place] : [])].join("/");
    expect(errorsOf(raw)).toEqual([`Pulumi.staging.yaml: ${where}: ${sentence}`]);
  });

  it("is named where it was written, and for whom it is wrong", () => {
    const groups = {
      __base__: { rollout: { maxUnavailable: 3 } },
      web,
      big: { ...web, http: undefined, size: { min: 5, max: 9 } },
    };
    expect(errorsOf(valid({ "towline:groups": groups }))).toEqual([
      expect.stringContaining(
        "towline:groups/__base__/rollout/maxUnavailable (as web inherits it): should be no more than 1 in web",
      ),
    ]);
  });
});

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
