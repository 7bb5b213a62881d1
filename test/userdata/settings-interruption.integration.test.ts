import { STATUS } from "./fake-aws";
import { withHost } from "./host";
import { breaking, expectEnded, FILE, RECORD, restarts, serveWith, UNHEALTHY, verdictKey } from "./settings-host";

describe("a change of settings that is interrupted", () => {
  test.concurrent(
    "before the host has left the load balancer is gone on with by the next poll",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const id = host.configure('A="2"\n');
      host.write("state/signal/drain", "KILL");
      expect(await host.agent("poll")).toMatchObject({ signal: "SIGKILL" });
      expect(host.read(FILE)).toBe('A="1"\n');
      expect(JSON.parse(host.read(RECORD))).toMatchObject({ package: "hello", id, outcome: "", reason: "" });
      host.forget();
      expect(await host.agent("poll")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`resuming the interrupted change of hello to ${id}\n`),
      });
      expect(host.story().slice(0, 3)).toEqual([
        "curl PUT rollout/web/lease.json",
        "curl POST elasticloadbalancing DescribeTargetHealth",
        "curl POST elasticloadbalancing DeregisterTargets",
      ]);
      expect(restarts(host)).toEqual(["hello restart"]);
      expect(host.read(FILE)).toBe('A="2"\n');
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "ok" });
      expectEnded(host);
    }),
  );

  test.concurrent(
    "at the restart is proven by the next poll, after another one",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const id = host.configure('A="2"\n');
      host.write("state/signal/restart", "TERM");
      expect(await host.agent("poll")).toMatchObject({
        code: 143,
        stdout: expect.stringContaining(
          "stopped by a signal: what is unfinished is resumed by the next poll or boot\n",
        ),
      });
      expect(host.read(FILE)).toBe('A="2"\n');
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.story().slice(1, 3)).toEqual(["hello restart", "hello scale web=1 worker=2"]);
      expect(host.aws.queries("DeregisterTargets")).toEqual([]);
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "ok" });
      expectEnded(host);
    }),
  );

  test.concurrent(
    "at the restart, and turns out bad, still goes back to the settings before",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const id = host.configure('A="2"\n');
      breaking(host, 'A="2"');
      host.write("state/signal/restart", "KILL");
      expect(await host.agent("poll")).toMatchObject({ signal: "SIGKILL" });
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(FILE)).toBe('A="1"\n');
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "bad" });
      expectEnded(host);
    }),
  );

  test.concurrent(
    "while it goes back is gone back from by the next poll",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const id = host.configure('A="2"\n');
      breaking(host, 'A="2"');
      const { health } = host.aws;
      host.aws.health = () => {
        host.write("state/signal/restart", "KILL");
        return health();
      };
      expect(await host.agent("poll")).toMatchObject({ signal: "SIGKILL" });
      expect(JSON.parse(host.read(RECORD))).toMatchObject({ outcome: "bad", reason: UNHEALTHY });
      expect(host.read(FILE)).toBe('A="1"\n');
      host.aws.health = health;
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(restarts(host)).toEqual(["hello restart"]);
      expect(host.read(FILE)).toBe('A="1"\n');
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "bad", reason: UNHEALTHY });
      expect(host.events()).toMatchObject([{ outcome: "rolled-back", version: id }]);
      expectEnded(host);
    }),
  );

  test.concurrent(
    "by a reboot is ended by the boot",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const id = host.configure('A="2"\n');
      host.write("state/signal/restart", "KILL");
      await host.agent("poll");
      host.forget();
      expect((await host.agent("boot")).code).toBe(0);
      expect(restarts(host)).toEqual(["hello restart"]);
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "ok" });
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
      expectEnded(host);
    }),
  );

  test.concurrent(
    "while AWS could not be asked goes on where it stopped",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const id = host.configure('A="2"\n');
      host.aws.hook = (request) =>
        request.body.startsWith("Action=RegisterTargets&")
          ? { status: 400, body: "<Error><Code>Throttling</Code></Error>" }
          : undefined;
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.has(verdictKey(id))).toBe(false);
      host.aws.hook = () => undefined;
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "ok" });
      expectEnded(host);
    }),
  );
});
