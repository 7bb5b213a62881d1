import { readFileSync } from "node:fs";
import { join } from "node:path";
import { turnIn } from "../../local/story/turns";

const AGENT = join(__dirname, "../../userdata/agent/usr/lib/towline");

const line = (at: string, said: string) => `${at} i-1 towline-agent[822]: ${said}`;
const upgrade = (from: string, to: string, at: number) => [
  line(`${at}.250000`, `upgrading hello from ${from} to ${to}`),
  line(`${at + 2}.000000`, "left the load balancer, waiting for its connections to end"),
  line(`${at + 8}.750000`, `hello serves with ${to}`),
];

test("a turn lasts from the beginning of the upgrade until the version serves", () => {
  const journal = [...upgrade("1.0.0", "1.1.0", 100), ...upgrade("1.1.0", "1.2.0", 200)].join("\n");
  expect(turnIn(journal, "1.1.0")).toBe(8.5);
});

test("of several turns to one version the last one counts", () => {
  const back = [
    line("300.000000", "upgrading hello from 1.3.0 to 1.2.0"),
    line("305.000000", "hello serves with 1.2.0"),
  ];
  expect(turnIn([...upgrade("1.1.0", "1.2.0", 200), ...back].join("\n"), "1.2.0")).toBe(5);
});

test.each([
  ["that has not begun", []],
  ["that has not ended", upgrade("1.0.0", "1.1.0", 100).slice(0, 2)],
  ["to another version", upgrade("1.0.0", "1.1.1", 100)],
  ["whose beginning another run said", [line("100.0", "hello serves with 1.1.0")]],
])("a turn %s takes no time", (_title, lines) => {
  expect(turnIn(lines.join("\n"), "1.1.0")).toBe(0);
});

test("the agent says both in these words", () => {
  const says = (file: string) => readFileSync(join(AGENT, file), "utf8");
  expect(says("change.sh")).toContain('log "$package serves with $version"');
  expect(says("change-packages.sh")).toMatch(/upgrading \$\w+ from \$\{\w+:-nothing\} to \$\w+/);
});
