import { z } from "zod";
import { isAddressRange } from "./address-ranges";
import * as check from "./attachment-checks";
import { expecting, text, whole } from "./expectations";
import * as format from "./formats";

/** What a group has beside instances: ports, an address, a disk, a door, spares, and how it is replaced. */

const port = whole(1, 65535, "ports: [443]", "port number");

/** Ports that are open to the groups which use this one. */
export const ports = expecting(
  z.array(port).max(5).superRefine(check.opensPortsOnce),
  "a list of at most 5 port numbers",
  "ports: [5432]",
);

/** A fixed address for a group of one host, with ports open to the world. */
export const elasticIp = expecting(
  z.strictObject({
    ports: expecting(
      z.array(port).min(1).max(20).superRefine(check.opensPortsOnce),
      "a list of 1 to 20 port numbers",
      "ports: [80, 443]",
    ).optional(),
  }),
  "a map with ports",
  "elasticIp: {ports: [80, 443]}",
);

/** A disk that outlives the one host it is mounted on. The size is what a gp3 volume can have. */
export const volume = expecting(
  z.strictObject({
    size: whole(1, 16384, "size: 20", "whole number of GiB"),
    mountPoint: expecting(
      z.string().refine(format.isMountPoint),
      "/srv, /mnt, /media or /data, or a folder in one of these or in /var/lib that is not the system's own, of letters, digits and . _ -",
      "mountPoint: /srv/data",
    ),
  }),
  "a map with size and mountPoint",
  "volume: {size: 20, mountPoint: /srv/data}",
);

/** Who may connect to port 22, which is closed without it. */
export const access = expecting(
  z.strictObject({
    keyPair: text(format.KEY_PAIR, "the name of an EC2 key pair", "keyPair: operators").optional(),
    sshFrom: expecting(
      z
        .array(
          expecting(
            z.string().refine(isAddressRange),
            "an IPv4 range of /8 or smaller with no bits set beyond its prefix; for the rest of the world Session Manager is there",
            "sshFrom: [203.0.113.0/24]",
          ),
        )
        .min(1)
        // EC2 takes 60 rules in a security group.
        .max(50)
        .superRefine(check.namesRangesOnce),
      "a list of 1 to 50 IPv4 ranges",
      "sshFrom: [203.0.113.0/24]",
    ),
  }),
  "a map with sshFrom",
  "access: {keyPair: operators, sshFrom: [203.0.113.0/24]}",
);

/** Hosts that have booted once and are stopped, ready to serve sooner than new ones. */
export const warmPool = expecting(
  z
    .strictObject({
      min: whole(0, 100, "min: 1"),
      max: whole(0, 100, "max: 4").optional(),
      reuseOnScaleIn: expecting(z.boolean(), "true or false", "reuseOnScaleIn: true").default(false),
    })
    .superRefine(check.spareBounds),
  "a map with min",
  "warmPool: {min: 1}",
);

/** How a group's hosts are replaced by ones of a new launch template. The bake is at most two days, as EC2 Auto Scaling has it. */
export const refresh = expecting(
  z.strictObject({
    bake: whole(0, 172_800, "bake: 300", "whole number of seconds").default(0),
    alarms: expecting(
      z.array(text(format.ALARM, "the name of a CloudWatch alarm", "alarms: [shop-errors]")).max(10),
      "a list of at most 10 names of CloudWatch alarms",
      "alarms: [shop-errors]",
    ).default([]),
  }),
  "a map with bake, alarms or both",
  "refresh: {bake: 300, alarms: [shop-errors]}",
);
