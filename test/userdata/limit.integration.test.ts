import { readFileSync } from "node:fs";
import { waitFor } from "../../local/region/wait";
import { STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const LEASE = "rollout/web/lease.json";
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const RECORD = "var/lib/towline/upgrading.json";

/** Whether a process is there, and no zombie. It may vanish while it is looked at. */
function runs(id: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${id}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Fails where anything of a command that hung goes on running. What was killed may need a moment of the processor to be gone. */
async function expectNothingLeft(host: Host): Promise<void> {
  const ids = host.read("state/hanging").trim().split("\n");
  await waitFor(`${ids} to be gone`, () => !ids.some(runs), { timeout: 60_000, interval: 5 });
}

/** Fails where the host is not back at 1.0.0 and its group has not heard why 1.1.0 went. */
async function expectBad(host: Host, reason: string): Promise<void> {
  expect(host.installed()).toBe("1.0.0");
  expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", reason });
  expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: `hello 1.1.0 was rolled back: ${reason}` });
  expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
  expect(host.has(RECORD)).toBe(false);
  await expectNothingLeft(host);
}

describe("a version of which something hangs goes, with the reason, and nothing of it runs on", () => {
  test.concurrent(
    "its maintainer script; dpkg is repaired after",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/fail/unpack-hello-1.1.0", "Unpacking hello (1.1.0) ...\nSetting up hello (1.1.0) ...\nhang\n");
      expect((await host.agent("poll")).code).toBe(0);
      await expectBad(
        host,
        "apt-get install hello=1.1.0 failed: apt-get did not end within 600 s and was killed, at hello",
      );
      const story = host.story();
      const back = story.indexOf("apt-get install /var/cache/towline/hello_1.0.0_amd64.deb");
      expect(story[back + 1]).toBe("dpkg --configure -a --force-confdef --force-confold");
    }),
  );

  test.concurrent.each([
    ["scale", "scale-1.1.0", "hello scale web=1 worker=2 failed: hello did not end within 600 s and was killed"],
    [
      "status",
      "hello-status-1.1.0",
      "not healthy within 1 s: hello status: hang | E: hello did not end within 30 s and was killed; log: listening | crashed",
    ],
  ])("its %s command", (_, call, reason) =>
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write(`state/fail/${call}`, "hang\n");
      expect((await host.agent("poll")).code).toBe(0);
      await expectBad(host, reason);
    })(),
  );

  test.concurrent(
    "the maintainer script of what it depends on",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.candidates("libfoo", ["2"]);
      host.write("state/needs/hello-1.1.0", "libfoo 2\n");
      host.write("state/fail/unpack-hello-1.1.0", "Setting up libfoo (2) ...\nhang\n");
      expect((await host.agent("poll")).code).toBe(0);
      await expectBad(
        host,
        "apt-get install hello=1.1.0 failed: apt-get did not end within 600 s and was killed, at libfoo",
      );
    }),
  );
});

describe("a fault of the host puts an upgrade off, without a verdict", () => {
  test.concurrent.each([
    ["a download that hangs", "install-hello-1.1.0", "hang\n", "apt-get did not end within 600 s and was killed"],
    [
      "a trigger of another package that hangs",
      "unpack-hello-1.1.0",
      "Setting up hello (1.1.0) ...\nProcessing triggers for man-db (2.13.1-1) ...\nhang\n",
      "apt-get did not end within 600 s and was killed, at man-db",
    ],
    [
      "a trigger of another package that fails",
      "unpack-hello-1.1.0",
      "dpkg: error processing package man-db (--configure):\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n",
      "Sub-process /usr/bin/dpkg returned an error code (1)",
    ],
  ])("%s", (_, call, text, reason) =>
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write(`state/fail/${call}`, text);
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        packages: { hello: "1.0.0" },
        error: expect.stringContaining(`hello=1.1.0 failed: ${reason}`),
      });
      expect(host.has(RECORD)).toBe(false);
      if (text.endsWith("hang\n")) await expectNothingLeft(host);
    })(),
  );

  test.concurrent(
    "a dpkg that hangs in another package before the upgrade",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/fail/configure", "Setting up linux-image (6.12) ...\nhang\n");
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        error: expect.stringMatching(/dpkg --configure -a failed: E: dpkg did not end within 300 s and was killed$/),
      });
      await expectNothingLeft(host);
    }),
  );
});

test.concurrent(
  "a way back that dpkg's interrupted state hangs at is gone on all the same",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.write("state/fail/unpack-hello-1.1.0", "Setting up hello (1.1.0) ...\nhang\n");
    host.write(
      "state/fail/unpack-hello-1.0.0",
      "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'\n",
    );
    host.write("state/times/unpack-hello-1.0.0", "1\n");
    expect((await host.agent("poll")).code).toBe(0);
    await expectBad(
      host,
      "apt-get install hello=1.1.0 failed: apt-get did not end within 600 s and was killed, at hello",
    );
  }),
);

test.concurrent(
  "no program that the agent starts inherits its lock: a daemon would keep it",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.write("state/note-locks", "");
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.has("state/locked-by")).toBe(false);
    expect(host.read("state/unlocked").split("\n")).toEqual(
      expect.arrayContaining(["apt-get install", "dpkg --configure", "hello scale", "hello status"]),
    );
  }),
);
