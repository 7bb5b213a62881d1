import { readFile } from "node:fs/promises";
import type { Daemon } from "./shell";
import { waitFor } from "./wait";

/** What systemd-nspawn exits with (under --keep-unit) when its container reboots rather than ends. */
const REBOOTS = 133;
/** Milliseconds after which a reboot that was asked for and is not carried out is forced; some minutes in EC2. */
const PATIENCE = 240_000;

/** A machine that is switched on: started again when it reboots, until it ends or is ended. */
export class Container {
  /** Resolves when it is off, whoever ended it. */
  readonly ended: Promise<void>;
  private stopping = false;
  private forced = false;
  private readonly hooks: (() => Promise<void>)[] = [];

  private constructor(
    private current: Daemon,
    private readonly start: () => Promise<Daemon>,
  ) {
    this.ended = this.live().catch((error: Error) => console.error(`container: not started again: ${error.stack}`));
  }

  /** @param start starts the process that the machine runs in */
  static async boot(start: () => Promise<Daemon>): Promise<Container> {
    return new Container(await start(), start);
  }

  /** Called whenever it has started again, first of all. */
  onReboot(hook: () => Promise<void>): void {
    this.hooks.push(hook);
  }

  /** Tells it to end in order; it starts no more. */
  end(signal: NodeJS.Signals = "SIGTERM"): void {
    this.stopping = true;
    this.current.kill(signal);
  }

  /** Tells it to reboot in order, without waiting. @throws Error where it is off */
  async reboot(): Promise<void> {
    const { current } = this;
    // What a machine's console sends for Ctrl-Alt-Del.
    process.kill(Number(await this.leader()), "SIGINT");
    const timer = setTimeout(() => {
      this.forced = true;
      current.kill("SIGKILL");
    }, PATIENCE).unref();
    void current.ended.then(() => clearTimeout(timer));
  }

  /** Its first process, a child of systemd-nspawn. @throws Error where it is off */
  leader(): Promise<string> {
    const first = async () => {
      const children = `/proc/${this.current.pid}/task/${this.current.pid}/children`;
      const processes = await readFile(children, "utf8").catch(() => Promise.reject(new Error("the instance is off")));
      return processes.trim().split(" ")[0] || undefined;
    };
    return waitFor("the container's first process", first, { timeout: 5_000 });
  }

  private async live(): Promise<void> {
    for (;;) {
      const code = await this.current.ended;
      if (this.stopping || (code !== REBOOTS && !this.forced)) return;
      this.forced = false;
      this.current = await this.start();
      // It may have been told to end in between.
      if (this.stopping) this.current.kill("SIGTERM");
      else for (const hook of this.hooks) await hook();
    }
  }
}
