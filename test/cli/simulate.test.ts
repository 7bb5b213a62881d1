import { resolve } from "node:path";
import { pricesOf } from "../../cli/cost/prices";
import { main } from "../../cli/main";
import { answer } from "../../cli/simulation/answer";
import { renderAnswer } from "../../cli/simulation/render";

let written: string;
let said: string;

beforeEach(() => {
  [written, said] = ["", ""];
  jest.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    written += chunk;
    return true;
  });
  jest.spyOn(console, "log").mockImplementation((text: string) => {
    written += `${text}\n`;
  });
  jest.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    said += chunk;
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

const simulate = (...args: string[]) =>
  main(["-C", resolve(__dirname, "../.."), "simulate", ...args, "--stack", "prod"]);

it("says how long a rollout takes, whom a bad version reaches and what that costs", async () => {
  expect(await simulate("web", "--hosts", "5", "--max-unavailable", "1", "--bake", "0", "--json")).toBe(0);
  const found = JSON.parse(written);
  expect(found).toMatchObject({ stack: "prod", group: "web", hosts: 5, maxUnavailable: 1, bake: 0 });
  expect(found).toMatchObject({ converged: 5, floor: 4, broken: [], bad: { hosts: 1 } });
  expect(found.minutes).toBeGreaterThan(1);
  expect(found.bad.minutes).toBeGreaterThan(0);
  expect(found.getsPerHost).toBeGreaterThan(20);
  expect(found.rolloutCost).toBeCloseTo((5 * found.getsPerHost * 0.0004 + 5 * found.putsPerHost * 0.005) / 1000, 4);
});

it("counts what a host that finds nothing new asks for: InRelease, control.json and policy.json a minute, and a report in 15", () => {
  const question = { hosts: 1, policy: {}, balanced: true, seed: 1, within: 600 };
  const month = 730 * 60;
  const [gets, puts] = [3 * month * 0.0004, (month / 15) * 0.005].map((price) => price / 1000) as [number, number];
  const { meters } = pricesOf("eu-west-1", undefined);
  expect(meters).toMatchObject({ objectReads: 0.0004, objectWrites: 0.005 });
  expect(answer(question, pricesOf("eu-west-1", undefined)).idleHostMonthCost).toBeCloseTo(gets + puts, 4);
});

it("has the first host bake, and all others wait for it", async () => {
  expect(await simulate("web", "--hosts", "5", "--bake", "10m", "--json")).toBe(0);
  const found = JSON.parse(written);
  expect(found).toMatchObject({ bake: 600, frozenHours: 0, converged: 5, broken: [], bad: { hosts: 1 } });
  expect(found.minutes).toBeGreaterThan(10);
});

it("plays a release that no freeze holds back, and says how long one may", () => {
  const policy = { freeze: [12, 168].map((hours) => ({ cron: "* * * * *", timeZone: "Europe/Berlin", hours })) };
  const question = { hosts: 3, policy, balanced: true, seed: 1, within: 3600 };
  const found = answer(question, pricesOf("eu-west-1", undefined));
  expect(found).toMatchObject({ converged: 3, frozenHours: 168 });
  expect(renderAnswer("prod/web", found, 1)[1]).toBe("  in a frozen time it waits first  up to 168 hours");
});

it("says the same to people, and of what takes longer than it was to be followed how far it came", async () => {
  expect(await simulate("web", "--hosts", "5", "--within", "60s")).toBe(0);
  expect(written).toContain("prod/web: 5 hosts");
  expect(written).toMatch(/all run a good version after +more than 0.02 h: \d do by then/);
});

it("knows that no host is out of a group that has none", async () => {
  expect(await simulate("web", "--hosts", "0", "--json")).toBe(0);
  expect(JSON.parse(written)).toMatchObject({ hosts: 0, floor: 0, getsPerHost: 0, rolloutCost: 0 });
});

it.each([
  [["wob"], "stack prod: has no group wob; its groups are web"],
  [["web", "--hosts", "10001"], "It should be a whole number of hosts from 0 to 10000."],
  [["web", "--max-unavailable", "0%"], "It should be a number of hosts such as 1, or a part of them such as 25%."],
  [["web", "--max-unavailable", "0"], "It should be a number of hosts such as 1, or a part of them such as 25%."],
  [["web", "--bake", "long"], "It should be a time such as 90s, 10m or 1h."],
  [["web", "--seed", "x"], "It should be a whole number."],
])("refuses %j", async (args, message) => {
  expect(await simulate(...args)).toBe(2);
  expect(said).toContain(message);
});
