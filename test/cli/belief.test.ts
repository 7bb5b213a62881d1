import { retry } from "../../cli/fleet/control";
import { readVerdicts } from "../../cli/fleet/verdict";
import { doubtsAbout, newestGood } from "../../cli/repository/health";
import { Store } from "./repository-fixtures";

const VERDICT = "rollout/web/verdicts/hello/1.2.0.json";
const bad = JSON.stringify({ verdict: "bad", instance: "i-9", reason: "made up", at: "2026-01-31T12:00:00Z" });
const voice = (word: string, id: string) =>
  `rollout/web/voices/hello/1.2.0/${word}/arn:aws:ec2:eu-west-1:123456789012:instance/${id}.json`;

/** A bucket in which hosts say such words of a version, whose verdict holds such a text. */
function bucketWith(text: string, ...voices: string[]): Store {
  const bucket = new Store();
  bucket.write(VERDICT, text);
  for (const key of voices) bucket.write(key, "{}");
  return bucket;
}

const VOUCHED = [voice("ok", "i-1"), voice("ok", "i-2")];
const AGREED = [...VOUCHED, voice("bad/3", "i-3"), voice("bad/3", "i-4")];

describe("what promotions, rollbacks, retention and those that wait for a release go by", () => {
  const found = async (bucket: Store) => (await readVerdicts(bucket, ["web"], "hello", ["1.2.0"])).get("1.2.0");

  it.each([
    ["one host calls bad, and two vouch for", bucketWith(bad, ...VOUCHED, voice("bad/3", "i-9")), "ok"],
    ["one host wrote nonsense over, and two vouch for", bucketWith("[]", ...VOUCHED), "ok"],
    ["one host calls bad, and one other ok", bucketWith(bad, voice("ok", "i-1")), "bad"],
    ["as many hosts call bad as it takes", bucketWith(bad, ...AGREED), "bad"],
    ["hosts that know no voices found bad", bucketWith(bad), "bad"],
  ])("is, of what %s, what the group's hosts go by", async (_, bucket, word) => {
    const groups = await found(bucket);
    expect(groups?.get("web")?.verdict).toBe(word);
    const verdicts = new Map([["1.2.0", groups ?? new Map()]]);
    expect(doubtsAbout(verdicts, "1.2.0", ["web"]) === undefined).toBe(word === "ok");
    expect(newestGood(verdicts, ["1.2.0"])).toBe(word === "ok" ? "1.2.0" : undefined);
  });

  it("is what people say of it, whoever vouches for it", async () => {
    const bucket = bucketWith(bad, ...VOUCHED);
    bucket.write("rollout/web/orders.json", JSON.stringify({ recalled: { hello: { "1.2.0": { reason: "slow" } } } }));
    expect((await found(bucket))?.get("web")?.verdict).toBe("bad");
  });

  it("is nonsense that people are told of where nobody vouches for it", async () => {
    await expect(found(bucketWith("[]", voice("ok", "i-1")))).rejects.toThrow("is no verdict of a host");
  });
});

describe("a retry of what is called bad", () => {
  it("has hosts vouch anew where it was bad", async () => {
    const bucket = bucketWith(bad, ...AGREED);
    expect(await retry(bucket, "web", "hello", "1.2.0")).toBe(true);
    expect([...bucket.objects.keys()].filter((key) => key.includes("1.2.0"))).toEqual([]);
  });

  it("leaves the words of those that serve with it where it was not believed, so that no next word takes it away", async () => {
    const bucket = bucketWith(bad, ...VOUCHED, voice("bad/3", "i-9"));
    expect(await retry(bucket, "web", "hello", "1.2.0")).toBe(true);
    expect([...bucket.objects.keys()].filter((key) => key.includes("1.2.0"))).toEqual(VOUCHED);
  });

  it("goes on where one before was interrupted", async () => {
    const bucket = bucketWith(bad, ...AGREED);
    bucket.writesLeft = 1;
    await expect(retry(bucket, "web", "hello", "1.2.0")).rejects.toThrow("killed");
    bucket.writesLeft = Number.POSITIVE_INFINITY;
    expect(await retry(bucket, "web", "hello", "1.2.0")).toBe(true);
    expect([...bucket.objects.keys()].filter((key) => key.includes("1.2.0"))).toEqual([]);
  });

  it("writes and removes nothing in a dry run, and says what it would do", async () => {
    const bucket = bucketWith(bad, ...AGREED);
    expect(await retry(bucket, "web", "hello", "1.2.0", true)).toBe(true);
    expect(bucket.writes).toEqual([]);
  });
});
