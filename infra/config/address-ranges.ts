import { isIPv6 } from "node:net";

/** True for an IPv4 range with no bits set beyond its prefix, and not so wide that it is a good part of the world. */
export function isAddressRange(text: string): boolean {
  const prefix = rangePrefix(text);
  return prefix !== undefined && prefix >= 8;
}

/** True for any range of IPv4 or IPv6 with no bits set beyond its prefix. */
export function isAnyRange(text: string): boolean {
  return rangePrefix(text) !== undefined || ipv6Prefix(text) !== undefined;
}

/** True for a range that is the world, or such a part of it that a few of them add up to it. */
export function isWide(range: string): boolean {
  return Number(range.split("/")[1]) < 8;
}

/**
 * True for an IPv4 network that a VPC can have here, with no bits set beyond its prefix: from /16, AWS's largest, to /22, of an eighth
 * of which awsx makes a zone's subnets, the public one a /27, as a load balancer wants it; and none of the ranges that stand for no
 * network (Amazon VPC, "IPv4 CIDR block association restrictions").
 */
export function isVpcRange(text: string): boolean {
  const prefix = rangePrefix(text);
  if (prefix === undefined || prefix < 16 || prefix > 22) return false;
  const [first = 0, second = 0] = text.split(".").map(Number);
  return first > 0 && first < 224 && first !== 127 && !(first === 169 && second === 254);
}

/** The length of the prefix of an IPv4 range; undefined for a text that is none, or has bits set beyond it. */
function rangePrefix(text: string): number | undefined {
  // A zero in front would be octal to some.
  if (/(^|[./])0\d/.test(text)) return undefined;
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (parts === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = parts.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return address % 2 ** (32 - prefix) === 0 ? prefix : undefined;
}

/** The same of an IPv6 range. */
function ipv6Prefix(text: string): number | undefined {
  const [, address = "", length = ""] = /^([0-9a-f:]+)\/(0|[1-9]\d{0,2})$/i.exec(text) ?? [];
  const prefix = Number(length);
  if (!isIPv6(address) || prefix > 128) return undefined;
  const [before = [], after] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const known = [...before, ...(after ?? [])];
  const zeros = Array.from({ length: 8 - known.length }, () => "0");
  const bits = [...before, ...zeros, ...(after ?? [])].map((part) =>
    Number.parseInt(part, 16).toString(2).padStart(16, "0"),
  );
  return bits.join("").slice(prefix).includes("1") ? undefined : prefix;
}
