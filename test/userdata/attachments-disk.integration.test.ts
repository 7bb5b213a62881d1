import {
  BEGINNING,
  DEVICE,
  EXT4,
  expectAbandoned,
  FAILURE,
  GROW,
  HEARTBEAT,
  INSTALLATION,
  LOOK,
  MOUNT,
  PROOF,
  SERVING,
  START,
  withVolume,
  XFS,
} from "./attachments-host";
import { INSTANCE, STATUS } from "./fake-aws";
import { VOLUME } from "./fake-volume";
import { Host, withHost } from "./host";

const UNIT = "etc/systemd/system/srv-data.mount";
const ATTACHMENT = [
  "curl POST ec2 DescribeVolumes",
  "curl POST ec2 AttachVolume",
  "curl POST ec2 DescribeVolumes",
  "curl POST ec2 DescribeVolumes",
];
const FORMAT = `mkfs.ext4 -q -L towline /${DEVICE}`;
const SHARE = ["getent passwd hello", "chown hello:hello /srv/data/hello"];

/** The mount unit, with the device's path as on a host. */
const mountUnit = (type: string) => `[Unit]
Description=towline: the volume ${VOLUME}

[Mount]
What=/${DEVICE}
Where=/srv/data
Type=${type}
Options=noatime
`;
const unitOf = (host: Host) => host.read(UNIT).replaceAll(host.root, "");

describe("the first boot with an empty volume", () => {
  let host: Host;
  let stdout: string;

  afterAll(async () => expect(await host.stop()).toEqual([]));
  beforeAll(async () => {
    host = await Host.start(undefined, ["1.0.0"]);
    withVolume(host, "");
    const result = await host.agent("boot");
    expect(result).toMatchObject({ code: 0, stderr: "" });
    stdout = result.stdout;
  });

  test("attaches, formats and mounts it before anything is installed, and opens it to the app before it starts", () => {
    expect(host.story()).toEqual([
      ...BEGINNING,
      ...ATTACHMENT,
      ...LOOK,
      FORMAT,
      MOUNT,
      GROW,
      HEARTBEAT,
      ...INSTALLATION,
      ...SHARE,
      START,
      ...PROOF,
      ...SERVING,
    ]);
  });

  test("says each step once", () => {
    expect(stdout.split("\n").slice(0, 4)).toEqual([
      `attaching the volume ${VOLUME}`,
      `waiting for the volume ${VOLUME}: attaching, held by ${INSTANCE}`,
      `formatted the volume ${VOLUME}, which was empty`,
      `mounted the volume ${VOLUME} at /srv/data`,
    ]);
  });

  test("asks EC2 for this volume and this instance alone", () => {
    const look = { Action: "DescribeVolumes", Version: "2016-11-15", "VolumeId.1": VOLUME };
    expect(host.aws.queries("DescribeVolumes")).toEqual([look, look, look]);
    expect(host.aws.queries("AttachVolume")).toEqual([
      { Action: "AttachVolume", Version: "2016-11-15", VolumeId: VOLUME, InstanceId: INSTANCE, Device: "/dev/sdf" },
    ]);
  });

  test("mounts it by a unit of systemd", () => {
    expect(unitOf(host)).toBe(mountUnit("ext4"));
  });

  test("gives the app a folder of its own on it", async () => {
    const { stdout } = await host.run("/usr/bin/find", [`${host.root}/srv/data`, "-printf", "%y %P %m\n"]);
    expect(stdout.trimEnd().split("\n").slice(1)).toEqual(["d hello 750"]);
  });

  test("binds each process of the app to the mount, and lets it write to its folder", async () => {
    const text = "[Unit]\nRequiresMountsFor=/srv/data\n\n[Service]\nReadWritePaths=/srv/data/hello\n";
    for (const process of ["web", "worker"]) {
      expect(host.read(`etc/systemd/system/hello-${process}@.service.d/towline-volume.conf`)).toBe(text);
    }
    const args = [
      `${host.root}/etc/systemd/system`,
      "(",
      "-name",
      "towline-volume.conf",
      "-o",
      "-name",
      "*.mount",
      ")",
    ];
    const { stdout } = await host.run("/usr/bin/find", [...args, "-printf", "%P %m\n"]);
    expect(stdout.trimEnd().split("\n").sort()).toEqual([
      "hello-web@.service.d/towline-volume.conf 644",
      "hello-worker@.service.d/towline-volume.conf 644",
      "srv-data.mount 644",
    ]);
  });

  test("has systemd read the units before each use of them", () => {
    const calls = host.read("state/calls").split("\n");
    for (const use of [MOUNT, START]) {
      const before = calls.slice(0, calls.indexOf(use)).filter((line) => /^(systemctl|chown|hello) /.test(line));
      expect(before.at(-1)).toBe("systemctl daemon-reload");
    }
  });

  test("is told from the next host's, which finds the file system", async () => {
    host.forget();
    host.remove("var/lib/towline/launched");
    host.aws.volume.state = "available";
    host.aws.volume.holder = undefined;
    expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
    expect(host.story().slice(0, 11)).toEqual([...BEGINNING, ...ATTACHMENT, ...LOOK, MOUNT, GROW, HEARTBEAT]);
    expect(unitOf(host)).toBe(mountUnit("ext4"));
  });
});

describe("a volume with a file system", () => {
  test.concurrent.each([
    ["ext4", EXT4, GROW],
    ["xfs", XFS, "xfs_growfs /srv/data"],
  ])("of type %s is mounted as it is, and grows with the volume", (type, disk, grow) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, disk);
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story().slice(0, 11)).toEqual([...BEGINNING, ...ATTACHMENT, ...LOOK, MOUNT, grow, HEARTBEAT]);
      expect(unitOf(host)).toBe(mountUnit(type));
    })(),
  );

  test.concurrent(
    "that cannot grow serves as it is, and the log says why",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      host.write("state/fail/grow", "resize2fs 1.47.2\nThe filesystem can't be grown\n");
      expect(await host.agent("boot")).toMatchObject({
        code: 0,
        stderr: `error: the file system does not have the whole of the volume ${VOLUME}: resize2fs 1.47.2 | The filesystem can't be grown\n`,
      });
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy", error: "" });
    }),
  );
});

describe("a volume that is not for towline to format", () => {
  const refused = `the volume ${VOLUME} holds no ext4 or xfs, but is not empty either`;

  test.concurrent.each([
    ["another signature", { disk: "UUID=48eb\nTYPE=swap\nUSAGE=other\n" }, "UUID=48eb, TYPE=swap, USAGE=other"],
    [
      "a member of a RAID named like a file system",
      { disk: "LABEL=ext4\nTYPE=linux_raid_member\n" },
      "LABEL=ext4, TYPE=linux_raid_member",
    ],
    ["a partition table", { disk: "PTUUID=78563412\nPTTYPE=dos\n" }, "PTUUID=78563412, PTTYPE=dos"],
    [
      "what only wipefs can tell",
      { disk: "", signatures: "nvme1n1 0x200  gpt\nnvme1n1 0x1fe  PMBR\n" },
      "nvme1n1 0x200  gpt, nvme1n1 0x1fe  PMBR",
    ],
    [
      "signatures blkid calls ambivalent",
      { disk: EXT4, "fail/blkid": "" },
      "LABEL=towline, TYPE=ext4, USAGE=filesystem",
    ],
  ])("because of %s ends the boot and stays as it is", (_, files, found) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, "");
      for (const [name, text] of Object.entries(files)) host.write(`state/${name}`, text);
      expect((await host.agent("boot")).code).toBe(1);
      expectAbandoned(host, `${refused} (${found}): see what is on it`);
      expect(host.story()).toEqual([...BEGINNING, ...ATTACHMENT, ...LOOK, ...FAILURE]);
      expect(host.has(UNIT)).toBe(false);
    })(),
  );

  test.concurrent(
    "because it cannot be read ends the boot and stays as it is",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, "");
      host.write("state/fail/wipefs", "");
      expect((await host.agent("boot")).code).toBe(1);
      expectAbandoned(host, `the volume ${VOLUME} could not be read at ${host.root}/${DEVICE}`);
      expect(host.story()).toEqual([...BEGINNING, ...ATTACHMENT, ...LOOK, ...FAILURE]);
    }),
  );

  test.concurrent(
    "because blkid fails where wipefs finds nothing ends the boot too",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, "");
      host.write("state/fail/blkid", "");
      expect((await host.agent("boot")).code).toBe(1);
      expectAbandoned(host, `the volume ${VOLUME} could not be read at ${host.root}/${DEVICE}`);
      expect(host.story()).toEqual([...BEGINNING, ...ATTACHMENT, ...LOOK, ...FAILURE]);
    }),
  );
});

describe("a boot whose volume stays out of reach", () => {
  test.concurrent(
    "because mkfs fails is abandoned before the mount",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, "");
      host.write("state/fail/mkfs", "");
      expect((await host.agent("boot")).code).toBe(1);
      expectAbandoned(host, `the volume ${VOLUME} could not be formatted`);
      expect(host.story()).toEqual([...BEGINNING, ...ATTACHMENT, ...LOOK, FORMAT, ...FAILURE]);
    }),
  );

  test.concurrent(
    "because the mount fails is abandoned with the unit's last log lines",
    withHost(undefined, ["1.0.0"], async (host) => {
      withVolume(host, EXT4);
      host.write("state/fail/mount", "");
      host.write("state/log", "mount: wrong fs type\nsrv-data.mount: Failed with result 'exit-code'.\n");
      expect((await host.agent("boot")).code).toBe(1);
      expectAbandoned(
        host,
        `the volume ${VOLUME} could not be mounted at /srv/data: mount: wrong fs type | srv-data.mount: Failed with result 'exit-code'.`,
      );
      expect(host.story()).toEqual([...BEGINNING, ...ATTACHMENT, ...LOOK, MOUNT, ...FAILURE]);
    }),
  );
});

test(
  "the folder on the volume is the account's that the app's package declares",
  withHost(undefined, ["1.0.0"], async (host) => {
    withVolume(host, "");
    host.write("usr/lib/sysusers.d/hello.conf", 'u towline-hello - "hello app" /var/lib/hello\n');
    expect(await host.agent("boot")).toMatchObject({ code: 0 });
    expect(host.story()).toEqual(
      expect.arrayContaining(["getent passwd towline-hello", "chown towline-hello:towline-hello /srv/data/hello"]),
    );
  }),
);
