import { INSTANCE, type Request, STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

/** What an upgrade changes on the host and outside of it, in its order. */
const EFFECTS = [
  "apt-get update",
  "curl PUT rollout/web/lease.json",
  "curl PUT rollout/web/trials/hello/1.1.0.json",
  "curl PUT hosts/web/ARN/INSTANCE.json",
  "dpkg --configure",
  "apt-get install --download-only hello=1.1.0 towline-agent=0.1.0",
  "curl POST elasticloadbalancing DeregisterTargets",
  "apt-get install hello=1.1.0 towline-agent=0.1.0",
  "hello scale web=1 worker=2",
  "curl POST elasticloadbalancing RegisterTargets",
  "curl PUT rollout/web/verdicts/hello/1.1.0.json",
  "curl PUT hosts/web/ARN/INSTANCE.json",
  "curl POST sns Publish",
  "curl PUT rollout/web/lease.json",
  "curl PUT rollout/web/voices/towline-agent/0.1.0/ok/ARN/INSTANCE.json",
  "curl PUT rollout/web/voices/hello/1.1.0/ok/ARN/INSTANCE.json",
];
type Ends = (typeof ENDS)[number];
const ENDS = ["is killed before", "is killed after", "loses its power before", "loses its power after"] as const;

/** Each effect and, of the ways it can end there, one in turn; all of them where somebody asks. */
const CASES = EFFECTS.flatMap((effect, at): [Ends, string, number][] => {
  // A command is not ended after its end: that is before the next one.
  const ends = ENDS.filter((end) => effect.startsWith("curl ") || end.endsWith("before"));
  const some = process.env.TOWLINE_KILLS === "all" ? ends : [ends[(at * 3) % ends.length] as Ends];
  const time = EFFECTS.slice(0, at).filter((other) => other === effect).length;
  return some.map((end) => [end, effect, time]);
});

/** What the agent changes by a request, as `EFFECTS` has it. */
function effectOf({ method, host, path, body }: Request): string {
  const action = /^Action=(\w+)/.exec(body)?.[1];
  const target = action ? `${host.split(".")[0]} ${action}` : decodeURIComponent(path.slice(1));
  return `curl ${method} ${target}`.replace(/arn:.*instance\//, "ARN/").replace(INSTANCE, "INSTANCE");
}

/** Has the agent end at an effect that comes for the given time, from 0. */
function endAt(host: Host, effect: string, time: number, after: boolean): void {
  if (!effect.startsWith("curl ")) {
    host.write("state/kill", effect);
    return;
  }
  let left = time;
  host.aws.hook = (request) => {
    if (effectOf(request) !== effect || left-- !== 0) return undefined;
    host.kill();
    return after ? undefined : { status: 0 };
  };
}

test(
  "an upgrade has these effects",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    expect((await host.agent("poll")).code).toBe(0);
    const found = host
      .whole()
      .filter((line) => !line.startsWith("curl GET ") && !line.includes("DescribeTargetHealth"))
      .map((line) => line.replace(/^dpkg --configure .*/, "dpkg --configure"));
    expect(found).toEqual(EFFECTS);
  }),
);

describe("a host that", () => {
  test.concurrent.each(CASES)(
    "%s %s (%d) comes to the version by its next polls, and keeps nobody out",
    (end, effect, time) =>
      withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
        endAt(host, effect, time, end.endsWith("after"));
        expect((await host.agent("poll")).signal).toBe("SIGKILL");
        if (end.startsWith("loses")) {
          host.remove("run");
          await host.agent("boot");
        }
        for (let poll = 0; poll < 3; poll++) await host.agent("poll");
        expect(host.installed()).toBe("1.1.0");
        expect(host.aws.json(STATUS)).toMatchObject({
          state: "serving",
          health: "healthy",
          packages: { hello: "1.1.0" },
        });
        expect(host.aws.json("rollout/web/verdicts/hello/1.1.0.json")).toMatchObject({ verdict: "ok" });
        expect(host.aws.json("rollout/web/trials/hello/1.1.0.json")).toMatchObject({ vanished: [], failed: {} });
        expect(host.aws.json("rollout/web/lease.json")).toMatchObject({ holder: "" });
        expect(host.aws.targetStates.at(-1)).toBe("healthy");
        expect(host.has("var/lib/towline/upgrading.json")).toBe(false);
      })(),
  );
});
