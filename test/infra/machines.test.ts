import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { readOwnScript } from "../../infra/own-script";
import { renderUserData } from "../../infra/user-data";
import { errorsOf, type GroupRaw, withWeb } from "./config-fixtures";

const WEB = "Pulumi.staging.yaml: towline:groups/web";
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012";

describe("a group's machines", () => {
  it.each<GroupRaw>([
    { rootVolume: { type: "gp3", size: 32, iops: 16_000, throughput: 1000, kmsKey: KEY } },
    { rootVolume: { throughput: 750 } },
    { rootVolume: { type: "gp2" } },
    { rootVolume: { type: "io1", size: 60, iops: 3000 } },
    { instanceTypes: { vcpu: { min: 2 }, memory: { min: 4, max: 4 } }, instanceType: "t3.small" },
    { maintenance: { minHealthy: 0, maxHealthy: 100 }, maxInstanceLifetime: 365, imdsHopLimit: 64 },
    { terminationPolicies: ["Default"], userData: "hosts/swap.sh" },
  ])("may be %j", (group) => {
    expect(errorsOf(withWeb(group))).toEqual([]);
  });

  it.each<[GroupRaw, string]>([
    [
      { rootVolume: { type: "st1" } },
      'rootVolume/type: should be gp2, gp3, io1 or io2, but is "st1". Write for example "type: gp3".',
    ],
    [
      { rootVolume: { type: "gp2", iops: 3000 } },
      'rootVolume/iops: should be absent with a gp2, whose size says how fast it is. Remove it, or write "type: gp3".',
    ],
    [
      { rootVolume: { type: "io2", size: 10 } },
      'rootVolume/iops: is missing; an io2 should say how many operations a second it is for. Write for example "iops: 3000".',
    ],
    [
      { rootVolume: { iops: 200 } },
      'rootVolume/iops: should be from 3000 to 16000 with a gp3, but is 200. Write for example "iops: 3000".',
    ],
    [
      { rootVolume: { iops: 6000 } },
      'rootVolume/size: is missing; with 6000 operations a second it should be given, since EBS gives a gp3 at most 500 for each GiB. Write for example "size: 12".',
    ],
    [
      { rootVolume: { iops: 6000, size: 8 } },
      'rootVolume/iops: should be at most 500 for each GiB of a gp3, of which there are 8, but is 6000. Lower it, or write "size: 12".',
    ],
    [
      { rootVolume: { throughput: 800 } },
      'rootVolume/throughput: should be at most 750, a quarter of iops, which is 3000 unless it is given, but is 800. Lower it, or write "iops: 3200".',
    ],
    [
      { rootVolume: { type: "gp2", throughput: 125 } },
      'rootVolume/throughput: should be absent with a gp2; only of a gp3 it can be chosen. Remove it, or write "type: gp3".',
    ],
    [
      { rootVolume: { kmsKey: KEY.replace("eu-west-1", "us-east-1") } },
      "rootVolume/kmsKey: should be a key of the stack's region, which is eu-west-1, since EBS takes no other, but is one of us-east-1. Make one in eu-west-1.",
    ],
    [
      { rootVolume: { kmsKey: "alias/disks" } },
      `rootVolume/kmsKey: should be the ARN of a key of KMS, but is "alias/disks". Write for example "kmsKey: ${KEY}".`,
    ],
    [
      { instanceTypes: { vcpu: { min: 2 } } },
      'instanceTypes/memory: is missing; it should be a map with min, or min and max. Write for example "memory: {min: 4, max: 16}".',
    ],
    [
      { instanceTypes: { vcpu: { min: 4, max: 2 }, memory: { min: 4 } } },
      'instanceTypes/vcpu/max: should be no less than min, which is 4, but is 2. Write for example "max: 4".',
    ],
    [
      { instanceTypes: { vcpu: { min: 4 }, memory: { min: 4 } }, alternativeTypes: ["t3a.small"] },
      "alternativeTypes: should be absent in web, whose instanceTypes say what a host must have, so that Auto Scaling chooses the type. Remove it, or instanceTypes.",
    ],
    [
      { instanceTypes: { vcpu: { min: 4 }, memory: { min: 4 } }, warmPool: { min: 1 } },
      "warmPool: should be absent in web, whose instanceTypes say what a host must have, so that Auto Scaling chooses the type. Remove it, or instanceTypes.",
    ],
    [
      { maintenance: { minHealthy: 50, maxHealthy: 200 } },
      'maintenance/maxHealthy: should be at most 100 more than minHealthy, as Auto Scaling takes it, but is 150 more. Write for example "maxHealthy: 150".',
    ],
    [
      { maintenance: { minHealthy: 100, maxHealthy: 100 } },
      'maintenance/minHealthy: should be less than maxHealthy, or nothing could be replaced, but both are 100. Write for example "minHealthy: 90".',
    ],
    [
      {
        size: { min: 1, max: 1 },
        volume: { size: 1, mountPoint: "/srv" },
        maintenance: { minHealthy: 90, maxHealthy: 120 },
      },
      'maintenance/maxHealthy: should be 100 in web, whose volume only one host can have, but is 120. Write "maxHealthy: 100", or remove maintenance.',
    ],
    [
      { terminationPolicies: ["Oldest"] },
      'terminationPolicies/0: should be one of Default, AllocationStrategy, OldestLaunchTemplate, OldestLaunchConfiguration, ClosestToNextInstanceHour, NewestInstance, OldestInstance, but is "Oldest". Write for example "terminationPolicies: [OldestInstance]".',
    ],
    [
      { terminationPolicies: ["Default", "Default"] },
      'terminationPolicies/1: should be a policy the list does not hold yet, but is "Default" again. Remove it here, or in __base__, whose list comes first.',
    ],
    [
      { maxInstanceLifetime: 0 },
      'maxInstanceLifetime: should be a whole number of days from 1 to 365, but is 0. Write for example "maxInstanceLifetime: 14".',
    ],
    [
      { imdsHopLimit: 65 },
      'imdsHopLimit: should be a whole number of hops from 1 to 64, but is 65. Write for example "imdsHopLimit: 2".',
    ],
  ])("are refused: %j", (group, sentence) => {
    expect(errorsOf(withWeb(group))).toEqual([`${WEB}/${sentence}`]);
  });
});

describe("a script of the group's own", () => {
  const values = { environment: { TOWLINE_BUCKET: "acme" }, signingKey: "KEY", installScript: "#!/bin/bash\n" };
  const runcmdOf = (ownScript?: string) => parse(renderUserData({ ...values, ownScript })).runcmd;

  it("runs after towline's, and is readable to root's programs", () => {
    expect(runcmdOf()).toEqual([["/usr/local/sbin/towline-install"]]);
    expect(runcmdOf("#!/bin/sh\n")).toEqual([["/usr/local/sbin/towline-install"], ["/usr/local/sbin/towline-own"]]);
    expect(parse(renderUserData({ ...values, ownScript: "#!/bin/sh\nswapon\n" })).write_files.at(-1)).toEqual({
      path: "/usr/local/sbin/towline-own",
      permissions: "0755",
      content: "#!/bin/sh\nswapon\n",
    });
  });

  it("is refused where it is missing, a folder, or no script", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "towline-own-"));
    try {
      writeFileSync(path.join(folder, "good.sh"), "#!/bin/sh\n");
      writeFileSync(path.join(folder, "notes.txt"), "swapon\n");
      const read = (file: string) => readOwnScript(folder, file, "towline:groups/web/userData");
      expect(read("good.sh")).toBe("#!/bin/sh\n");
      const unreadable = "towline:groups/web/userData: should be the path of a script, from the project's root, but";
      expect(() => read("none.sh")).toThrow(
        `${unreadable} none.sh cannot be read: it is missing. Name another file, or mend this one.`,
      );
      expect(() => read(".")).toThrow(
        `${unreadable} . cannot be read: it is a folder. Name another file, or mend this one.`,
      );
      expect(() => read("notes.txt")).toThrow(
        'should be a script, which begins with "#!" and its interpreter, but notes.txt does not.',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
