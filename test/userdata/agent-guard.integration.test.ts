import { STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const GUARD = "var/lib/towline/guard";
const TIMER = "etc/systemd/system/towline-agent-guard.timer";
const VERDICT = "rollout/web/verdicts/towline-agent/0.2.0.json";

const restore = (host: Host) => host.run(`${host.root}/${GUARD}/restore`, []);
const calls = (host: Host, of: string) => host.story().filter((line) => line.startsWith(of));

/** A host whose poll has installed agent 0.2.0 and called it: the new one has not run yet. */
function withNewAgent(body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.0.0"], async (host) => {
    host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.installed("towline-agent")).toBe("0.2.0");
    await body(host);
  });
}

describe("an upgrade of the agent", () => {
  test.concurrent(
    "is ended by the new agent itself: no verdict, and the lease taken, before",
    withNewAgent(async (host) => {
      expect(host.story().at(-1)).toBe("towline-agent poll");
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      expect(host.read(`${GUARD}/guarded`)).toBe("0.2.0 0.1.0 https://towline-test.s3.eu-west-1.amazonaws.com/\n");
      expect(host.read(`${GUARD}/towline-agent.deb`)).toBe("deb\n");
      expect(host.read(TIMER)).toContain("\nOnActiveSec=10min\n");
      expect(calls(host, "systemctl enable")).toEqual(["systemctl enable --now towline-agent-guard.timer"]);

      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
      expect(host.has(GUARD)).toBe(false);
      expect(host.has(TIMER)).toBe(false);
      expect(calls(host, "systemctl disable")).toEqual([
        "systemctl disable --now towline-agent-guard.service towline-agent-guard.timer",
      ]);
    }),
  );

  test.concurrent(
    "is guarded until a write of a poll gets through",
    withNewAgent(async (host) => {
      host.aws.refuse(STATUS);
      expect(await host.agent("poll")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("the status of this host was refused: the guard of the new agent stays\n"),
      });
      expect(host.has(`${GUARD}/guarded`)).toBe(true);
      host.aws.hook = () => undefined;
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.has(GUARD)).toBe(false);
    }),
  );

  test.concurrent(
    "to one that has no self-test is proven as before, and not guarded",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
      host.write("state/no-self-test/0.2.0", "");
      expect((await host.agent("poll")).code).toBe(0);
      expect(calls(host, "towline-agent")).toEqual([
        "towline-agent self-test",
        "towline-agent status",
        "towline-agent self-test",
        "towline-agent status",
        "towline-agent poll",
      ]);
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
      expect(host.has(GUARD)).toBe(false);
    }),
  );

  test.concurrent(
    "to one that has no self-test and does not parse is bad",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
      host.write("state/no-self-test/0.2.0", "");
      host.write("usr/lib/towline/poll.sh", "if\n");
      await host.agent("poll");
      expect(host.aws.json(VERDICT)).toMatchObject({
        verdict: "bad",
        reason: expect.stringMatching(/^the installed towline-agent does not parse: .*poll\.sh: line 2: syntax error/),
      });
      expect(host.has(GUARD)).toBe(false);
    }),
  );
});

describe("the guard of a new agent that ends no poll", () => {
  test.concurrent(
    "brings the one before back, whose poll convicts the new one",
    withNewAgent(async (host) => {
      host.forget();
      expect(await restore(host)).toMatchObject({ code: 0 });
      expect(calls(host, "").filter((line) => !line.startsWith("curl"))).toEqual([
        "systemctl stop towline-agent-poll.timer towline-agent-poll.service",
        `dpkg --force-confdef --force-confold --install /${GUARD}/towline-agent.deb`,
        "systemctl start towline-agent-poll.timer",
        "systemctl disable --now towline-agent-guard.timer",
      ]);
      expect(host.installed("towline-agent")).toBe("0.1.0");

      const reason = "no poll of it ended with a write within 600 s: the guard brought 0.1.0 back";
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", reason });
      expect(host.aws.json("rollout/web/lease.json")).toMatchObject({ holder: "" });
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        packages: { "towline-agent": "0.1.0" },
        error: `towline-agent 0.2.0 was rolled back: ${reason}`,
      });
      expect(host.events()).toMatchObject([{ outcome: "rolled-back", version: "0.2.0", previous: "0.1.0" }]);
      expect(host.has(GUARD)).toBe(false);
    }),
  );

  test.concurrent.each([
    ["S3", "towline-test.s3.eu-west-1.amazonaws.com", 503],
    ["the metadata service", "169.254.169.254", 500],
    ["S3, with no answer at all,", "towline-test.s3.eu-west-1.amazonaws.com", 0],
  ])("waits on while %s is what does not answer", (_, name, status) =>
    withNewAgent(async (host) => {
      host.aws.hook = (request) => (request.host === name ? { status } : undefined);
      expect(await restore(host)).toMatchObject({ code: 0, stdout: expect.stringContaining("AWS does not answer") });
      expect(host.installed("towline-agent")).toBe("0.2.0");
      expect(host.has(`${GUARD}/guarded`)).toBe(true);
      expect(host.read("state/calls")).toMatch(/systemctl restart towline-agent-guard\.timer\n$/);
    })(),
  );

  test.concurrent(
    "tries again where dpkg cannot",
    withNewAgent(async (host) => {
      host.write("state/fail/restore", "dpkg: error: dpkg frontend lock was locked by another process\n");
      expect((await restore(host)).code).toBe(100);
      expect(host.has(`${GUARD}/guarded`)).toBe(true);
      host.remove("state/fail/restore");
      expect((await restore(host)).code).toBe(0);
      expect(host.has(`${GUARD}/restored`)).toBe(true);
    }),
  );
});
