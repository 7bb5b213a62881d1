import { duration } from "../../lambda/duration";
import { escapeToFit, oneLine } from "../../lambda/slack/text";

describe("text for Slack", () => {
  test("only & < > are escaped", () => {
    expect(escapeToFit(`a & b <c> "d" 'e' *f* _g_`, 100)).toBe(`a &amp; b &lt;c&gt; "d" 'e' *f* _g_`);
  });

  test.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 5, "abcd…"],
    ["ab<", 5, "ab…"],
    ["ab<", 6, "ab&lt;"],
    ["🚀🚀🚀", 5, "🚀🚀…"],
  ])("%s in %d characters is %s, no entity or pair cut in two", (text, limit, expected) => {
    expect(escapeToFit(text, limit)).toBe(expected);
  });

  test("one line", () => {
    expect(oneLine(" a\n\n  b\tc ")).toBe("a b c");
  });
});

test.each([
  [0, "under a second"],
  [0.9, "under a second"],
  [36.5, "37 s"],
  [60, "1 min"],
  [309, "5 min 9 s"],
  [3600, "1 h"],
  [7380, "2 h 3 min"],
])("%d seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});
