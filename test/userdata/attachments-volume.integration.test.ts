import {
  BEGINNING,
  DEVICE,
  EXT4,
  expectAbandoned,
  FAILURE,
  GROW,
  LOOK,
  MOUNT,
  OTHER_HOST,
  onCall,
  PROOF,
  REPORT,
  refusal,
  START,
  sleeps,
  withVolume,
} from "./attachments-host";
import { INSTANCE, STATUS } from "./fake-aws";
import { VOLUME } from "./fake-volume";
import { type Host, withHost } from "./host";

const DESCRIBE = "curl POST ec2 DescribeVolumes";
const ATTACH = "curl POST ec2 AttachVolume";

const waits = (stdout: string) => stdout.match(/^(waiting for|attaching|mounted) .*$/gm);

function heldBy(host: Host, instance: string): void {
  host.aws.volume.state = "attached";
  host.aws.volume.holder = instance;
}

/** The other host lets go of the volume just before the nth look at it. */
const letsGoBefore = (host: Host, nth: number) =>
  onCall("DescribeVolumes", nth, () => {
    host.aws.volume.detach();
    return undefined;
  });

describe("a volume that another host has", () => {
  test.concurrent(
    "is waited for, each state of it said once, and attached when it is free",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      heldBy(host, OTHER_HOST);
      host.aws.hook = letsGoBefore(host, 4);
      const result = await host.agent("boot");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(waits(result.stdout)).toEqual([
        `waiting for the volume ${VOLUME}: attached, held by ${OTHER_HOST}`,
        `waiting for the volume ${VOLUME}: detaching, held by ${OTHER_HOST}`,
        `attaching the volume ${VOLUME}`,
        `waiting for the volume ${VOLUME}: attaching, held by ${INSTANCE}`,
        `mounted the volume ${VOLUME} at /srv/data`,
      ]);
      const looks = Array.from({ length: 5 }, () => DESCRIBE);
      expect(host.story().slice(0, 13)).toEqual([...BEGINNING, ...looks, ATTACH, DESCRIBE, DESCRIBE, ...LOOK, MOUNT]);
      expect(sleeps(host, 2)).toBe(6);
      expect(host.aws.queries("DetachVolume")).toEqual([]);
    }),
  );

  test.concurrent(
    "for longer than 480 s ends the boot, and is never forced away",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      heldBy(host, OTHER_HOST);
      host.write("state/pause", "100\n");
      const result = await host.agent("boot");
      expect(result.code).toBe(1);
      expect(waits(result.stdout)).toEqual([`waiting for the volume ${VOLUME}: attached, held by ${OTHER_HOST}`]);
      expectAbandoned(host, `the volume ${VOLUME} is still not here: attached, held by ${OTHER_HOST}`);
      const looks = Array.from({ length: 6 }, () => DESCRIBE);
      expect(host.story()).toEqual([...BEGINNING, ...looks, ...FAILURE]);
      expect(host.aws.volume).toMatchObject({ state: "attached", holder: OTHER_HOST });
    }),
  );

  test.concurrent(
    "since it was faster is waited for",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      const faster = onCall("AttachVolume", 1, () => {
        heldBy(host, OTHER_HOST);
        return refusal("VolumeInUse", `${VOLUME} is already attached to an instance`);
      });
      const letsGo = letsGoBefore(host, 3);
      host.aws.hook = (request) => faster(request) ?? letsGo(request);
      const result = await host.agent("boot");
      expect(result.code).toBe(0);
      expect(waits(result.stdout)).toEqual([
        `waiting for the volume ${VOLUME}: ec2 AttachVolume: HTTP 400 VolumeInUse: ${VOLUME} is already attached to an instance`,
        `waiting for the volume ${VOLUME}: attached, held by ${OTHER_HOST}`,
        `waiting for the volume ${VOLUME}: detaching, held by ${OTHER_HOST}`,
        `attaching the volume ${VOLUME}`,
        `waiting for the volume ${VOLUME}: attaching, held by ${INSTANCE}`,
        `mounted the volume ${VOLUME} at /srv/data`,
      ]);
      expect(host.story().slice(2, 10)).toEqual([
        ...[DESCRIBE, ATTACH, DESCRIBE, DESCRIBE, DESCRIBE, ATTACH],
        ...[DESCRIBE, DESCRIBE],
      ]);
      expect(host.aws.queries("DetachVolume")).toEqual([]);
    }),
  );
});

const REFUSALS: [string, string, string, string[]][] = [
  ["DescribeVolumes", "RequestLimitExceeded", "Request limit exceeded.", [DESCRIBE]],
  ["AttachVolume", "IncorrectState", `${VOLUME} is not 'available'.`, [DESCRIBE, ATTACH]],
  ["AttachVolume", "UnauthorizedOperation", "You are not authorized to perform this operation.", [DESCRIBE, ATTACH]],
];

describe("a volume that AWS does not attach", () => {
  test.concurrent.each(REFUSALS)("at once, as %s ends with %s, is asked for again", (action, code, message, calls) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      host.aws.hook = onCall(action, 1, () => refusal(code, message));
      const result = await host.agent("boot");
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(waits(result.stdout)?.[0]).toBe(
        `waiting for the volume ${VOLUME}: ec2 ${action}: HTTP 400 ${code}: ${message}`,
      );
      expect(host.story().slice(2, 6 + calls.length)).toEqual([...calls, DESCRIBE, ATTACH, DESCRIBE, DESCRIBE]);
    })(),
  );

  test.concurrent.each(REFUSALS)(
    "for 480 s, as %s ends with %s, ends the boot with AWS's reason, said once",
    (action, code, message, calls) =>
      withHost(undefined, ["1.0.0"], async (host) => {
        withVolume(host, EXT4);
        host.write("state/pause", "100\n");
        host.aws.hook = ({ body }) => (body.startsWith(`Action=${action}&`) ? refusal(code, message) : undefined);
        const result = await host.agent("boot");
        expect(result.code).toBe(1);
        const reason = `ec2 ${action}: HTTP 400 ${code}: ${message}`;
        expect(waits(result.stdout)).toEqual([`waiting for the volume ${VOLUME}: ${reason}`]);
        expectAbandoned(host, `the volume ${VOLUME} is still not here: ${reason}`);
        const tries = Array.from({ length: 6 }, () => calls);
        expect(host.story()).toEqual([...BEGINNING, ...tries.flat(), ...FAILURE]);
      })(),
  );

  test.concurrent(
    "to the end ends the boot after 480 s",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      host.write("state/pause", "160\n");
      host.aws.hook = () => {
        if (host.aws.volume.holder !== undefined) host.aws.volume.state = "attaching";
        return undefined;
      };
      expect((await host.agent("boot")).code).toBe(1);
      expectAbandoned(host, `the volume ${VOLUME} is still not here: attaching, held by ${INSTANCE}`);
      expect(host.story()).toEqual([...BEGINNING, DESCRIBE, ATTACH, DESCRIBE, DESCRIBE, DESCRIBE, ...FAILURE]);
    }),
  );
});

describe("the block device of an attached volume", () => {
  test.concurrent.each([DEVICE, "dev/xvdf", "dev/sdf"])("is found as /%s when it appears late", (device) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      host.remove(DEVICE);
      // Two pauses until the volume is attached, and 29 of the 30 looks.
      host.writeLater(2 + 29, device, "");
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      expect(sleeps(host, 1)).toBe(29);
      expect(host.story()).toContain(`blkid --probe --output export /${device}`);
      expect(host.read("etc/systemd/system/srv-data.mount")).toContain(`\nWhat=${host.root}/${device}\n`);
    })(),
  );

  test.concurrent(
    "that never appears ends the boot",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      host.remove(DEVICE);
      expect((await host.agent("boot")).code).toBe(1);
      expectAbandoned(host, `the volume ${VOLUME} is attached, but no block device of it appears in /dev`);
      expect(sleeps(host, 1)).toBe(30);
      expect(host.story()).toEqual([...BEGINNING, DESCRIBE, ATTACH, DESCRIBE, DESCRIBE, ...FAILURE]);
    }),
  );
});

describe("the volume of a host after a reboot", () => {
  test.concurrent(
    "is still attached, and mounted before the processes start",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      heldBy(host, INSTANCE);
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([REPORT, DESCRIBE, ...LOOK, MOUNT, GROW, START, ...PROOF, REPORT]);
    }),
  );

  test.concurrent(
    "in the middle of an upgrade is mounted before the upgrade goes on",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      withVolume(host, EXT4);
      heldBy(host, INSTANCE);
      host.write("state/signal/install", "TERM");
      expect((await host.agent("poll")).code).toBe(143);
      expect(host.has("var/lib/towline/upgrading.json")).toBe(true);
      host.forget();
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story().slice(0, 12)).toEqual([
        ...[REPORT, DESCRIBE, ...LOOK, MOUNT, GROW, "curl PUT rollout/web/lease.json"],
        "dpkg --configure -a --force-confdef --force-confold",
        ...[START, ...PROOF],
      ]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: "1.1.0" } });
    }),
  );

  test.concurrent(
    "that cannot be mounted keeps the processes from starting, without a word to Auto Scaling",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      heldBy(host, INSTANCE);
      host.write("state/fail/mount", "");
      expect((await host.agent("boot")).code).toBe(1);
      const reason = `the volume ${VOLUME} could not be mounted at /srv/data: listening | crashed`;
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy", error: reason });
      expect(host.events()).toMatchObject([{ outcome: "boot-failed", reason }]);
      expect(host.story()).toEqual([REPORT, DESCRIBE, ...LOOK, MOUNT, REPORT, "curl POST sns Publish"]);
    }),
  );
});
