import { z } from "zod";
import { isAnyRange } from "./address-ranges";
import { listsOnce } from "./checks";
import { expecting, text, whole } from "./expectations";
import * as format from "./formats";
import { type Context, report } from "./report";

/** Who may connect to a group's hosts beside those that towline knows, and whereto these may connect. */

const SSH = 22;

function allowances(key: "allowFrom" | "allowTo", check: (rule: Rule, context: Context) => void = () => undefined) {
  const example = `${key}: [{ports: [5432], ranges: [10.1.0.0/16]}]`;
  const span = z
    .strictObject({
      from: whole(1, 65535, "from: 8000", "port number"),
      to: whole(1, 65535, "to: 8100", "port number"),
    })
    .superRefine(({ from, to }, context) => {
      if (from > to)
        report(
          context,
          ["to"],
          `should be no less than from, which is ${from}, but is ${to}. Write for example "to: ${from}".`,
        );
    });
  const ports = z.array(
    expecting(
      z.union([z.int().min(1).max(65535), span]),
      "a port number from 1 to 65535, or a map with from and to",
      "ports: [5432, {from: 8000, to: 8100}]",
    ),
  );
  const rule = z
    .strictObject({
      ports: expecting(
        ports.min(1),
        "a list of at least one port number, or of maps with from and to",
        "ports: [5432, {from: 8000, to: 8100}]",
      ),
      ranges: expecting(
        z
          .array(
            expecting(
              z.string().refine(isAnyRange),
              "a range of IPv4 or IPv6 with no bits set beyond its prefix",
              "ranges: [10.1.0.0/16]",
            ),
          )
          .superRefine((ranges, context) => listsOnce(ranges, "a range", context)),
        "a list of ranges of IPv4 and IPv6",
        'ranges: [10.1.0.0/16, "2001:db8::/32"]',
      ).default([]),
      securityGroups: expecting(
        z
          .array(
            text(
              format.SECURITY_GROUP_ID,
              "the ID of a security group, behind the number of its account and a slash where that is another",
              "securityGroups: [sg-0a1b2c3d]",
            ),
          )
          .superRefine((ids, context) => listsOnce(ids, "a security group", context)),
        "a list of IDs of security groups",
        "securityGroups: [sg-0a1b2c3d]",
      ).default([]),
      protocol: expecting(z.enum(["tcp", "udp"]), "tcp or udp", "protocol: tcp").default("tcp"),
    })
    .superRefine(namesSomebody)
    .superRefine(check);
  return expecting(
    z.array(expecting(rule, "a map with ports, and ranges, securityGroups or both", example)).min(1),
    "a list of at least one map with ports, and ranges, securityGroups or both",
    example,
  );
}

interface Rule {
  readonly ports: readonly (number | { readonly from: number; readonly to: number })[];
  readonly ranges: readonly string[];
  readonly securityGroups: readonly string[];
  readonly protocol: "tcp" | "udp";
}

function namesSomebody({ ranges, securityGroups }: Rule, context: Context): void {
  if (ranges.length + securityGroups.length > 0) return;
  report(
    context,
    ["ranges"],
    'is missing, and so is securityGroups; one of the two should say who is meant. Write for example "ranges: [10.1.0.0/16]".',
  );
}

/** Ranges reach SSH by `access` alone, which keeps the world out. */
function leavesSshToAccess({ ports, ranges, protocol }: Rule, context: Context): void {
  if (ranges.length === 0 || protocol !== "tcp") return;
  ports.forEach((port, index) => {
    const { from, to } = typeof port === "number" ? { from: port, to: port } : port;
    if (from > SSH || SSH > to) return;
    report(
      context,
      ["ports", index],
      `should leave out port ${SSH}, which is for SSH and opened to ranges by access/sshFrom alone. Name them there.`,
    );
  });
}

export const allowFrom = allowances("allowFrom", leavesSshToAccess);
export const allowTo = allowances("allowTo");
