import {
  BEGINNING,
  expectAbandoned,
  FAILURE,
  HEARTBEAT,
  INSTALLATION,
  onCall,
  PROOF,
  REPORT,
  refusal,
  SERVING,
  START,
  sleeps,
} from "./attachments-host";
import { INSTANCE, STATUS } from "./fake-aws";
import { withHost } from "./host";

const ADDRESS = "eipalloc-0123456789abcdef0";
const CLAIM = "curl POST ec2 AssociateAddress";
/** A line of getent for a host that serves. */
const FOUND = "10.0.1.9        STREAM db\n";

describe("a group's elastic IP", () => {
  test.concurrent(
    "is claimed by a host that has proven healthy, from whoever has it",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.env({ TOWLINE_ELASTIC_IP: ADDRESS });
      const result = await host.agent("boot");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result.stdout).toContain(`claimed the elastic IP ${ADDRESS}\n`);
      expect(host.story()).toEqual([...BEGINNING, ...INSTALLATION, START, ...PROOF, CLAIM, ...SERVING]);
      expect(host.aws.queries("AssociateAddress")).toEqual([
        {
          Action: "AssociateAddress",
          Version: "2016-11-15",
          AllocationId: ADDRESS,
          InstanceId: INSTANCE,
          AllowReassociation: "true",
        },
      ]);
    }),
  );

  test.concurrent(
    "stays where it is while the new host is not healthy",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.env({ TOWLINE_ELASTIC_IP: ADDRESS });
      host.broken("1.0.0");
      expect((await host.agent("boot")).code).toBe(1);
      expect(host.aws.queries("AssociateAddress")).toEqual([]);
    }),
  );

  test.concurrent(
    "that AWS refuses ends the boot with AWS's reason",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.env({ TOWLINE_ELASTIC_IP: ADDRESS });
      host.aws.hook = onCall("AssociateAddress", 1, () =>
        refusal("InvalidAllocationID.NotFound", `The allocation ID '${ADDRESS}' does not exist`),
      );
      expect((await host.agent("boot")).code).toBe(1);
      expectAbandoned(
        host,
        `ec2 AssociateAddress: HTTP 400 InvalidAllocationID.NotFound: The allocation ID '${ADDRESS}' does not exist`,
      );
      expect(host.story()).toEqual([...BEGINNING, ...INSTALLATION, START, ...PROOF, CLAIM, ...FAILURE]);
    }),
  );

  test.concurrent(
    "is claimed again after a reboot, by a healthy host",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.env({ TOWLINE_ELASTIC_IP: ADDRESS });
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([REPORT, START, ...PROOF, CLAIM, REPORT]);
    }),
  );

  test.concurrent(
    "that AWS refuses after a reboot is reported, without a word to Auto Scaling",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.env({ TOWLINE_ELASTIC_IP: ADDRESS });
      host.aws.hook = onCall("AssociateAddress", 1, () => refusal("UnauthorizedOperation", "You are not authorized"));
      expect((await host.agent("boot")).code).toBe(1);
      const reason = "ec2 AssociateAddress: HTTP 400 UnauthorizedOperation: You are not authorized";
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy", error: reason });
      expect(host.events()).toMatchObject([{ outcome: "boot-failed", reason }]);
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([]);
    }),
  );
});

describe("what a group uses", () => {
  test.concurrent(
    "is waited for before anything else, each missing name said once",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.env({ TOWLINE_USES: "web db" });
      host.writeLater(2, "state/names/web.test.internal", FOUND);
      host.writeLater(4, "state/names/db.test.internal", FOUND);
      const result = await host.agent("boot");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(result.stdout.match(/^(waiting|found).*$/gm)).toEqual([
        "waiting for web.test.internal, db.test.internal to resolve",
        "waiting for db.test.internal to resolve",
        "found what this group uses: web db",
      ]);
      const look = ["getent ahostsv4 web.test.internal", "getent ahostsv4 db.test.internal"];
      expect(host.story()).toEqual([
        ...BEGINNING,
        ...Array.from({ length: 5 }, () => look).flat(),
        HEARTBEAT,
        ...INSTALLATION,
        START,
        ...PROOF,
        ...SERVING,
      ]);
      expect(sleeps(host, 2)).toBe(4);
    }),
  );

  test.concurrent(
    "ends the boot where it has no host in service within 480 s, with nothing installed",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.env({ TOWLINE_USES: "web db" });
      host.write("state/names/web.test.internal", FOUND);
      host.write("state/pause", "100\n");
      expect((await host.agent("boot")).code).toBe(1);
      expectAbandoned(host, "what this group uses has no host in service: db.test.internal does not resolve");
      const look = ["getent ahostsv4 web.test.internal", "getent ahostsv4 db.test.internal"];
      expect(host.story()).toEqual([...BEGINNING, ...Array.from({ length: 6 }, () => look).flat(), ...FAILURE]);
      expect(sleeps(host, 2)).toBe(5);
    }),
  );
});

test(
  "a group that has and uses nothing is given no address and asks for no name",
  withHost(undefined, ["1.0.0"], async (host) => {
    expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
    expect(host.story()).toEqual([...BEGINNING, ...INSTALLATION, START, ...PROOF, ...SERVING]);
    expect(host.has("etc/systemd/system/hello-web@.service.d")).toBe(false);
  }),
);
