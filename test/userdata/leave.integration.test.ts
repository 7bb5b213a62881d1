import { chmodSync } from "node:fs";
import { join } from "node:path";
import { ADDRESS, INSTANCE, STATUS } from "./fake-aws";
import { VOLUME } from "./fake-volume";
import { Host, type Result, withHost } from "./host";
import { LEASE } from "./settings-host";

const LEFT = "run/towline/left";
const UPGRADE = "var/lib/towline/upgrading.json";
const CHANGE = "var/lib/towline/restarting.json";
const HERE = `${ADDRESS}       STREAM web.test.internal\n${ADDRESS}       DGRAM  \n`;
const ELSEWHERE = "10.0.2.4        STREAM web.test.internal\n10.0.2.4        DGRAM  \n";
const NO_ACTION =
  "<Error><Code>ValidationError</Code><Message>No active Lifecycle Action found with instance ID i-0</Message></Error>";
const DENIED = "<Error><Code>AccessDenied</Code><Message>not authorized</Message></Error>";
const ANSWER = {
  Action: "CompleteLifecycleAction",
  Version: "2011-01-01",
  AutoScalingGroupName: "towline-test-web",
  LifecycleHookName: "terminate",
  InstanceId: INSTANCE,
  LifecycleActionResult: "CONTINUE",
};

const STOP_POLL = "systemctl stop towline-agent-poll.timer towline-agent-poll.service";
const REPORT = "curl PUT hosts/web/ARN/INSTANCE.json";
const DEREGISTER = "curl POST elasticloadbalancing DeregisterTargets";
const DRAINED = "curl POST elasticloadbalancing DescribeTargetHealth";
const LOOK_UP = "getent ahostsv4 web.test.internal";
const SCALE_DOWN = "hello scale web=0 worker=0";
const COMPLETE = "curl POST autoscaling CompleteLifecycleAction";
/** Everything a web host does that nobody uses any more and that holds no lease. */
const WHOLE = [STOP_POLL, REPORT, DEREGISTER, DRAINED, DRAINED, LOOK_UP, SCALE_DOWN, COMPLETE] as const;

/** What getent says of the group's name: each answer once, the last one from then on. */
function named(host: Host, ...answers: string[]): void {
  host.write("state/names/web.test.internal", answers.join("\n"));
}

function lease(holder: string): string {
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/, "");
  return JSON.stringify({ holder, package: "hello", version: "1.1.0", since: at(-60), expires: at(300) });
}

/** Refuses these actions of the Query APIs, as IAM does. */
function deny(host: Host, ...actions: string[]): void {
  host.aws.hook = (request) =>
    actions.some((action) => request.body.startsWith(`Action=${action}&`)) ? { status: 403, body: DENIED } : undefined;
}

/** The agent's pauses of whole seconds, in order. */
function pauses(host: Host): string[] {
  return host.read("state/calls").match(/^sleep \d+$/gm) ?? [];
}

/** A host with version 1.0.0 of hello in service that Auto Scaling ends. */
function withEnding(body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.0.0"], async (host) => {
    host.aws.lifecycle = "Terminated";
    await body(host);
  });
}

describe("a web host that Auto Scaling ends", () => {
  let host: Host;
  let result: Result;

  afterAll(async () => expect(await host.stop()).toEqual([]));
  beforeAll(async () => {
    host = await Host.start("1.0.0", ["1.0.0"]);
    host.aws.lifecycle = "Terminated";
    host.aws.objects.set(LEASE, lease(INSTANCE));
    host.write(UPGRADE, "{}");
    host.write(CHANGE, "{}");
    named(host, HERE, `${ELSEWHERE}${HERE}`, ELSEWHERE);
    result = await host.agent("leave");
  });

  test("leaves whoever sends it work, then ends its processes, then lets Auto Scaling go on", () => {
    expect(host.story()).toEqual([
      STOP_POLL,
      REPORT,
      DEREGISTER,
      DRAINED,
      DRAINED,
      LOOK_UP,
      LOOK_UP,
      LOOK_UP,
      SCALE_DOWN,
      `curl PUT ${LEASE}`,
      COMPLETE,
    ]);
  });

  test("says so, a line for each step", () => {
    expect(result).toEqual({
      code: 0,
      signal: null,
      stdout: `this host leaves service
left the load balancer, waiting for its connections to end
waiting until web.test.internal does not lead to this host any more
stopped hello web=0 worker=0
completed the lifecycle action of the hook terminate: CONTINUE
`,
      stderr: "",
    });
  });

  test("gives clients that remember its address the records' 5 s once its name leads elsewhere, before it ends anything", () => {
    const calls = host.read("state/calls").trim().split("\n");
    const last = calls.lastIndexOf(LOOK_UP);
    expect(calls.slice(last, last + 3)).toEqual([LOOK_UP, "sleep 5", SCALE_DOWN]);
    expect(pauses(host)).toEqual(["sleep 1", "sleep 1", "sleep 1", "sleep 5"]);
  });

  test("takes itself, and no other, out of its target group", () => {
    expect(host.aws.queries("DeregisterTargets")).toEqual([
      {
        Action: "DeregisterTargets",
        Version: "2015-12-01",
        TargetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef",
        "Targets.member.1.Id": INSTANCE,
      },
    ]);
  });

  test("completes the termination action of this instance with CONTINUE", () => {
    expect(host.aws.queries("CompleteLifecycleAction")).toEqual([ANSWER]);
  });

  test("reports that it leaves, and gives the lease back", () => {
    expect(host.aws.json(STATUS)).toMatchObject({
      instance: INSTANCE,
      group: "web",
      state: "leaving",
      health: "unknown",
      packages: { "towline-agent": "0.1.0", hello: "1.0.0" },
      error: "",
    });
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
  });

  test("leaves nothing to resume, and remembers that it left", () => {
    expect([UPGRADE, CHANGE].map((path) => host.has(path))).toEqual([false, false]);
    expect(host.read(LEFT)).toBe(`${INSTANCE}\n`);
    expect(host.has("var/lib/towline/warmed")).toBe(false);
  });

  test("does nothing more when polls come", async () => {
    host.forget();
    host.publish("two");
    expect(await host.agent("poll")).toEqual({
      code: 0,
      signal: null,
      stdout: "this host has left service: nothing to poll for any more\n",
      stderr: "",
    });
    expect(host.read("state/calls")).toBe("");
  });

  test("only answers its hook when it is asked to leave once more", async () => {
    host.forget();
    expect(await host.agent("leave")).toEqual({
      code: 0,
      signal: null,
      stdout: "completed the lifecycle action of the hook terminate: CONTINUE\n",
      stderr: "",
    });
    expect(host.story()).toEqual([COMPLETE]);
    expect(host.aws.queries("CompleteLifecycleAction")).toEqual([ANSWER]);
  });
});

describe("a host that leaves has only that to leave which it has", () => {
  test.concurrent(
    "a worker without load balancer and registry: its processes, and its hook",
    withEnding(async (host) => {
      host.worker();
      host.env({ TOWLINE_NAMESPACE: "" });
      expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([STOP_POLL, REPORT, SCALE_DOWN, COMPLETE]);
      expect(pauses(host)).toEqual([]);
      expect(host.has(LEFT)).toBe(true);
    }),
  );

  test.concurrent(
    "a host with two apps: the processes of both",
    withEnding(async (host) => {
      host.worker();
      host.second();
      expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story().filter((line) => line.includes(" scale "))).toEqual([SCALE_DOWN, "other scale web=0"]);
    }),
  );

  test.concurrent(
    "a host with a group's volume: that too, once nothing writes to it",
    withEnding(async (host) => {
      host.worker();
      host.env({ TOWLINE_VOLUME_ID: VOLUME, TOWLINE_VOLUME_MOUNT: "/srv/data" });
      Object.assign(host.aws.volume, { state: "attached", holder: INSTANCE });
      const result = await host.agent("leave");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result.stdout).toContain(`let go of the volume ${VOLUME}\n`);
      expect(host.story()).toEqual([
        STOP_POLL,
        REPORT,
        LOOK_UP,
        SCALE_DOWN,
        "systemctl stop srv-data.mount",
        "curl POST ec2 DetachVolume",
        COMPLETE,
      ]);
      expect(host.aws.queries("DetachVolume")).toEqual([
        { Action: "DetachVolume", Version: "2016-11-15", VolumeId: VOLUME, InstanceId: INSTANCE },
      ]);
      expect(host.aws.volume.state).toBe("detaching");
    }),
  );

  test.concurrent(
    "the lease of another host stays its own",
    withEnding(async (host) => {
      const other = lease("i-0bbb");
      host.aws.objects.set(LEASE, other);
      expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual(WHOLE);
      expect(host.aws.objects.get(LEASE)).toBe(other);
    }),
  );

  test.concurrent(
    "a host of a launch template without a termination hook: it answers none",
    withEnding(async (host) => {
      const file = host.read("etc/towline/host.env");
      host.write("etc/towline/host.env", file.replace(/^TOWLINE_TERMINATION_HOOK=.*\n/m, ""));
      expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual(WHOLE.slice(0, -1));
      expect(host.has(LEFT)).toBe(true);
    }),
  );
});

describe("whatever fails on the way is said and gone past, and the hook is answered", () => {
  const says = async (host: Host, ...errors: string[]) => {
    const result = await host.agent("leave");
    expect(result.stderr).toBe(errors.map((error) => `error: ${error}\n`).join(""));
    expect(result.code).toBe(0);
    expect(result.stdout).toContain("completed the lifecycle action of the hook terminate: CONTINUE\n");
    expect(host.aws.queries("CompleteLifecycleAction").at(-1)).toEqual(ANSWER);
    expect(host.has(LEFT)).toBe(true);
  };

  test.concurrent(
    "where AWS refuses to take the host out of the load balancer",
    withEnding(async (host) => {
      deny(host, "DeregisterTargets");
      await says(
        host,
        "elasticloadbalancing DeregisterTargets: HTTP 403 AccessDenied: not authorized",
        "going on without having left the load balancer",
      );
      expect(host.story()).toEqual(WHOLE.filter((line) => line !== DRAINED));
    }),
  );

  test.concurrent(
    "where connections do not end in the time they are given",
    withEnding(async (host) => {
      host.write("state/pause", "31");
      host.aws.hook = (request) => {
        if (request.body.startsWith("Action=DescribeTargetHealth&")) host.aws.targetStates = ["draining"];
        return undefined;
      };
      await says(
        host,
        "the load balancer still says draining after 31 s",
        "going on without having left the load balancer",
      );
      expect(host.story()).toEqual(WHOLE);
    }),
  );

  test.concurrent(
    "where the app's command fails, with what the app says",
    withEnding(async (host) => {
      host.write("state/fail/scale-1.0.0", "");
      await says(host, "hello scale web=0 worker=0 failed: listening | crashed");
      expect(host.story()).toEqual(WHOLE);
    }),
  );

  test.concurrent(
    "where the group's name still leads to this host after 30 s",
    withEnding(async (host) => {
      named(host, HERE);
      host.write("state/pause", "15");
      await says(
        host,
        "web.test.internal still leads to this host after 30 s",
        "going on while clients may still be sent here",
      );
      expect(pauses(host)).not.toContain("sleep 5");
      expect(host.story().slice(-5)).toEqual([LOOK_UP, LOOK_UP, LOOK_UP, SCALE_DOWN, COMPLETE]);
    }),
  );

  test.concurrent(
    "where the lease cannot be read",
    withEnding(async (host) => {
      host.aws.refuse(LEASE);
      await says(
        host,
        `reading https://towline-test.s3.eu-west-1.amazonaws.com/${LEASE}: HTTP 403 AccessDenied: Access Denied`,
        "the lease expires by itself",
      );
    }),
  );

  test.concurrent(
    "where the status cannot be reported",
    withEnding(async (host) => {
      host.aws.hook = (request) =>
        decodeURIComponent(request.path) === `/${STATUS}` ? { status: 403, body: DENIED } : undefined;
      await says(
        host,
        `writing https://towline-test.s3.eu-west-1.amazonaws.com/${STATUS.replaceAll(":", "%3A")}: HTTP 403 AccessDenied: not authorized`,
        "the status of this host could not be reported",
      );
      expect(host.story()).toEqual(WHOLE);
    }),
  );

  test.concurrent(
    "where the disk is full",
    withEnding(async (host) => {
      host.write(
        "fake-bin/mktemp",
        `#!/bin/sh
case $1 in
  */var/lib/towline/*) echo "mktemp: No space left on device" >&2 && exit 1 ;;
  *) exec /usr/bin/mktemp "$@" ;;
esac
`,
      );
      chmodSync(join(host.root, "fake-bin/mktemp"), 0o755);
      const result = await host.agent("leave");
      expect(result).toMatchObject({
        code: 0,
        stderr: `mktemp: No space left on device\nerror: ${host.root}/var/lib/towline/status.json could not be written: is the disk full?\n`,
      });
      expect(host.story()).toEqual(WHOLE);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "leaving" });
    }),
  );

  test.concurrent(
    "where the disk does not unmount, which keeps AWS from taking the volume in the middle of a write",
    withEnding(async (host) => {
      host.worker();
      host.env({ TOWLINE_NAMESPACE: "", TOWLINE_VOLUME_ID: VOLUME, TOWLINE_VOLUME_MOUNT: "/srv/data" });
      host.write("state/fail/unmount", "");
      host.write("state/log", "umount: /srv/data: target is busy.\n");
      await says(
        host,
        "the disk could not be unmounted from /srv/data: umount: /srv/data: target is busy.",
        "AWS detaches the volume when this host is off",
      );
      expect(host.story()).toEqual([STOP_POLL, REPORT, SCALE_DOWN, "systemctl stop srv-data.mount", COMPLETE]);
    }),
  );
});

describe("the termination hook", () => {
  test.concurrent(
    "is answered again until Auto Scaling has come to it",
    withEnding(async (host) => {
      host.worker();
      let early = 3;
      host.aws.hook = (request) =>
        request.body.startsWith("Action=CompleteLifecycleAction&") && early-- > 0
          ? { status: 400, body: NO_ACTION }
          : undefined;
      const result = await host.agent("leave");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result.stdout.split("\n").slice(-3)).toEqual([
        "waiting for Auto Scaling to come to its hook terminate",
        "completed the lifecycle action of the hook terminate: CONTINUE",
        "",
      ]);
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([ANSWER, ANSWER, ANSWER, ANSWER]);
      expect(pauses(host)).toEqual(["sleep 5", "sleep 2", "sleep 2", "sleep 2"]);
    }),
  );

  test.concurrent(
    "that no action of waits is asked for as long as connections are given, and a minute",
    withEnding(async (host) => {
      host.env({ TOWLINE_DRAIN_TIMEOUT: "10" });
      host.write("state/pause", "35");
      host.aws.hook = (request) =>
        request.body.startsWith("Action=CompleteLifecycleAction&") ? { status: 400, body: NO_ACTION } : undefined;
      const result = await host.agent("leave");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result.stdout).toContain(
        "no lifecycle action of the hook terminate waits for this instance: CONTINUE was not needed\n",
      );
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([ANSWER, ANSWER, ANSWER]);
    }),
  );

  test.concurrent(
    "that AWS refuses the answer of makes leaving fail, and leaving again answers it",
    withEnding(async (host) => {
      deny(host, "CompleteLifecycleAction");
      expect(await host.agent("leave")).toMatchObject({
        code: 1,
        stderr: "error: autoscaling CompleteLifecycleAction: HTTP 403 AccessDenied: not authorized\n",
      });
      host.forget();
      host.aws.hook = () => undefined;
      expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([COMPLETE]);
    }),
  );

  test.concurrent(
    "is not passed over where the metadata service does not say whether one waits",
    withEnding(async (host) => {
      host.aws.hook = (request) =>
        request.path === "/latest/meta-data/autoscaling/target-lifecycle-state" ? { status: 401 } : undefined;
      expect(await host.agent("leave")).toMatchObject({
        code: 1,
        stderr:
          "error: the instance metadata service does not say what Auto Scaling has in mind for this host: its hook is not answered yet\n",
      });
      host.forget();
      host.aws.hook = () => undefined;
      expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([COMPLETE]);
    }),
  );

  test.concurrent(
    "is not there for a spot host that AWS takes back before Auto Scaling knows",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.aws.spot = { notice: '{"action":"terminate","time":"2026-01-31T12:00:00Z"}' };
      expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual(WHOLE.slice(0, -1));
      expect(host.read(LEFT)).toBe(`${INSTANCE}\n`);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "leaving" });
      host.forget();
      host.aws.lifecycle = "Terminated";
      expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([COMPLETE]);
    }),
  );
});

test(
  "a host that left and is started again serves again",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
    host.remove("run");
    host.forget();
    expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
    expect(host.story().filter((line) => line.includes(" scale "))).toEqual(["hello scale web=1 worker=2"]);
    expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy" });
    expect(host.has(LEFT)).toBe(false);
  }),
);
