import { STATUS } from "./fake-aws";
import { withHost } from "./host";

const LEASE = "rollout/web/lease.json";
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const RECORD = "var/lib/towline/upgrading.json";

describe("an upgrade that is put off", () => {
  test.concurrent(
    "because the host cannot leave the load balancer: the host serves on, without a verdict",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.hook = (request) =>
        request.body.startsWith("Action=DeregisterTargets&")
          ? {
              status: 400,
              body: "<Error><Code>TargetGroupNotFound</Code><Message>One or more target groups not found</Message></Error>",
            }
          : undefined;
      const result = await host.agent("poll");
      expect(result.code).toBe(1);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        error:
          "the upgrade of hello to 1.1.0 was put off: elasticloadbalancing DeregisterTargets: HTTP 400 TargetGroupNotFound: One or more target groups not found",
      });
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    }),
  );
});

describe("an upgrade that is interrupted", () => {
  test.concurrent(
    "by SIGTERM lets apt end, and is finished by the next poll",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/signal/install", "TERM");
      const stopped = await host.agent("poll");
      expect(stopped).toMatchObject({
        code: 143,
        stdout: expect.stringContaining(
          "stopped by a signal: what is unfinished is resumed by the next poll or boot\n",
        ),
      });
      expect(host.installed()).toBe("1.1.0");
      expect(JSON.parse(host.read(RECORD))).toMatchObject({
        package: "hello",
        version: "1.1.0",
        previous: "1.0.0",
        outcome: "",
      });
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.story().slice(0, 4)).toEqual([
        `curl PUT ${LEASE}`,
        "dpkg --configure -a --force-confdef --force-confold",
        "hello scale web=1 worker=2",
        "curl GET http://127.0.0.1:8080/health",
      ]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: "1.1.0" } });
      expect(host.events()).toMatchObject([{ outcome: "upgraded" }]);
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
      expect(host.has(RECORD)).toBe(false);
    }),
  );

  test.concurrent(
    "before anything was installed returns to service without a verdict, and is tried again",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/signal/install", "KILL");
      host.write("state/fail/unpack-hello-1.1.0", "killed\n");
      expect(await host.agent("poll")).toMatchObject({ signal: "SIGKILL" });
      host.remove("state/fail/unpack-hello-1.1.0");
      expect(host.installed()).toBe("1.0.0");
      const result = await host.agent("poll");
      expect(result.code).toBe(0);
      expect(result.stderr).toContain("the upgrade of hello to 1.1.0 is put off: it was interrupted");
      expect(host.installed()).toBe("1.1.0");
      expect(host.events()).toMatchObject([{ outcome: "upgraded" }]);
    }),
  );

  test.concurrent(
    "while AWS could not be asked goes on where it stopped",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.hook = (request) =>
        request.body.startsWith("Action=RegisterTargets&")
          ? { status: 400, body: "<Error><Code>Throttling</Code></Error>" }
          : undefined;
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.installed()).toBe("1.1.0");
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      host.aws.hook = () => undefined;
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
    }),
  );

  test.concurrent(
    "by a reboot is finished by boot",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/signal/install", "TERM");
      await host.agent("poll");
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([]);
    }),
  );
});
