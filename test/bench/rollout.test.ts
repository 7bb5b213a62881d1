import { figure } from "../../bench/rollout";

test.each([
  [
    "    hello 1.1.0: the first host after 8.4 s, all 8 after 78.0 s, in turns of 65.0 s together",
    "publication → all 8 (hello 1.1.0): 78.0 s, 1.20 × their turns (65.0 s); → first host: 8.4 s",
  ],
  [
    "    recall to hello 1.2.0: the first host after 9.0 s, all 8 after 80.0 s, in turns of 80.0 s together",
    "recall → all 8 (hello 1.2.0): 80.0 s, 1.00 × their turns (80.0 s); → first host: 9.0 s",
  ],
  [
    "    i-0123456789abcdef0 was killed; i-0123456789abcdef1 went on after 101.2 s",
    "killed holder → next host: 101.2 s (goal: 120 s)",
  ],
])("a line of the story with times is a figure: %s", (line, expected) => {
  expect(figure(line)).toBe(expected);
});

test("any other line is none", () => {
  expect(figure("    6141 requests meanwhile, none failed")).toBeUndefined();
});
