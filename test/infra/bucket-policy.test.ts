import type { Declared } from "../../infra/synth";
import { one, stackOf } from "./stack-of";

type Values = string | readonly string[];
type Conditions = Readonly<Record<string, Readonly<Record<string, Values>>>>;
type Context = Readonly<Record<string, string>>;

/** What conditions mean where a key is, and where it is not, in a request (IAM User Guide, "Condition operators"). */
const OPERATORS: Readonly<Record<string, (wanted: readonly string[], given: string | undefined) => boolean>> = {
  StringNotEquals: (wanted, given) => given === undefined || !wanted.includes(given),
  Bool: (wanted, given) => given !== undefined && wanted.includes(given),
  BoolIfExists: (wanted, given) => given === undefined || wanted.includes(given),
};

function holds(conditions: Conditions, context: Context): boolean {
  return Object.entries(conditions).every(([operator, comparisons]) =>
    Object.entries(comparisons).every(([key, wanted]) => {
      const compare = OPERATORS[operator];
      if (compare === undefined) throw new Error(`the test knows no ${operator}`);
      return compare([wanted].flat(), context[key]);
    }),
  );
}

describe("the policy of a stack's bucket", () => {
  let stack: readonly Declared[];
  beforeAll(async () => {
    stack = await stackOf({ web: { packages: ["hello"], size: { min: 1, max: 1 } } });
  });

  const own = { "aws:PrincipalAccount": "123456789012", "aws:PrincipalIsAWSService": "false" };
  const tls = { "aws:SecureTransport": "true" };

  it.each<[string, Context, boolean]>([
    ["takes the stack's own account over TLS", { ...own, ...tls }, false],
    ["refuses it over plain HTTP", { ...own, "aws:SecureTransport": "false" }, true],
    ["refuses another account", { ...own, "aws:PrincipalAccount": "999999999999", ...tls }, true],
    ["refuses requests that nobody signed", tls, true],
    ["takes AWS's own services", { "aws:PrincipalIsAWSService": "true", ...tls }, false],
    ["refuses these over plain HTTP", { "aws:PrincipalIsAWSService": "true", "aws:SecureTransport": "false" }, true],
  ])("%s", (_, context, refused) => {
    const bucket = one(stack, "aws:s3/bucket:Bucket").inputs.bucket;
    const { Statement } = JSON.parse(String(one(stack, "aws:s3/bucketPolicy:BucketPolicy").inputs.policy));
    const whole: { Resource: unknown; Condition: Conditions }[] = Statement.filter(
      (statement: Record<string, unknown>) =>
        statement.Effect === "Deny" && statement.Principal === "*" && statement.Action === "s3:*",
    );
    for (const { Resource } of whole) expect(Resource).toEqual([`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]);
    expect(whole.some(({ Condition }) => holds(Condition, context))).toBe(refused);
  });
});
