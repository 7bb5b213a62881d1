import { BEGINNING, HEARTBEAT, INSTALLATION, PROOF, refusal, SERVING, START } from "./attachments-host";
import { type Hook, INSTANCE, STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const NO_ACTION =
  "<Error><Code>ValidationError</Code><Message>No active Lifecycle Action found with instance ID i-0</Message></Error>";
const NOT_NEEDED = "no lifecycle action of the hook launch waits for this instance: CONTINUE was not needed\n";

/** Auto Scaling comes to its launch hook only once the agent has paused so often. */
function late(host: Host, pauses: number): Hook {
  return ({ body }) =>
    body.startsWith("Action=CompleteLifecycleAction&") &&
    (host.read("state/calls").match(/^sleep 2$/gm) ?? []).length < pauses
      ? { status: 400, body: NO_ACTION }
      : undefined;
}

/** What was answered at the launch hook, time after time. */
const answers = (host: Host) =>
  host.aws.queries("CompleteLifecycleAction").map((form) => `${form.LifecycleHookName} ${form.LifecycleActionResult}`);

describe("a host of a group whose launch hook Auto Scaling comes to a minute late", () => {
  test.concurrent.each([
    ["in service", "InService", "var/lib/towline/launched"],
    ["in the warm pool", "Warmed:Stopped", "var/lib/towline/warmed"],
  ])("goes on answering until it is, and is %s", (_, lifecycle, marker) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      host.aws.lifecycle = lifecycle;
      host.aws.hook = late(host, 3);
      host.write("state/pause", "20\n");
      const result = await host.agent("boot");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(answers(host)).toEqual(Array(4).fill("launch CONTINUE"));
      expect(result.stdout).toContain("completed the lifecycle action of the hook launch: CONTINUE\n");
      expect(host.has(marker)).toBe(true);
    })(),
  );

  test.concurrent(
    "is abandoned then, where it is not fit to serve",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.broken("1.0.0");
      host.aws.hook = late(host, 3);
      host.write("state/pause", "20\n");
      const result = await host.agent("boot");
      expect(result.code).toBe(1);
      expect(answers(host)).toEqual(Array(4).fill("launch ABANDON"));
      expect(result.stdout).toContain("completed the lifecycle action of the hook launch: ABANDON\n");
    }),
  );
});

describe("a host whose launch hook Auto Scaling never comes to", () => {
  test.concurrent.each([
    ["120 s where it is one of a group", "InService", 7],
    ["8 s where it is none", undefined, 2],
  ])("is in service after %s", (_, lifecycle, times) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      host.aws.lifecycle = lifecycle;
      host.aws.hook = late(host, 99);
      host.write("state/pause", "20\n");
      const result = await host.agent("boot");
      expect(result.code).toBe(0);
      expect(answers(host)).toEqual(Array(times).fill("launch CONTINUE"));
      expect(result.stdout).toContain(NOT_NEEDED);
      expect(host.has("var/lib/towline/launched")).toBe(true);
    })(),
  );
});

describe("the time of the launch hook", () => {
  test.concurrent(
    "begins anew with the boot, before packages are installed and before they are proven",
    withHost(undefined, ["1.0.0"], async (host) => {
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([
        ...["curl PUT hosts/web/ARN/INSTANCE.json", HEARTBEAT],
        ...[HEARTBEAT, "apt-get install hello=1.0.0"],
        ...[HEARTBEAT, START, ...PROOF],
        ...SERVING,
      ]);
      const beat = {
        Action: "RecordLifecycleActionHeartbeat",
        Version: "2011-01-01",
        AutoScalingGroupName: "towline-test-web",
        LifecycleHookName: "launch",
        InstanceId: INSTANCE,
      };
      expect(host.aws.queries("RecordLifecycleActionHeartbeat")).toEqual([beat, beat, beat]);
    }),
  );

  test.concurrent(
    "begins anew once the groups are found that this one uses",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.env({ TOWLINE_USES: "db" });
      host.write("state/names/db.test.internal", "10.0.1.9        STREAM db\n");
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      const look = "getent ahostsv4 db.test.internal";
      expect(host.story()).toEqual([...BEGINNING, look, HEARTBEAT, ...INSTALLATION, START, ...PROOF, ...SERVING]);
    }),
  );

  test.concurrent(
    "is nothing that a boot fails for where it cannot be prolonged",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.aws.hook = ({ body }) =>
        body.startsWith("Action=RecordLifecycleActionHeartbeat&")
          ? refusal("ValidationError", "No active Lifecycle Action found with instance ID i-0")
          : undefined;
      const result = await host.agent("boot");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result.stdout.match(/^no launch action could be prolonged$/gm)).toHaveLength(3);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy", error: "" });
    }),
  );
});
