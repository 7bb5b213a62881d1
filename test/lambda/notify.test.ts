import { Ledger } from "../../lambda/ledger";
import { type NotifyContext, notify } from "../../lambda/notify";
import type { Report } from "../../lambda/report";
import { DEPLOY, LAUNCH, snsEvent, TERMINATE } from "./events";

const DEPLOYS = ["1.1.0", "1.2.0", "1.3.0"].map((version) => ({ ...DEPLOY, version, previous: "" }));
const TOPIC = "arn:aws:sns:eu-central-1:210987654321:towline-prod-events";

function context(deliver: (report: Report) => Promise<void>, ledger = new Ledger()): NotifyContext {
  return { deliver, ledger, enrich: async (notification) => notification };
}

/** Delivers everything and keeps the stories. */
function recording(ledger?: Ledger): { stories: string[]; context: NotifyContext } {
  const stories: string[] = [];
  const deliver = async ({ story }: Report) => {
    stories.push(story);
  };
  return { stories, context: context(deliver, ledger) };
}

describe("an event with several records", () => {
  test("is delivered in order, one message after the other", async () => {
    const log: string[] = [];
    const deliver = async ({ story }: Report) => {
      log.push(`begin ${story.slice(0, 11)}`);
      await new Promise(setImmediate);
      log.push(`end ${story.slice(0, 11)}`);
    };
    await notify(snsEvent(DEPLOYS), context(deliver));
    expect(log).toEqual(DEPLOYS.flatMap(({ version }) => [`begin hello ${version}`, `end hello ${version}`]));
  });

  test("loses no message to a failing one, and fails in the end", async () => {
    const delivered: string[] = [];
    const deliver = async ({ story }: Report) => {
      if (story.includes("1.2.0")) throw new Error("Slack answered 500");
      delivered.push(story.slice(0, 11));
    };
    await expect(notify(snsEvent(DEPLOYS, "A deploy"), context(deliver))).rejects.toThrow(
      new Error("1 of 3 messages not delivered: A deploy: Slack answered 500"),
    );
    expect(delivered).toEqual(["hello 1.1.0", "hello 1.3.0"]);
  });

  test("is all told of when all fail", async () => {
    const deliver = async () => {
      throw new Error("Slack answered 404 (no_service)");
    };
    await expect(notify(snsEvent(["a", "b"]), context(deliver))).rejects.toThrow(
      new Error(
        `2 of 2 messages not delivered: ${TOPIC}: Slack answered 404 (no_service); ${TOPIC}: Slack answered 404 (no_service)`,
      ),
    );
  });
});

describe("a scale event", () => {
  const batch = ["i-0a1", "i-0a2", "i-0a3"].map((instance) => ({
    ...TERMINATE,
    EC2InstanceId: instance,
    ActivityId: instance,
  }));

  test("of which several messages arrive together is one message that names all instances", async () => {
    const { stories, context } = recording();
    await notify(snsEvent(batch), context);
    expect(stories).toEqual([
      "towline-prod-web scaled in from 3 to 2: someone set desired capacity to 2 by hand (min 2, max 6); terminated i-0a1 in eu-central-1b, i-0a2 in eu-central-1b and i-0a3 in eu-central-1b (5 min 9 s).",
    ]);
  });

  test("with many instances counts them in the story and lists them below", async () => {
    const reports: Report[] = [];
    const many = Array.from({ length: 12 }, (_, index) => ({ ...LAUNCH, EC2InstanceId: `i-0${index}` }));
    await notify(
      snsEvent(many),
      context(async (report) => {
        reports.push(report);
      }),
    );
    expect(reports).toHaveLength(1);
    expect(reports[0]?.story).toMatch(/; launched 12 instances \(37 s\)\.$/);
    expect(JSON.stringify(reports[0]?.blocks)).toContain("i-011 in eu-central-1b");
  });

  test("is not mixed up with another group's, the other direction's, a failed one or one at another time", async () => {
    const { stories, context } = recording();
    const other = { ...TERMINATE, AutoScalingGroupName: "towline-prod-worker" };
    const later = { ...TERMINATE, Cause: TERMINATE.Cause.replace("05:06:01Z", "05:07:01Z") };
    const failed = { ...TERMINATE, Event: `${TERMINATE.Event}_ERROR`, StatusMessage: "no" };
    await notify(snsEvent([TERMINATE, other, LAUNCH, later, failed]), context);
    expect(stories).toHaveLength(5);
  });

  test("that fails as a whole fails for each of its messages, and is told as a whole the next time", async () => {
    const ledger = new Ledger();
    const refuse = context(() => Promise.reject(new Error("Slack answered 500")), ledger);
    await expect(notify(snsEvent(batch, "Scaling"), refuse)).rejects.toThrow(
      /^3 of 3 messages not delivered: Scaling: /,
    );
    const { stories, context: next } = recording(ledger);
    await notify(snsEvent(batch), next);
    expect(stories).toHaveLength(1);
  });
});

describe("the same content", () => {
  test("is sent once, in one event or in two, whatever number SNS gives it", async () => {
    const { stories, context } = recording();
    await notify(snsEvent([DEPLOY, DEPLOY]), context);
    await notify(snsEvent([LAUNCH, DEPLOY, LAUNCH]), context);
    expect(stories.map((story) => story.slice(0, 16))).toEqual(["hello 1.1.0 took", "towline-prod-web"]);
  });

  test("is not the same with another subject", async () => {
    const { stories, context } = recording();
    await notify(snsEvent(["done"], "Job a"), context);
    await notify(snsEvent(["done"], "Job b"), context);
    expect(stories).toEqual(["Job a: done", "Job b: done"]);
  });

  test("is sent again after it failed, and after a quarter of an hour", async () => {
    let now = 0;
    const ledger = new Ledger(() => now);
    const refuse = context(() => Promise.reject(new Error("no")), ledger);
    await expect(notify(snsEvent(["a"]), refuse)).rejects.toThrow("no");
    const { stories, context: next } = recording(ledger);
    await notify(snsEvent(["a"]), next);
    now = 15 * 60_000 - 1;
    await notify(snsEvent(["a"]), next);
    expect(stories).toEqual(["a"]);
    now = 15 * 60_000;
    await notify(snsEvent(["a"]), next);
    expect(stories).toEqual(["a", "a"]);
  });

  test("that another invocation is sending is waited for, and fails with it", async () => {
    let refuse: (error: Error) => void = () => undefined;
    const deliver = jest.fn(() => new Promise<void>((_, reject) => (refuse = reject)));
    const shared = context(deliver);
    const both = [notify(snsEvent(["a"]), shared), notify(snsEvent(["a"]), shared)];
    await new Promise(setImmediate);
    refuse(new Error("Slack answered 500"));
    for (const one of both) await expect(one).rejects.toThrow("Slack answered 500");
    expect(deliver).toHaveBeenCalledTimes(1);
  });
});

test("a record without a message does not keep the next one back", async () => {
  const { stories, context } = recording();
  const event = { Records: [{ Sns: { Message: null } }, null, ...snsEvent(["fine"]).Records] };
  await notify(event, context);
  expect(stories).toEqual(["An empty notification arrived", "null", "fine"]);
});

test("an event without records posts nothing", async () => {
  await notify(
    { Records: [] },
    context(() => Promise.reject(new Error("unexpected delivery"))),
  );
});
