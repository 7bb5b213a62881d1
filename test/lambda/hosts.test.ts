import { withRelease } from "../../lambda/hosts";
import { parseNotifications } from "../../lambda/notification";
import { DEPLOY, LAUNCH, snsEvent } from "./events";

const [launch] = parseNotifications(snsEvent([LAUNCH]));
if (launch === undefined) throw new Error("no notification");
const [, , , region, account] = LAUNCH.AutoScalingGroupARN.split(":");

test("an activity is told with what its instance says it runs, the agent left out", async () => {
  const host = JSON.stringify({ packages: { "towline-agent": "0.1.0", hello: "1.1.0", bye: "2.0" } });
  const read = jest.fn(async () => host);
  expect(await withRelease(launch, "towline-prod-", read)).toEqual({ ...launch, runs: "hello 1.1.0, bye 2.0" });
  expect(read.mock.calls).toEqual([[`hosts/web/arn:aws:ec2:${region}:${account}:instance/i-0c0ffee0c0ffee001.json`]]);
});

test.each([["not JSON"], ["{}"], ['{"packages":{"towline-agent":"0.1.0"}}']])(
  "a host that says %s runs nothing we know",
  async (host) => {
    expect((await withRelease(launch, "towline-prod-", async () => host)).runs).toBeUndefined();
  },
);

test("a host that cannot be asked costs the version and not the message", async () => {
  const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
  const refuse = () => Promise.reject(new Error("no access"));
  expect(await withRelease(launch, "towline-prod-", refuse)).toBe(launch);
  expect(log).toHaveBeenCalledWith("what i-0c0ffee0c0ffee001 runs is not known: no access");
  log.mockRestore();
});

test("nobody is asked about another stack's group, an instance without a name or another kind of message", async () => {
  const unexpected = (key: string) => Promise.reject(new Error(`unexpected read of ${key}`));
  const [other, nameless] = parseNotifications(snsEvent([DEPLOY, { ...LAUNCH, EC2InstanceId: "../../env" }]));
  expect(await withRelease(launch, "towline-staging-", unexpected)).toBe(launch);
  for (const each of [other, nameless])
    expect(each && (await withRelease(each, "towline-prod-", unexpected))).toBe(each);
});
