import { reached } from "../../lambda/autoscaling/before";
import { withReached } from "../../lambda/autoscaling/reached-group";
import { format } from "../../lambda/formatters";
import { parseNotifications } from "../../lambda/notification";
import { INVOKING_ALARM, LAUNCH, snsEvent, TERMINATE } from "./events";

/** When the alarm went off. Its condition has to last three minutes. */
const OFF = INVOKING_ALARM.StateChangeTime;
const BEGAN = OFF - 180_000;
/** So many seconds before that began. */
const before = (seconds: number) => BEGAN - seconds * 1000;
const REASON =
  "Threshold Crossed: 3 datapoints [83.2 (04/03/26 05:05:00), 79.0 (04/03/26 05:04:00), 71.4 (04/03/26 05:03:00)] were greater than the threshold (60.0).";
const ALARM = { ...INVOKING_ALARM, NewStateReason: REASON };
const verdict = (release: string, at: number) => ({ key: `rollout/web/verdicts/${release}.json`, at });
const trial = (release: string, at: number) => ({ key: `rollout/web/trials/${release}.json`, at });

const scaledOut = (alarm: object = ALARM) => ({ ...LAUNCH, Details: { ...LAUNCH.Details, InvokingAlarms: [alarm] } });
const UNHEALTHY = {
  ...TERMINATE,
  Cause:
    "At 2026-03-04T05:06:06Z an instance was taken out of service in response to an ELB system health check failure.",
};
const began = (seconds: number) => Date.parse(TERMINATE.StartTime) - seconds * 1000;

type Kept = readonly { readonly key: string; readonly at: number }[];

/** What the message says of what came before. */
async function told(message: object, kept: Kept | undefined | Error): Promise<string> {
  const [notification] = parseNotifications(snsEvent([message]));
  if (notification === undefined) throw new Error("no notification");
  const list = async (prefix: string) => {
    if (kept instanceof Error) throw kept;
    return kept?.filter(({ key }) => key.startsWith(prefix));
  };
  return format(await withReached(notification, "towline-prod-", list)).story;
}

/** What happened, what is known of it, and what may be said: undefined where the facts carry no claim. */
const SCENARIOS: readonly (readonly [
  what: string,
  message: object,
  kept: Kept | undefined,
  claim: string | undefined,
])[] = [
  [
    "a release, and load from it",
    scaledOut(),
    [verdict("hello/1.2.0", before(90))],
    "began 1 min 30 s after hello 1.2.0 reached web",
  ],
  [
    "new settings, and load from them",
    scaledOut(),
    [verdict("hello/settings-abc", before(30))],
    "began 30 s after new settings of hello reached web",
  ],
  [
    "a release that is tried still",
    scaledOut(),
    [trial("hello/1.2.0", before(20))],
    "began 20 s after hello 1.2.0 reached web",
  ],
  [
    "two releases",
    scaledOut(),
    [verdict("hello/1.2.0", before(90)), verdict("other/2.0.0", before(240))],
    "began 1 min 30 s after hello 1.2.0 and 4 min after other 2.0.0 reached web",
  ],
  [
    "a release after which a host failed",
    UNHEALTHY,
    [verdict("hello/1.2.0", began(40))],
    "began 40 s after hello 1.2.0 reached web",
  ],
  ["visitors, and no release", scaledOut(), [], undefined],
  ["visitors, a release of yesterday", scaledOut(), [verdict("hello/1.2.0", before(86_400))], undefined],
  ["visitors, a release eleven minutes before", scaledOut(), [verdict("hello/1.2.0", before(660))], undefined],
  ["visitors, a release after that began", scaledOut(), [verdict("hello/1.2.0", before(-10))], undefined],
  ["visitors, the agent's own upgrade", scaledOut(), [verdict("towline-agent/0.9.0", before(60))], undefined],
  [
    "an alarm that had been on for hours",
    scaledOut({ ...ALARM, StateChangeTime: OFF - 7_200_000 }),
    [verdict("hello/1.2.0", before(7_230))],
    undefined,
  ],
  [
    "an alarm that does not say how long",
    scaledOut({ ...ALARM, Trigger: undefined }),
    [verdict("hello/1.2.0", before(60))],
    undefined,
  ],
  ["somebody who set the capacity by hand", TERMINATE, [verdict("hello/1.2.0", began(60))], undefined],
  ["an alarm of which nothing came along", LAUNCH, [verdict("hello/1.2.0", before(60))], undefined],
  ["more versions than one answer holds", scaledOut(), undefined, undefined],
  [
    "another group's release",
    scaledOut(),
    [{ key: "rollout/shop/verdicts/hello/1.2.0.json", at: before(60) }],
    undefined,
  ],
  [
    "a trial of long ago that ended just now",
    scaledOut(),
    [trial("hello/1.1.0", before(60)), verdict("hello/1.1.0", before(86_400))],
    undefined,
  ],
];

describe("why it scaled", () => {
  test.each(SCENARIOS)("%s", async (_, message, kept, claim) => {
    const story = await told(message, kept);
    if (claim === undefined) expect(story).not.toMatch(/began|reached/);
    else expect(story).toContain(`; ${claim}`);
  });

  test("the alarm's own number is told, where it came along", async () => {
    expect(await told(scaledOut(), [])).toContain(
      "towline-prod-web scaled out from 2 to 3: CPU 83.2 % above 60 % for 3 min (alarm prod-web-busy)",
    );
    expect(await told(scaledOut({ ...ALARM, NewStateReason: "unknown" }), [])).toContain("CPU above 60 % for 3 min");
  });

  test("a bucket that cannot be asked costs the claim and not the message", async () => {
    const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await told(scaledOut(), new Error("no access"))).toContain("scaled out from 2 to 3");
    expect(log).toHaveBeenCalledWith("what reached web is not known: no access");
    log.mockRestore();
  });

  test("nobody asks for another stack's group, or for a name that is none", async () => {
    const unexpected = (prefix: string) => Promise.reject(new Error(`unexpected list of ${prefix}`));
    for (const message of [
      { ...LAUNCH, AutoScalingGroupName: "towline-prod-../x" },
      { ...LAUNCH, AutoScalingGroupName: "towline-qa-web" },
    ]) {
      const [notification] = parseNotifications(snsEvent([message]));
      expect(notification && (await withReached(notification, "towline-prod-", unexpected))).toBe(notification);
    }
  });

  test("what is no release is none", () => {
    expect(
      reached([
        { key: "rollout/web/control.json", at: 1 },
        { key: "rollout/web/verdicts/x", at: 1 },
      ]),
    ).toEqual([]);
  });
});
