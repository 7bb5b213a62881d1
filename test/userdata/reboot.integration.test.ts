import { EXT4, GROW, LOOK, MOUNT, PROOF, REPORT, START, withVolume } from "./attachments-host";
import { INSTANCE, STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const LOOK_FOR_NEWS = "curl GET dists/stable/InRelease";
const AGAIN = "the last boot left this host out of service: trying again\n";
const UNHEALTHY =
  "not healthy within 1 s: GET http://127.0.0.1:8080/health answered 500 no database; log: listening | crashed";

/** The app answers 500, or is well again. */
function sick(host: Host, is: boolean): void {
  host.aws.health = () => (is ? { status: 500, body: "no database" } : { status: 200, body: "ok" });
}

/** A host in service that found nothing new, and whose app is not healthy after a reboot. */
function withFailed(body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.0.0"], async (host) => {
    expect((await host.agent("poll")).code).toBe(0);
    sick(host, true);
    expect((await host.agent("boot")).code).toBe(1);
    expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy", error: UNHEALTHY });
    host.forget();
    await body(host);
  });
}

describe("a host that a reboot left unhealthy", () => {
  test.concurrent(
    "serves again by the poll that finds it healthy, and is not asked for that any more",
    withFailed(async (host) => {
      sick(host, false);
      const result = await host.agent("poll");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result.stdout).toContain(AGAIN);
      expect(host.story()).toEqual([START, ...PROOF, REPORT, LOOK_FOR_NEWS]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy", error: "" });
      host.forget();
      expect(await host.agent("poll")).toMatchObject({ code: 0, stdout: "", stderr: "" });
      expect(host.story()).toEqual([LOOK_FOR_NEWS]);
    }),
  );

  test.concurrent(
    "claims its elastic IP then",
    withFailed(async (host) => {
      host.env({ TOWLINE_ELASTIC_IP: "eipalloc-0123456789abcdef0" });
      sick(host, false);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.story()).toEqual([START, ...PROOF, "curl POST ec2 AssociateAddress", REPORT, LOOK_FOR_NEWS]);
    }),
  );

  test.concurrent(
    "is tried anew by every poll until then, with nothing more for Slack",
    withFailed(async (host) => {
      for (const _ of [1, 2]) expect((await host.agent("poll")).stdout).toContain(AGAIN);
      expect(host.story().filter((line) => line === START)).toHaveLength(2);
      expect(host.events()).toEqual([]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy", error: UNHEALTHY });
    }),
  );

  test.concurrent(
    "is not kept from a newer version, which may be the cure",
    withFailed(async (host) => {
      host.broken("1.0.0");
      host.candidates("hello", ["1.1.0", "1.0.0"]);
      host.publish("two");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: "1.1.0" } });
    }),
  );

  test.concurrent(
    "stays as it is where it has left service meanwhile",
    withFailed(async (host) => {
      sick(host, false);
      host.write("run/towline/left", `${INSTANCE}\n`);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read("state/calls")).toBe("");
    }),
  );
});

test(
  "a host whose boot after a reboot was cut short serves again by the next poll",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    host.write("var/lib/towline/status.json", '{"instance":"i-0","group":"web","state":"booting","packages":{}}\n');
    expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
    expect(host.story().slice(0, 5)).toEqual([START, ...PROOF, REPORT]);
    expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy" });
  }),
);

test(
  "a host that could not mount its volume after a reboot installs nothing, and mounts and serves by a later poll",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    withVolume(host, EXT4);
    host.aws.volume.state = "attached";
    host.aws.volume.holder = INSTANCE;
    host.write("state/fail/mount", "");
    const claim = ["curl POST ec2 DescribeVolumes", ...LOOK, MOUNT];
    expect((await host.agent("boot")).code).toBe(1);
    host.forget();
    expect((await host.agent("poll")).code).toBe(1);
    expect(host.story()).toEqual([...claim, REPORT]);
    host.remove("state/fail/mount");
    host.forget();
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.story().slice(0, 11)).toEqual([...claim, GROW, START, ...PROOF, REPORT, LOOK_FOR_NEWS]);
    expect(host.installed()).toBe("1.1.0");
  }),
);

describe("a host that failed its first boot", () => {
  test.concurrent.each([
    ["", false],
    [", out of the warm pool,", true],
  ])("%s never comes to life by a poll", (_, warmed) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      if (warmed) for (const marker of ["launched", "warmed"]) host.write(`var/lib/towline/${marker}`, `${INSTANCE}\n`);
      sick(host, true);
      expect((await host.agent("boot")).code).toBe(1);
      expect(host.aws.queries("CompleteLifecycleAction")).toMatchObject([{ LifecycleActionResult: "ABANDON" }]);
      sick(host, false);
      host.forget();
      await host.agent("poll");
      expect(host.story()).not.toContain(START);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy" });
    })(),
  );
});
