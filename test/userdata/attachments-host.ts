import { type Hook, STATUS } from "./fake-aws";
import { VOLUME } from "./fake-volume";
import type { Host } from "./host";

/** Where udev has the group's volume on an instance. */
export const DEVICE = `dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME.replace("-", "")}`;
export const OTHER_HOST = "i-0bbbbbbbbbbbbbbbb";
/** blkid's words for file systems that the agent mounts. */
export const EXT4 = "LABEL=towline\nTYPE=ext4\nUSAGE=filesystem\n";
export const XFS = "UUID=8f4c4b1e-0f5b-4b9a-9d4c-3c5b0f2f7a11\nBLOCK_SIZE=512\nTYPE=xfs\nUSAGE=filesystem\n";

/** The parts that a boot's story is made of. */
export const REPORT = "curl PUT hosts/web/ARN/INSTANCE.json";
export const HEARTBEAT = "curl POST autoscaling RecordLifecycleActionHeartbeat";
/** Each part of a first boot begins with the whole time of the launch hook. */
export const BEGINNING = [REPORT, HEARTBEAT];
export const INSTALLATION = [HEARTBEAT, "apt-get install hello=1.0.0", HEARTBEAT];
/** Looks at what is on the volume, and mounts it. */
export const LOOK = [`blkid --probe --output export /${DEVICE}`, `wipefs --no-act --noheadings /${DEVICE}`];
export const MOUNT = "systemctl start srv-data.mount";
/** Lets an ext4 have the whole of the volume. */
export const GROW = `resize2fs /${DEVICE}`;
export const START = "hello scale web=1 worker=2";
export const PROOF = Array<string>(3).fill("curl GET http://127.0.0.1:8080/health");
export const SERVING = [
  REPORT,
  "curl POST autoscaling CompleteLifecycleAction",
  "systemctl start --no-block towline-agent-watch.service",
];
export const FAILURE = [REPORT, "curl POST sns Publish", "curl POST autoscaling CompleteLifecycleAction"];

/** Makes the host one of a group with a volume that holds `disk`, in blkid's words. */
export function withVolume(host: Host, disk: string): void {
  host.env({ TOWLINE_VOLUME_ID: VOLUME, TOWLINE_VOLUME_MOUNT: "/srv/data" });
  host.write("state/disk", disk);
  host.write(DEVICE, "");
}

/** Changes something before the nth call of an action is answered, which `undefined` leaves to the fake. */
export function onCall(action: string, nth: number, answer: () => ReturnType<Hook>): Hook {
  let seen = 0;
  return (request) => (request.body.startsWith(`Action=${action}&`) && ++seen === nth ? answer() : undefined);
}

/** EC2's refusal of a request. */
export function refusal(code: string, message: string): ReturnType<Hook> {
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status: 400, body: `<Response><Errors>${error}</Errors><RequestID>ea966190</RequestID></Response>` };
}

/** How often the agent slept so many seconds. */
export function sleeps(host: Host, seconds: number): number {
  return host
    .read("state/calls")
    .split("\n")
    .filter((line) => line === `sleep ${seconds}`).length;
}

/** Fails unless a first boot ended for this reason, and everybody concerned knows. */
export function expectAbandoned(host: Host, reason: string): void {
  expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy", error: reason });
  expect(host.events()).toMatchObject([{ outcome: "boot-failed", reason }]);
  expect(host.aws.queries("CompleteLifecycleAction")).toMatchObject([{ LifecycleActionResult: "ABANDON" }]);
  expect(host.has("var/lib/towline/launched")).toBe(false);
}
