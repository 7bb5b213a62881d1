import { type Cloud, endingsOf, look } from "../../lambda/endings/look";

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse("2026-01-31T12:00:00Z");
const time = (days: number) => new Date(NOW + days * DAY).toUTCString().replace("GMT", "UTC");
/** An index that was signed so many days ago. */
const inRelease = (age: number, fields = "") =>
  `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nOrigin: towline\nDate: ${time(-age)}\n${fields}SHA512:\n-----BEGIN PGP SIGNATURE-----\n\nx\n`;
const until = (days: number) => `Valid-Until: ${time(days)}\n`;
const keyUntil = (days: number) => `X-Towline-Key-Until: ${time(days)}\n`;

describe("what ends soon", () => {
  it.each([
    ["nothing, where nothing was published", "", []],
    ["nothing, while more than a third is left", inRelease(9, until(5)), []],
    [
      "an index of which less than a third is left",
      inRelease(10, until(4)),
      ["the index of stable ends on 2026-02-04"],
    ],
    ["one that has ended", inRelease(20, until(-6)), ["the index of stable ends on 2026-01-25"]],
    ["one without an end, by its date", inRelease(13), ["the index of stable ends on 2026-02-01"]],
    [
      "a key of less than 60 days, with a whole index",
      inRelease(0, until(14) + keyUntil(59)),
      ["the key that signs stable"],
    ],
    ["no key of more", inRelease(0, until(14) + keyUntil(61)), []],
    [
      "nothing that is said outside of what was signed",
      inRelease(10, until(4)).replace("Hash: SHA512\n", `Hash: SHA512\n${until(14)}`) + until(14),
      ["the index of stable ends on 2026-02-04"],
    ],
  ])("is %s", (_, text, endings) => {
    const found = endingsOf("stable", text, 14, NOW);
    expect(found).toHaveLength(endings.length);
    for (const [index, ending] of endings.entries()) expect(found[index]).toContain(ending);
  });

  it("is counted of all suites, also where one cannot be read, which fails", async () => {
    const said: string[] = [];
    const counted: number[] = [];
    const texts: Record<string, string> = {
      stable: inRelease(10, until(4)),
      "stable-x": inRelease(1, "Valid-Until: soon\n"),
    };
    const cloud: Cloud = {
      read: async (suite) => texts[suite],
      count: async (endings) => void counted.push(endings),
    };
    const looked = look(["stable", "stable-x", "stable-y"], 14, cloud, (line) => said.push(line), NOW);
    await expect(looked).rejects.toThrow("dists/stable-x/InRelease: 'soon' is no Valid-Until");
    expect([counted, said]).toEqual([[1], [expect.stringContaining("'towline renew'")]]);
  });
});
