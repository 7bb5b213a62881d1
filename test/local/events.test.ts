import { BucketEvents, storedObject } from "../../local/answers/bucket-events";
import { type BusEvent, EventBus, matches } from "../../local/region/events";

const event = {
  source: "aws.s3",
  "detail-type": "Object Created",
  detail: { bucket: { name: "acme" }, object: { key: "dists/stable-x/InRelease" } },
};

describe("a pattern", () => {
  test.each([
    [{ source: ["aws.s3", "aws.ec2"] }, true],
    [{ source: ["aws.ec2"] }, false],
    [{ detail: { object: { key: [{ wildcard: "dists/stable*/InRelease" }] } } }, true],
    [{ detail: { object: { key: [{ wildcard: "dists/stable*/InReleas" }] } } }, false],
    [{ detail: { object: { key: [{ wildcard: "dists.stable*" }] } } }, false],
    [{ source: [{ prefix: "aws." }] }, true],
    [{ source: [{ prefix: "s3" }] }, false],
    [{ detail: { nothing: { key: ["x"] } } }, false],
    [{ source: ["aws.s3"], detail: { bucket: { name: ["other"] } } }, false],
  ])("%j fits: %s", (pattern, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  test("of a kind that has no counterpart is refused", () => {
    expect(() => matches({ source: [{ suffix: "s3" }] }, event)).toThrow(
      'the local region\'s event bus has no counterpart of {"suffix":"s3"}',
    );
  });
});

test("an event goes to the targets of the rules of its region that it fits, and one's failure is nobody else's", async () => {
  const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);
  const bus = new EventBus();
  const got: unknown[] = [];
  bus.addRule("eu-west-1", "fits", '{"source":["aws.s3"]}');
  bus.addRule("eu-west-1", "other", '{"source":["aws.ec2"]}');
  bus.addRule("us-east-1", "elsewhere", '{"source":["aws.s3"]}');
  bus.addTarget("fits", () => Promise.reject(new Error("out of order")));
  for (const rule of ["fits", "other", "elsewhere"])
    bus.addTarget(rule, async ({ detail }) => void got.push([rule, detail]));
  bus.emit({ region: "eu-west-1", source: "aws.s3", detailType: "Object Created", resources: [], detail: { a: 1 } });
  await new Promise(setImmediate);
  expect(got).toEqual([["fits", { a: 1 }]]);
  expect(errors.mock.calls).toEqual([["events: fits: out of order"]]);
  expect(() => bus.addTarget("none", async () => undefined)).toThrow("no rule is named none");
  errors.mockRestore();
});

describe("a bucket's events", () => {
  const headers = { host: "acme.s3.eu-west-1.amazonaws.com" };

  test.each([
    [
      "PUT",
      "/dists/stable/InRelease?x-id=PutObject",
      { bucket: "acme", key: "dists/stable/InRelease", region: "eu-west-1" },
    ],
    ["PUT", "/pool/h%20i.deb", { bucket: "acme", key: "pool/h i.deb", region: "eu-west-1" }],
    ["PUT", "/a?tagging", undefined],
    ["PUT", "/?policy", undefined],
    ["GET", "/a", undefined],
  ])("%s %s stores %j", (method, url, expected) => {
    expect(storedObject({ method, url, headers })).toEqual(expected);
  });

  test("are sent where the stack asked for them", () => {
    const sent: BusEvent[] = [];
    const events = new BucketEvents({ emit: (one) => void sent.push(one) });
    const request = { method: "PUT", url: "/a", headers } as Parameters<BucketEvents["follow"]>[0];
    events.follow(request);
    events.enable("acme");
    events.follow(request);
    expect(sent).toEqual([
      {
        region: "eu-west-1",
        source: "aws.s3",
        detailType: "Object Created",
        resources: ["arn:aws:s3:::acme"],
        detail: { version: "0", bucket: { name: "acme" }, object: { key: "a" }, reason: "PutObject" },
      },
    ]);
  });
});

describe("a schedule", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test("calls its own targets, each time it is due", () => {
    const bus = new EventBus();
    const got: unknown[] = [];
    const target = (rule: string) => async (event: Readonly<Record<string, unknown>>) =>
      void got.push([rule, event["detail-type"], event.region]);
    bus.addSchedule("eu-west-1", "look", "rate(5 minutes)");
    bus.addSchedule("eu-west-1", "other", "rate(1 minute)");
    bus.addTarget("look", target("look"));
    jest.advanceTimersByTime(11 * 60_000);
    expect(got).toEqual([
      ["look", "Scheduled Event", "eu-west-1"],
      ["look", "Scheduled Event", "eu-west-1"],
    ]);
  });

  test("ends with its bus: a test's must not call what the test has left behind", () => {
    const bus = new EventBus();
    const target = jest.fn(async () => {});
    bus.addSchedule("eu-west-1", "look", "rate(5 minutes)");
    bus.addTarget("look", target);
    bus.close();
    jest.advanceTimersByTime(11 * 60_000);
    expect(target).not.toHaveBeenCalled();
  });

  test.each(["cron(0 12 * * ? *)", "rate(0 minutes)", "rate(1 hour)"])(
    "of the form %s has no counterpart",
    (schedule) => {
      expect(() => new EventBus().addSchedule("eu-west-1", "look", schedule)).toThrow(
        `the local region's event bus has no counterpart of ${schedule}`,
      );
    },
  );
});
