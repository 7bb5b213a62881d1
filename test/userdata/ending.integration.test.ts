import { STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";
import { RECORD as CHANGE, serveWith, UNHEALTHY, verdictKey } from "./settings-host";

const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const RECORD = "var/lib/towline/upgrading.json";

const ENDS: [string, (host: Host) => void][] = [
  ["systemd stops", (host) => host.write("state/system", "stopping\n")],
  ["systemd does not answer any more", (host) => host.write("state/system", "")],
  ["systemd is offline", (host) => host.write("state/system", "offline\n")],
  ["the app is being stopped", (host) => host.write("state/jobs", "  77 hello-web@1.service stop running\n")],
];

describe("a host that ends convicts nobody, and its record is there for the next boot", () => {
  test.concurrent.each(ENDS)("%s while the new version comes up", (_, end) =>
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.broken("1.1.0");
      end(host);
      const result = await host.agent("poll");
      expect(result.code).toBe(1);
      expect(result.stderr).toContain("hello 1.1.0 is not judged, since ");
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      expect(host.events()).toEqual([]);
      expect(JSON.parse(host.read(RECORD))).toMatchObject({ version: "1.1.0", outcome: "" });

      for (const left of ["system", "jobs"]) host.remove(`state/${left}`);
      host.broken();
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
    })(),
  );

  test.concurrent(
    "not even where it had begun to go back",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.health = () => {
        if (host.installed() === "1.1.0") return { status: 500, body: "no database" };
        host.write("state/system", "stopping\n");
        return { status: 200, body: "ok" };
      };
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      expect(host.events()).toEqual([]);
      expect(JSON.parse(host.read(RECORD))).toMatchObject({ outcome: "" });
    }),
  );

  test.concurrent(
    "nor by what dpkg fails at then",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/fail/unpack-hello-1.1.0", "E: Sub-process /usr/bin/dpkg returned an error code (1)\n");
      host.write("state/system", "stopping\n");
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.has(VERDICT)).toBe(false);
    }),
  );

  test.concurrent(
    "nor by new settings",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, "A=1\n");
      const id = host.configure("A=2\n");
      host.aws.health = () => ({ status: 500, body: "no database" });
      host.write("state/system", "stopping\n");
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.has(verdictKey(id))).toBe(false);
      expect(JSON.parse(host.read(CHANGE))).toMatchObject({ id, outcome: "" });
    }),
  );
});

test.concurrent.each([["Terminated"], ["Standby"], ["Warmed:Stopped"]])(
  "a host that Auto Scaling takes to %s goes back without a verdict, and does not try again at once",
  (target) =>
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.health = () => {
        if (host.installed() !== "1.1.0") return { status: 200, body: "ok" };
        host.aws.lifecycle = target;
        return { status: 500, body: "no database" };
      };
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      expect(host.events()).toEqual([]);
      expect(host.aws.json(STATUS)).toMatchObject({
        error: `the upgrade of hello to 1.1.0 was put off: it was interrupted, since Auto Scaling takes this host to ${target}: ${UNHEALTHY}`,
      });
      host.forget();
      expect(await host.agent("poll")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("hello 1.1.0 waits "),
      });
    })(),
);

test.concurrent(
  "a host whose system is merely degraded convicts",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.broken("1.1.0");
    host.write("state/system", "degraded\n");
    host.write("state/jobs", "  78 other-thing.service stop waiting\n  79 hello-web@1.service start running\n");
    await host.agent("poll");
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad" });
  }),
);

describe("a host that Auto Scaling takes away begins nothing", () => {
  test.concurrent(
    "no upgrade, for which it takes no lease",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.lifecycle = "Terminated";
      const result = await host.agent("poll");
      expect(result).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("hello 1.1.0 is not taken, since Auto Scaling takes this host to Terminated\n"),
      });
      expect(host.aws.s3().filter((line) => line.startsWith("PUT"))).toEqual([]);
    }),
  );

  test.concurrent(
    "no settings",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, "A=1\n");
      const id = host.configure("A=2\n");
      host.aws.lifecycle = "Terminated";
      await host.agent("poll");
      expect(host.aws.queries("DeregisterTargets")).toEqual([]);
      expect(host.aws.objects.has(verdictKey(id))).toBe(false);
    }),
  );
});
