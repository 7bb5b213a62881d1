import { Hold } from "../../local/fleet/hold";

const hold = () => new Hold({ name: "launch", defaultResult: "CONTINUE", heartbeatTimeout: 600 });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test("an instance is held for the hook's time, and then goes on as the hook says", async () => {
  const held = hold();
  held.start();
  await jest.advanceTimersByTimeAsync(600_000);
  expect(await held.answered).toEqual({ result: "CONTINUE", how: "Heartbeat Timeout" });
});

test("waits its whole time again after a heartbeat", async () => {
  const held = hold();
  const answers: unknown[] = [];
  held.answered.then((answer) => answers.push(answer));
  held.start();
  for (let beat = 0; beat < 3; beat++) {
    await jest.advanceTimersByTimeAsync(599_000);
    held.prolong();
  }
  await jest.advanceTimersByTimeAsync(599_000);
  expect(answers).toEqual([]);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(answers).toEqual([{ result: "CONTINUE", how: "Heartbeat Timeout" }]);
});

test("an answer ends the wait, and what comes after says nothing", async () => {
  const held = hold();
  held.start();
  held.answer("ABANDON");
  await jest.advanceTimersByTimeAsync(600_000);
  expect(await held.answered).toEqual({ result: "ABANDON", how: "Lifecycle Action Completed with ABANDON Result" });
});
