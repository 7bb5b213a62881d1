import { aheadOf } from "../../cli/repository/s3-clock";

const AT = Date.parse("2026-01-31T12:00:00Z");

test.each([
  ["the same moment", 0, 0, 0],
  ["a second that the server has not counted yet", 900, 950, 0],
  ["an answer that took a minute", -30_000, 30_000, 0],
  ["ahead, by what no delay explains", 31_000, 32_000, 30],
  ["behind, by what no delay explains", -61_000, -60_000, -60],
])("how far a clock is off: %s", (_, sent, received, expected) => {
  expect(aheadOf(AT + sent, AT + received, AT)).toBe(expected);
});
