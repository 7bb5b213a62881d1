import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Container } from "../../local/region/container";
import { daemon } from "../../local/region/shell";
import { waitFor } from "../../local/region/wait";

let folder: string;
let started: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-container-"));
  started = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Boots a machine whose starts are these scripts, one after the other. */
const boot = (...scripts: string[]) =>
  Container.boot(async () => {
    const script = scripts[started++] ?? "exit 99";
    return daemon("sh", ["-c", script], join(folder, "log"));
  });

describe("a machine", () => {
  test("that reboots is started again, each time, with what it had put back first", async () => {
    const container = await boot("exit 133", "exit 133", "exit 0");
    let hooks = 0;
    container.onReboot(async () => void hooks++);
    await container.ended;
    expect([started, hooks]).toEqual([3, 2]);
  });

  test.each(["exit 0", "exit 1", "kill -KILL $$"])("that ends by itself (%s) stays off", async (script) => {
    await (await boot(script)).ended;
    expect(started).toBe(1);
  });

  test("that is told to end does not come back, though it was about to reboot", async () => {
    const container = await boot("trap 'exit 133' TERM; while :; do sleep 0.05; done");
    container.end();
    await container.ended;
    expect(started).toBe(1);
  });

  test("that cannot be started again is off, and says why", async () => {
    const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const first = daemon("sh", ["-c", "exit 133"], join(folder, "log"));
    const next = () => Promise.reject(new Error("no disk"));
    await (await Container.boot(() => (started++ === 0 ? first : next()))).ended;
    expect(errors.mock.calls[0]?.[0]).toContain("container: not started again: Error: no disk");
    errors.mockRestore();
  });

  test("that was told to reboot gets Ctrl-Alt-Del, as from a console", async () => {
    const ready = join(folder, "ready");
    // A shell ignores the signal in what it starts in the background, and hears of it in what it waits for.
    const asked = `trap : INT; bash -c "trap 'exit 0' INT; touch ${ready}; while :; do sleep 0.05; done"; exit 133`;
    const container = await boot(asked, "exit 0");
    await waitFor("the machine to be up", () => existsSync(ready), { timeout: 60_000 });
    await container.reboot();
    await container.ended;
    expect(started).toBe(2);
  });

  test("that is off has no first process", async () => {
    const container = await boot("exit 0");
    await container.ended;
    await expect(container.leader()).rejects.toThrow("the instance is off");
  });
});
