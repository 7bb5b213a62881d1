import type { AnyStatement } from "../../infra/access/evaluation/document";
import { lacking, refused } from "../../infra/access/evaluation/lacking";
import { covered, meet } from "../../infra/access/evaluation/patterns";
import { touches } from "../../infra/access/evaluation/reach";

/** All words of at most so many letters. */
function words(letters: string, most: number): string[] {
  const longer =
    most === 0 ? [] : words(letters, most - 1).flatMap((word) => [...letters].map((letter) => word + letter));
  return [...new Set(["", ...longer])];
}

const matcher = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);

describe("patterns of IAM", () => {
  const patterns = words("a*?", 3);
  // Of two letters, one is in no pattern: it stands for all others.
  const texts = words("ab", 6);
  const fitting = new Map(
    patterns.map((pattern) => [pattern, new Set(texts.filter((text) => matcher(pattern).test(text)))]),
  );
  const fits = (pattern: string) => fitting.get(pattern) ?? new Set();
  const pairs = patterns.flatMap((one) => patterns.map((other) => [one, other] as const));

  it("meet where a text fits both, as trying all short texts says", () => {
    const wrong = pairs.filter(
      ([one, other]) => meet(one, other) !== [...fits(one)].some((text) => fits(other).has(text)),
    );
    expect(wrong).toEqual([]);
  });

  it("cover another where every text that fits it fits them, as trying all short texts says", () => {
    const wrong = pairs.filter(
      ([one, other]) => covered(one, [other]) !== [...fits(one)].every((text) => fits(other).has(text)),
    );
    expect(wrong).toEqual([]);
  });

  it("cover another together where none does alone", () => {
    expect(covered("a*", ["a", "a?*"])).toBe(true);
    expect(covered("a*", ["a", "a??*"])).toBe(false);
    expect(covered("a*", ["ab*", "ac*"])).toBe(false);
    expect(covered("a*", [])).toBe(false);
  });

  it("of any length are answered, where a search by trial would not end", () => {
    const long = "a*".repeat(200);
    expect(meet(long, `${"*a".repeat(200)}b`)).toBe(true);
    expect(meet(`${long}c`, "b*")).toBe(false);
    expect(covered(`${"?".repeat(40)}a*`, [`*a${"?".repeat(40)}`])).toBe(false);
  });
});

describe("a statement", () => {
  const deed = { action: "s3:*", harmless: ["s3:ListAllMyBuckets"], resource: "arn:aws:s3:::acme/*" };
  const statement = (change: object): AnyStatement => ({ Effect: "Allow", ...change });
  it.each([
    ["by all wildcards", { Action: "*", Resource: "*" }, true],
    ["by another case", { Action: "S3:getobject", Resource: "arn:aws:s3:::acme/pool/a" }, true],
    ["by a wildcard in a name", { Action: "s3:*Object", Resource: "arn:aws:s3:::a?me/*" }, true],
    ["by a wildcard across the slash", { Action: "s3:GetObject", Resource: "arn:aws:s3:::a*.deb" }, true],
    ["by a variable", { Action: "s3:GetObject", Resource: `arn:aws:s3:::\${aws:PrincipalTag/bucket}/*` }, true],
    ["by all actions but others", { NotAction: "ec2:*", Resource: "*" }, true],
    ["by all actions but some of these", { NotAction: ["s3:Get*", "s3:Put*"], Resource: "*" }, true],
    ["by all resources but others", { Action: "s3:GetObject", NotResource: "arn:aws:s3:::other/*" }, true],
    ["by all resources but some of these", { Action: "s3:GetObject", NotResource: "arn:aws:s3:::acme/a*" }, true],
    ["by all but a variable", { Action: "s3:GetObject", NotResource: `arn:aws:s3:::\${aws:PrincipalTag/x}*` }, true],
    ["under a condition", { Action: "s3:*", Resource: "*", Condition: { Bool: { a: "true" } } }, true],
    ["not by another service", { Action: "ec2:*", Resource: "*" }, false],
    ["not by an action of no bucket", { Action: "s3:ListAllMyBuckets", Resource: "*" }, false],
    ["not by all actions but these", { NotAction: ["s3:*"], Resource: "*" }, false],
    ["not by all resources but these", { Action: "*", NotResource: "arn:aws:s3:::acme*" }, false],
    ["not by a bucket whose name begins alike", { Action: "s3:*", Resource: "arn:aws:s3:::acme-private/*" }, false],
    ["not by the bucket itself", { Action: "s3:*", Resource: "arn:aws:s3:::acme" }, false],
  ])("touches something %s", (_, change, expected) => {
    expect(touches(statement(change), deed)).toBe(expected);
  });
});

describe("what is needed", () => {
  const read = { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::acme/pool/*"] } as const;
  const report = {
    Effect: "Allow",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::acme/hosts/\${ec2:SourceInstanceARN}`,
  } as const;
  const all = { Effect: "Allow", Action: "*", Resource: "*" } as const;

  it("lacks nothing where a bound allows it, if only under a condition", () => {
    expect(lacking([read, report], [all])).toEqual([]);
    expect(lacking([read], [{ ...all, Condition: { Bool: { "aws:SecureTransport": "true" } } }])).toEqual([]);
    expect(lacking([read], [{ Effect: "Allow", Action: "s3:Get*", Resource: "arn:aws:s3:::acme/*" }])).toEqual([]);
  });

  it("lacks what no statement of the bound allows, or one denies for certain", () => {
    const missing = ["s3:GetObject on arn:aws:s3:::acme/pool/*"];
    expect(lacking([read], [])).toEqual(missing);
    expect(lacking([read], [{ Effect: "Allow", Action: "s3:Put*", Resource: "*" }])).toEqual(missing);
    expect(lacking([read], [all, { Effect: "Deny", Action: "S3:get*", Resource: "arn:aws:s3:::acme/*" }])).toEqual(
      missing,
    );
    expect(lacking([read], [all, { Effect: "Deny", NotAction: "ec2:*", NotResource: "arn:aws:s3:::other/*" }])).toEqual(
      missing,
    );
    expect(lacking([read], [all, { Effect: "Deny", Action: "s3:*", Resource: "*", Condition: {} }])).toEqual(missing);
  });

  it("is not refused by what denies part of it, or under a condition", () => {
    const denies = (change: object) => [{ Effect: "Deny" as const, Action: "s3:*", Resource: "*", ...change }];
    expect(refused([read], denies({}))).toHaveLength(1);
    expect(refused([read], denies({ Resource: "arn:aws:s3:::acme/pool/secret/*" }))).toEqual([]);
    expect(refused([read], denies({ Condition: { Bool: { "aws:SecureTransport": "false" } } }))).toEqual([]);
    expect(refused([report], denies({ NotResource: "arn:aws:s3:::acme/*", Resource: undefined }))).toEqual([]);
  });
});
