import { z } from "zod";
import { listsOnce } from "./checks";
import { expecting, text, whole } from "./expectations";
import * as format from "./formats";
import { report } from "./report";

/** The volume that a host boots from. What goes together hangs on the type: see machine-faults.ts. */
export const rootVolume = expecting(
  z.strictObject({
    size: whole(8, 16384, "size: 20", "whole number of GiB").optional(),
    type: expecting(z.enum(["gp2", "gp3", "io1", "io2"]), "gp2, gp3, io1 or io2", "type: gp3").optional(),
    iops: whole(100, 256_000, "iops: 6000", "whole number of operations a second").optional(),
    throughput: whole(125, 1000, "throughput: 250", "whole number of MiB a second").optional(),
    kmsKey: text(
      format.KMS_KEY,
      "the ARN of a key of KMS",
      "kmsKey: arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
    ).optional(),
  }),
  "a map with size, type, iops, throughput or kmsKey",
  "rootVolume: {size: 20}",
);

function range(most: number, example: string, unit: string) {
  return expecting(
    z
      .strictObject({ min: whole(1, most, "min: 2", unit), max: whole(1, most, "max: 8", unit).optional() })
      .superRefine(({ min, max }, context) => {
        if (max !== undefined && max < min)
          report(
            context,
            ["max"],
            `should be no less than min, which is ${min}, but is ${max}. Write for example "max: ${min}".`,
          );
      }),
    "a map with min, or min and max",
    example,
  );
}

/** What a host must have, in place of a type: Auto Scaling takes the cheapest that has it. */
export const instanceTypes = expecting(
  z.strictObject({
    vcpu: range(896, "vcpu: {min: 2, max: 8}", "whole number of vCPUs"),
    memory: range(24_576, "memory: {min: 4, max: 16}", "whole number of GiB"),
  }),
  "a map with vcpu and memory",
  "instanceTypes: {vcpu: {min: 2, max: 8}, memory: {min: 4}}",
);

/** Bounds of how many hosts are there while Auto Scaling replaces some of its own accord. */
export const maintenance = expecting(
  z
    .strictObject({
      minHealthy: whole(0, 100, "minHealthy: 90", "whole number of percent"),
      maxHealthy: whole(100, 200, "maxHealthy: 120", "whole number of percent"),
    })
    .superRefine(({ minHealthy, maxHealthy }, context) => {
      if (maxHealthy - minHealthy > 100)
        report(
          context,
          ["maxHealthy"],
          `should be at most 100 more than minHealthy, as Auto Scaling takes it, but is ${maxHealthy - minHealthy} more. Write for example "maxHealthy: ${minHealthy + 100}".`,
        );
      if (maxHealthy === minHealthy)
        report(
          context,
          ["minHealthy"],
          'should be less than maxHealthy, or nothing could be replaced, but both are 100. Write for example "minHealthy: 90".',
        );
    }),
  "a map with minHealthy and maxHealthy",
  "maintenance: {minHealthy: 90, maxHealthy: 120}",
);

/** Which host goes first where there are too many (EC2 Auto Scaling, "Configure termination policies"). */
const TERMINATION = [
  ...[
    "Default",
    "AllocationStrategy",
    "OldestLaunchTemplate",
    "OldestLaunchConfiguration",
    "ClosestToNextInstanceHour",
  ],
  ...["NewestInstance", "OldestInstance"],
];

export const terminationPolicies = expecting(
  z
    .array(expecting(z.enum(TERMINATION), `one of ${TERMINATION.join(", ")}`, "terminationPolicies: [OldestInstance]"))
    .min(1)
    .superRefine((names, context) => listsOnce(names, "a policy", context)),
  "a list of Auto Scaling's termination policies",
  "terminationPolicies: [OldestInstance]",
);

export const maxInstanceLifetime = whole(1, 365, "maxInstanceLifetime: 14", "whole number of days");
export const imdsHopLimit = whole(1, 64, "imdsHopLimit: 2", "whole number of hops");
export const userData = expecting(
  z.string().min(1),
  "the path of a script, from the project's root",
  "userData: hosts/swap.sh",
);
