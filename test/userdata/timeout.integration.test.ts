import { STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const POLICY = "rollout/web/policy.json";
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const RECORD = "var/lib/towline/upgrading.json";
const TURN = "var/lib/towline/turn.json";

/** A host whose group lets its hosts be out for so many seconds. */
function limited(timeout: number, body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.env({ TOWLINE_HEALTH_TIMEOUT: "60" });
    host.aws.objects.set(POLICY, JSON.stringify({ timeout }));
    await body(host);
  });
}

/** Fails where the host is not back, or the reason is another. */
function expectBack(host: Host, reason: RegExp): void {
  expect(host.installed()).toBe("1.0.0");
  expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", reason: expect.stringMatching(reason) });
  expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy" });
  expect(host.has(RECORD)).toBe(false);
}

describe("a host that is out for longer than its group's rollout allows goes back, and says so:", () => {
  test.concurrent(
    "where the installation hangs",
    limited(300, async (host) => {
      host.write("state/fail/unpack-hello-1.1.0", "Setting up hello (1.1.0) ...\nhang\n");
      expect((await host.agent("poll")).code).toBe(0);
      expectBack(
        host,
        /^out for longer than 300 s, the timeout of the group's rollout: apt-get install hello=1\.1\.0 failed: apt-get did not end within 29\d s and was killed, at hello$/,
      );
    }),
  );

  test.concurrent(
    "where it does not become healthy, though its health gate would wait longer",
    limited(8, async (host) => {
      host.broken("1.1.0");
      expect((await host.agent("poll")).code).toBe(0);
      expectBack(
        host,
        /^out for longer than 8 s, the timeout of the group's rollout: not healthy within [4-8] s: GET http/,
      );
    }),
  );

  test.concurrent(
    "where the load balancer does not find it healthy",
    limited(20, async (host) => {
      host.aws.hook = (request) => {
        const asked = request.body.includes("Action=DescribeTargetHealth&");
        if (asked && host.installed() === "1.1.0") host.aws.targetStates = ["initial"];
        return undefined;
      };
      expect((await host.agent("poll")).code).toBe(0);
      expectBack(
        host,
        /^out for longer than 20 s, the timeout of the group's rollout: the load balancer still says initial after 1\d s/,
      );
    }),
  );

  test.concurrent(
    "where it was interrupted, counted from when it goes on",
    limited(9000, async (host) => {
      const turn = {
        package: "hello",
        version: "1.1.0",
        size: 1,
        tags: {},
        slot: 0,
        width: 1,
        trial: true,
        timeout: 5,
      };
      host.write(TURN, `${JSON.stringify(turn)}\n`);
      const started = Math.floor(Date.now() / 1000) - 4000;
      const record = { package: "hello", version: "1.1.0", previous: "1.0.0", started, outcome: "", reason: "" };
      host.write(RECORD, `${JSON.stringify(record)}\n`);
      host.write("state/installed/hello", "1.1.0\n");
      host.broken("1.1.0");
      await host.agent("poll");
      expectBack(
        host,
        /^out for longer than 5 s, the timeout of the group's rollout: not healthy within [345] s: GET http/,
      );
    }),
  );
});

test.concurrent(
  "what fails within the time says nothing of it, and a policy without one sets none",
  limited(0, async (host) => {
    host.env({ TOWLINE_HEALTH_TIMEOUT: "2" });
    host.broken("1.1.0");
    expect((await host.agent("poll")).code).toBe(0);
    expectBack(host, /^not healthy within 2 s: GET http/);
  }),
);
