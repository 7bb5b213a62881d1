import { INSTANCE } from "./fake-aws";
import { type Host, withHost } from "./host";

const TARGET = "/latest/meta-data/autoscaling/target-lifecycle-state";
const INTERRUPTION = "/latest/meta-data/spot/instance-action";
const NOTICE = '{"action":"terminate","time":"2026-01-31T12:00:00Z"}';
const LEAVE = "towline-agent leave";
const STOPPED = "stopped by a signal: what is unfinished is resumed by the next poll or boot";
const TERMINATED = "this host is to go: Auto Scaling takes it to Terminated";
const INTERRUPTED = `this host is to go: a spot interruption: ${NOTICE}`;

/** Watches for so many looks, ends as systemd would end it, and returns what it said until then. */
async function watch(host: Host, looks: number): Promise<{ readonly said: string[]; readonly errors: string }> {
  host.write("state/watched", String(looks));
  const { code, stdout, stderr } = await host.agent("watch");
  const said = stdout.trimEnd().split("\n");
  expect([code, said.pop()]).toEqual([143, STOPPED]);
  return { said, errors: stderr };
}

/** Calls `change` just before the nth look at what Auto Scaling has in mind is answered. */
function onLook(host: Host, change: (nth: number) => { status: number } | undefined): void {
  let seen = 0;
  host.aws.hook = (request) => (request.path === TARGET ? change(++seen) : undefined);
}

/** What the metadata service was asked, by the last part of each path. */
function asked(host: Host): string[] {
  return host.aws.requests.map((request) => request.path.replace(/.*\//, ""));
}

/** A host in service that has been there for a while: it knows its instance's id. */
function withServing(body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.0.0"], async (host) => {
    host.write("run/towline/instance", `${INSTANCE}\n`);
    await body(host);
  });
}

describe("a host in service", () => {
  test.concurrent(
    "asks the metadata service one question every 5 s, and nobody else anything",
    withServing(async (host) => {
      const { said, errors } = await watch(host, 20);
      expect([said, errors]).toEqual([["watching for the end of this on-demand host"], ""]);
      const look = "target-lifecycle-state";
      expect(asked(host)).toEqual(["token", "instance-life-cycle", ...Array<string>(20).fill(look)]);
      expect(new Set(host.aws.requests.map((request) => request.host))).toEqual(new Set(["169.254.169.254"]));
      expect(host.read("state/calls").match(/^sleep .*$/gm)).toEqual(Array(20).fill("sleep 5"));
      expect(host.story()).toEqual([]);
    }),
  );

  test.concurrent(
    "renews its token, which lasts 300 s, every 240 s",
    withServing(async (host) => {
      host.write("state/pause", "120");
      await watch(host, 5);
      const look = "target-lifecycle-state";
      expect(asked(host)).toEqual(["token", "instance-life-cycle", look, look, "token", look, look, "token", look]);
      const [renewal] = host.aws.requests.filter((request) => request.method === "PUT");
      expect(renewal?.headers["x-aws-ec2-metadata-token-ttl-seconds"]).toBe("300");
    }),
  );

  test.concurrent(
    "asks which instance it is where it does not know that yet",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await watch(host, 1);
      expect(asked(host)).toEqual(["token", "instance-id", "token", "instance-life-cycle", "target-lifecycle-state"]);
      expect(host.read("run/towline/instance")).toBe(`${INSTANCE}\n`);
    }),
  );

  test.concurrent(
    "stays while Auto Scaling only puts it on standby",
    withServing(async (host) => {
      host.aws.lifecycle = "Standby";
      await watch(host, 2);
      expect(host.story()).toEqual([]);
    }),
  );
});

describe("a host that Auto Scaling takes away", () => {
  test.concurrent(
    "leaves at the next look, once",
    withServing(async (host) => {
      onLook(host, (nth) => {
        if (nth === 3) host.aws.lifecycle = "Terminated";
        return undefined;
      });
      const { said, errors } = await watch(host, 6);
      expect([said, errors]).toEqual([["watching for the end of this on-demand host", TERMINATED], ""]);
      const calls = host.read("state/calls").match(/^(sleep|towline-agent) .*$/gm);
      expect(calls).toEqual(["sleep 5", "sleep 5", LEAVE, "sleep 5", "sleep 5", "sleep 5", "sleep 5"]);
    }),
  );

  test.concurrent(
    "leaves into the warm pool too",
    withServing(async (host) => {
      host.aws.lifecycle = "Warmed:Stopped";
      const { said } = await watch(host, 3);
      expect(said.slice(1)).toEqual(["this host is to go: Auto Scaling takes it to Warmed:Stopped"]);
      expect(host.story()).toEqual([LEAVE]);
    }),
  );

  test.concurrent(
    "leaves again at every look until that succeeds",
    withServing(async (host) => {
      host.aws.lifecycle = "Terminated";
      host.write("state/fail/leave", "");
      onLook(host, (nth) => {
        if (nth === 3) host.remove("state/fail/leave");
        return undefined;
      });
      const { said } = await watch(host, 5);
      expect(said.slice(1)).toEqual([TERMINATED, TERMINATED, TERMINATED]);
      expect(host.story()).toEqual([LEAVE, LEAVE, LEAVE]);
    }),
  );
});

test(
  "a watch that is told to end while the host leaves lets it leave first",
  withServing(async (host) => {
    host.aws.lifecycle = "Terminated";
    host.write("state/signal/leave", "TERM");
    const { said, errors } = await watch(host, 5);
    expect([said.slice(1), errors]).toEqual([[TERMINATED], ""]);
    expect(host.read("state/calls").match(/^(sleep|towline-agent) .*$/gm)).toEqual([LEAVE]);
  }),
);

describe("a spot host", () => {
  test.concurrent(
    "asks for the notice of its interruption as well",
    withServing(async (host) => {
      host.aws.spot = {};
      const { said, errors } = await watch(host, 2);
      expect([said, errors]).toEqual([["watching for the end of this spot host"], ""]);
      const look = ["target-lifecycle-state", "instance-action"];
      expect(asked(host)).toEqual(["token", "instance-life-cycle", ...look, ...look]);
      expect(host.story()).toEqual([]);
    }),
  );

  test.concurrent(
    "leaves once at the notice, and again when Auto Scaling waits for its answer",
    withServing(async (host) => {
      host.aws.spot = {};
      onLook(host, (nth) => {
        if (nth === 2) host.aws.spot = { notice: NOTICE };
        if (nth === 5) host.aws.lifecycle = "Terminated";
        return undefined;
      });
      const { said, errors } = await watch(host, 7);
      expect([said.slice(1), errors]).toEqual([[INTERRUPTED, TERMINATED], ""]);
      const calls = host.read("state/calls").match(/^(sleep|towline-agent) .*$/gm);
      const pause = "sleep 5";
      expect(calls).toEqual([pause, LEAVE, pause, pause, pause, LEAVE, pause, pause, pause]);
    }),
  );

  test.concurrent(
    "that Auto Scaling ends anyway leaves without asking the spot market",
    withServing(async (host) => {
      host.aws.spot = { notice: NOTICE };
      host.aws.lifecycle = "Terminated";
      await watch(host, 2);
      expect(host.story()).toEqual([LEAVE]);
      expect(host.aws.requests.map((request) => request.path)).not.toContain(INTERRUPTION);
    }),
  );

  test.concurrent(
    "is not missed where the metadata service does not say that it is one",
    withServing(async (host) => {
      host.aws.spot = { notice: NOTICE };
      host.aws.hook = (request) => (request.path.endsWith("/instance-life-cycle") ? { status: 0 } : undefined);
      const { said } = await watch(host, 2);
      expect(said).toEqual(["watching for the end of this on-demand or spot host", INTERRUPTED]);
      expect(host.story()).toEqual([LEAVE]);
    }),
  );
});

describe("a metadata service that fails", () => {
  test.concurrent(
    "for some looks makes the watch miss these, and nothing else",
    withServing(async (host) => {
      host.aws.lifecycle = "Terminated";
      // curl asks four times where the answer is 500.
      const failures = [401, 0, 500, 500, 500, 500];
      onLook(host, (nth) => {
        const status = failures[nth - 1];
        return status === undefined ? undefined : { status };
      });
      const { said, errors } = await watch(host, 5);
      expect([said.slice(1), errors]).toEqual([[TERMINATED], ""]);
      const calls = host.read("state/calls").match(/^(sleep|towline-agent) .*$/gm);
      expect(calls).toEqual(["sleep 5", "sleep 5", "sleep 5", LEAVE, "sleep 5", "sleep 5"]);
    }),
  );

  test.concurrent(
    "when the token is renewed is asked for one again at the next look",
    withServing(async (host) => {
      host.write("state/pause", "240");
      let tokens = 0;
      host.aws.hook = (request) => (request.method === "PUT" && ++tokens === 2 ? { status: 0 } : undefined);
      const { errors } = await watch(host, 3);
      const look = "target-lifecycle-state";
      expect(asked(host)).toEqual(["token", "instance-life-cycle", look, "token", look, "token", look]);
      expect(errors).toMatch(/^curl: .*\nerror: the instance metadata service gave no session token\n$/);
      expect(host.story()).toEqual([]);
    }),
  );

  test.concurrent(
    "from the start ends the watch, for systemd to start it again",
    withServing(async (host) => {
      host.aws.hook = () => ({ status: 0 });
      const result = await host.agent("watch");
      expect(result).toMatchObject({ code: 1, stdout: "" });
      expect(result.stderr).toMatch(/^curl: .*\nerror: the instance metadata service gave no session token\n$/);
    }),
  );
});
