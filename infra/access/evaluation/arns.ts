import { covered, meet } from "./patterns";

/** `arn`, partition, service, region and account, which no wildcard goes beyond, and the resource with whatever it holds. */
const PARTS = 6;

/** True where some resource fits both ARNs; `*` by itself is every resource, and what an ARN leaves out at its end may be anything. */
export function arnsMeet(one: string, other: string): boolean {
  if (one === "*" || other === "*") return true;
  const [these, those] = [partsOf(one), partsOf(other)];
  return these.every((part, index) => meet(part, those[index] ?? "*"));
}

/** True where every resource that fits the ARN fits one of the others. */
export function arnCovered(arn: string, others: readonly string[]): boolean {
  if (others.includes("*")) return true;
  if (arn === "*") return false;
  const [place, resource] = split(partsOf(arn));
  const around = others.flatMap((other) => {
    const [otherPlace, otherResource] = split(partsOf(other));
    return place.every((part, index) => covered(part, [otherPlace[index] ?? "*"])) ? [otherResource] : [];
  });
  return covered(resource, around);
}

function partsOf(arn: string): string[] {
  const parts = arn.split(":");
  const known = [...parts.slice(0, PARTS - 1), parts.slice(PARTS - 1).join(":")].slice(
    0,
    Math.min(parts.length, PARTS),
  );
  return [...known, ...Array.from({ length: PARTS - known.length }, () => "*")];
}

function split(parts: readonly string[]): [string[], string] {
  return [parts.slice(0, -1), parts.at(-1) ?? "*"];
}
